/** The demo's campaign, driven through the API by its author and its approver. */
import { setTimeout as sleep } from "node:timers/promises";
import { channels } from "@chorus/channels/registry";
import { approvalView, campaignView, preflightView } from "@chorus/core/wire-campaigns";
import { destinationBody } from "@chorus/core/wire-channel";
import { reportView, runList } from "@chorus/core/wire-runs";
import { segmentBody, segmentPreview } from "@chorus/core/wire-segment";
import { type variantLine, variantList } from "@chorus/core/wire-variants";
import { postStandIns } from "@chorus/sandbox/post-stand-ins";
import type { z } from "zod";
import { demoBrief } from "./brief.ts";
import type { Client } from "./client.ts";
import type { Meter, Meters } from "./progress.ts";
import { demoSegments } from "./segments.ts";
import { count } from "./table.ts";

export type Preflight = z.infer<typeof preflightView>;
export type VariantLine = z.infer<typeof variantLine>;
type Report = z.infer<typeof reportView>;

/** Where the public channels post: a Slack channel, and the account of each other. */
const places = [
  { channel: "slack", address: "#shop-news" },
  ...postStandIns.map(({ channel, address }) => ({ channel, address })),
];
const lookEveryMs = 500;
/** A deferred message is tried again after a minute and a fifth at most; more without any change is a standstill. */
const standstillMs = 4 * 60_000;

/** Answers the segments with how many contacts each rule alone matches. */
export async function makeSegments(client: Client): Promise<{ id: string; name: string; matches: number }[]> {
  const made = [];
  for (const segment of demoSegments) {
    const { id, name } = await client.post("/v1/segments", segment, segmentBody);
    const { count: matches } = await client.get(`/v1/segments/${id}/preview`, segmentPreview);
    made.push({ id, name, matches });
  }
  return made;
}

/** Each place reads one language. */
export async function makePlaces(client: Client, locale: string): Promise<void> {
  for (const place of places)
    await client.post("/v1/destinations", { ...place, name: "Shop news", locale }, destinationBody);
}

export async function makeCampaign(client: Client, segments: readonly { id: string }[]): Promise<string> {
  await makePlaces(client, "en");
  const campaign = {
    name: "A week of savings",
    brief: demoBrief(new Date()),
    segments: segments.map((segment) => segment.id),
    channels: channels.map((channel) => channel.id),
    locales: ["en", "zh"],
  };
  const { id } = await client.post("/v1/campaigns", campaign, campaignView);
  return id;
}

/** Has the copy written and waits until all of it is there to be reviewed. */
export async function writeCopy(of: Watching): Promise<VariantLine[]> {
  const { client, campaignId, meters } = of;
  await client.post(`/v1/campaigns/${campaignId}/plan`, undefined, campaignView);
  const bar = meters.add({ label: "copy", total: demoSegments.length * 2 + 2 });
  return await untilDone(of, async () => {
    const { items } = await client.get(`/v1/campaigns/${campaignId}/variants`, variantList);
    const { state } = await client.get(`/v1/campaigns/${campaignId}`, campaignView);
    const written = items.filter((variant) => variant.state === "written");
    const failed = items.find((variant) => variant.state === "failed");
    if (failed) throw new Error(`Copy for ${nameOf(failed)} could not be written: ${failed.fallbackReason}`);
    if (items.length > 0) bar.total(items.length);
    bar.set(
      written.length,
      written.length < items.length ? items.filter((each) => each.state !== "written").map(nameOf)[0] : "",
    );
    return state === "in_review"
      ? { is: "done", value: items }
      : { is: "going_on", seen: `${state}, ${written.length} of ${items.length} variants written` };
  });
}

const nameOf = ({ segment, locale }: VariantLine): string => `${segment?.name ?? "Everyone else"} (${locale})`;

export const readPreflight = (client: Client, campaignId: string): Promise<Preflight> =>
  client.get(`/v1/campaigns/${campaignId}/preflight`, preflightView);

/** A second person says yes to exactly what was shown; then the author sends it. */
export async function approveAndSend(of: {
  author: Client;
  approver: Client;
  campaignId: string;
  seen: Preflight;
}): Promise<void> {
  const { contentHash, audienceSize } = of.seen;
  await of.approver.post(`/v1/campaigns/${of.campaignId}/approve`, { contentHash, audienceSize }, approvalView);
  await of.author.post(`/v1/campaigns/${of.campaignId}/schedule`, { at: "now" }, campaignView);
}

/** Watches a bar per channel until the ledger says that the run is finished: a doubt that nobody can be asked about stays in the books. */
export async function watchRun(of: Watching & { preflight: Preflight }): Promise<Report> {
  const { client, campaignId, meters } = of;
  const bars = new Map<string, Meter>();
  for (const [channel, { planned }] of Object.entries(of.preflight.channels))
    bars.set(channel, meters.add({ label: channel, total: planned }));
  return await untilDone(of, async () => {
    const { items } = await client.get(`/v1/campaigns/${campaignId}/runs`, runList);
    const run = items[0];
    if (!run) return { is: "going_on", seen: "no run has been started yet" };
    if (run.state !== "sending" && run.state !== "finished")
      throw new Error(`The run is ${run.state}: ${run.stateBecause ?? "nobody said why"}.`);
    const report = await client.get(`/v1/runs/${run.id}/report`, reportView);
    for (const [channel, books] of Object.entries(report.channels))
      bars.get(channel)?.set(books.planned - books.open - books.inDoubt, noteOf(books));
    return run.state === "finished" ? { is: "done", value: report } : { is: "going_on", seen: standOf(report) };
  });
}

function noteOf({ accepted, open, inDoubt }: Report["books"]): string {
  const rest = [open > 0 ? `${count(open)} open` : "", inDoubt > 0 ? `${inDoubt} in doubt` : ""].filter(Boolean);
  return [`${count(accepted)} accepted`, ...rest].join(", ");
}

const standOf = (report: Report): string =>
  Object.entries(report.channels)
    .map(([channel, books]) => `${channel}: ${noteOf(books)}`)
    .join("; ");

export type Watching = { client: Client; campaignId: string; meters: Meters; signal: AbortSignal };
type Look<T> = { is: "done"; value: T } | { is: "going_on"; seen: string };

/** Looks again and again, for as long as something changes. */
async function untilDone<T>({ signal }: Pick<Watching, "signal">, look: () => Promise<Look<T>>): Promise<T> {
  let seen = "";
  let changedAt = performance.now();
  for (;;) {
    const now = await look();
    if (now.is === "done") return now.value;
    if (now.seen !== seen) {
      seen = now.seen;
      changedAt = performance.now();
    }
    if (performance.now() - changedAt > standstillMs)
      throw new Error(
        `Nothing has changed for ${standstillMs / 60_000} minutes. It stands at: ${seen}. The logs may say why.`,
      );
    await sleep(lookEveryMs, undefined, { signal });
  }
}
