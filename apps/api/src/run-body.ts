/** Runs and their reports as the outside sees them, and the word where there is none. */
import type { CampaignState } from "@chorus/core/campaign";
import type { IdSeal } from "@chorus/core/id";
import type { Books } from "@chorus/core/message";
import type { RunReport } from "@chorus/core/report";
import type { reportView, runView } from "@chorus/core/wire-runs";
import type { Run } from "@chorus/db/run-list";
import type { z } from "zod";
import type { Refusal } from "./problem.ts";

export const runBody = (seal: IdSeal, run: Run): z.infer<typeof runView> => ({
  id: seal.seal("run", run.id),
  campaignId: run.campaignId && seal.seal("campaign", run.campaignId),
  state: run.state,
  stateBecause: run.stateBecause,
  firedFor: run.firedFor?.toISOString() ?? null,
  startedAt: run.startedAt.toISOString(),
  finishedAt: run.finishedAt?.toISOString() ?? null,
  reopenedAt: run.reopenedAt?.toISOString() ?? null,
  accounts: run.accounts.map((account) => ({ ...account, since: account.since.toISOString() })),
});

export const reportBody = (seal: IdSeal, report: RunReport): z.infer<typeof reportView> => ({
  run: { ...report.run, id: seal.seal("run", report.run.id) },
  campaign: { id: seal.seal("campaign", report.campaign.id), name: report.campaign.name },
  accounts: report.accounts.map((account) => ({ ...account })),
  books: booksBody(report.books),
  channels: Object.fromEntries(
    Object.entries(report.channels).map(([channel, { delivery, wouldHold, ...rest }]) => [
      channel,
      { ...rest, ...booksBody(rest), delivery: { ...delivery }, wouldHold: countsOf(wouldHold) },
    ]),
  ),
  segments: report.segments.map((segment) => ({ ...segment, id: segment.id && seal.seal("segment", segment.id) })),
  doubts: report.doubts,
  maybeTwice: report.maybeTwice,
});

const booksBody = ({ planned, accepted, skipped, failed, expired, cancelled, inDoubt, open }: Books) => ({
  ...{ planned, accepted, expired, cancelled, inDoubt, open },
  skipped: { ...skipped },
  failed: { ...failed },
});

const countsOf = (counts: Readonly<Record<string, number | undefined>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).flatMap(([name, count]) => (count === undefined ? [] : [[name, count]])));

export function noRunYet(state: CampaignState): Refusal {
  const message = `This campaign has not gone out: it is ${state}. There is a run once its scheduled moment has come.`;
  return {
    is: "conflict",
    detail: message,
    errors: [{ path: "state", code: "run.none", message, got: state }],
    also: { state },
  };
}
