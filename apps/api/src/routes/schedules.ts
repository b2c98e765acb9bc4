/** When a campaign goes out, once or again and again: only what was approved, and only when it is still exactly that. */
import { moveCampaign } from "@chorus/core/campaign";
import type { Id } from "@chorus/core/id";
import type { Problem } from "@chorus/core/problem";
import { readRepeat, readSendAt } from "@chorus/core/schedule";
import { contentHash } from "@chorus/core/variant";
import { campaignView, scheduleInput } from "@chorus/core/wire-campaigns";
import { type Approval, lastApproval } from "@chorus/db/approvals";
import type { Campaign } from "@chorus/db/campaigns";
import { databaseNow } from "@chorus/db/open";
import { buildPlan, segmentVersions } from "@chorus/db/plans";
import { hashOf } from "@chorus/db/runs";
import { endSchedule, scheduleCampaign } from "@chorus/db/schedules";
import { callerOf } from "../auth.ts";
import { findCampaign, idParams, refusalOf, viewOf } from "../campaign-body.ts";
import { badFields, badRequest, notFound, type Refusal, refuse } from "../problem.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function scheduleRoutes(app: Api, world: World): void {
  addEnd(app, world);
  app.route({
    method: "POST",
    url: "/v1/campaigns/:id/schedule",
    config: { needs: "launch" },
    schema: {
      summary: "Set when an approved campaign goes out",
      params: idParams,
      body: scheduleInput,
      response: { 200: campaignView },
    },
    preValidation: async (request, reply) => {
      const problem = whyNoMoment(request.body);
      if (problem) return refuse(reply, badRequest(problem));
    },
    handler: async (request, reply) => {
      const { person } = callerOf(request);
      const campaign = await findCampaign(world, callerOf(request), request.params.id);
      if (!campaign) return refuse(reply, notFound("campaign"));
      const { repeat = null } = request.body;
      const present = await databaseNow(world.db.sql);
      const at = repeat ? readRepeat(repeat, present) : readSendAt(request.body.at ?? "", present);
      if (at.is === "bad") return refuse(reply, refusedTime(at.problems));
      const no = await whyNotNow(world, campaign);
      if (no) return refuse(reply, no);
      const { id, workspaceId, version } = campaign;
      const of = { workspaceId, id, version, personId: person.id, at: at.value, repeat };
      const scheduled = await scheduleCampaign(world.db, of);
      if (scheduled.is === "stale") return refuse(reply, staleApproval("The campaign changed in this very moment."));
      if (scheduled.is !== "scheduled") return refuse(reply, refusalOf(scheduled));
      await world.producer.knock("launchRuns", {}); // too early or unheard, the sweep knocks when the moment has come
      const now = await findCampaign(world, callerOf(request), request.params.id);
      return viewOf(world, now ?? campaign);
    },
  });
}

function addEnd(app: Api, world: World): void {
  app.route({
    method: "DELETE",
    url: "/v1/campaigns/:id/schedule",
    config: { needs: "halt" },
    schema: {
      summary: "End the schedule; what is going out goes on",
      params: idParams,
      response: { 200: campaignView },
    },
    handler: async (request, reply) => {
      const { person } = callerOf(request);
      const campaign = await findCampaign(world, callerOf(request), request.params.id);
      if (!campaign) return refuse(reply, notFound("campaign"));
      const { id, workspaceId } = campaign;
      const ended = await endSchedule(world.db, { workspaceId, id, personId: person.id });
      if (ended.is !== "ended") return refuse(reply, refusalOf(ended));
      const now = await findCampaign(world, callerOf(request), request.params.id);
      return viewOf(world, now ?? campaign);
    },
  });
}

/** A rule beside a moment could mean either of them; a rule in cron's words is clear, and not what this takes. */
function whyNoMoment(body: unknown): Problem | null {
  if (typeof body !== "object" || body === null) return null;
  const has = (field: string) => field in body;
  const isOnce = has("at") || has("run_at");
  const rule = ["cron", "repeat"].find(has);
  if (rule && isOnce)
    return {
      path: rule,
      code: "schedule.ambiguous",
      message: `Give one moment in "at", or a rule in "repeat"; "${rule}" beside a moment is ambiguous.`,
    };
  if (rule === "cron")
    return {
      path: "cron",
      code: "schedule.unsupported",
      message:
        'Give one moment in "at", or a rule in "repeat": { every: "week", on: ["monday"], at: "09:00", timeZone }.',
    };
  if (rule || isOnce) return null;
  return { path: "at", code: "field.missing", message: 'Give one moment in "at", or a rule in "repeat".' };
}

/** Without an offset nobody knows which moment is meant; a moment that is past or too far is understood and refused. */
const refusedTime = (problems: Parameters<typeof badFields>[0]): Refusal => ({
  ...badFields(problems),
  is: problems.some((each) => each.code === "time.offset_required") ? "bad_request" : "unprocessable",
});

async function whyNotNow(world: World, campaign: Campaign): Promise<Refusal | null> {
  const move = moveCampaign(campaign.state, "schedule");
  const isOver = campaign.state === "done" || campaign.state === "cancelled";
  if (move.is === "refused" && isOver) return refusalOf({ ...move, state: campaign.state });
  const approval = await lastApproval(world.db, { workspaceId: campaign.workspaceId, campaignId: campaign.id });
  if (!approval || approval.voidedAt || move.is === "refused") return missingApproval(approval);
  return await whyOutdated(world, campaign, approval);
}

async function whyOutdated(world: World, campaign: Campaign, approval: Approval): Promise<Refusal | null> {
  const plan = await buildPlan(world.db.sql, campaign.id, world.channels);
  if (approval.contentHash !== (await hashOf(world.db.sql, campaign.id)))
    return staleApproval("The copy is not the copy that was approved.");
  const present: Record<Id, number> = plan ? segmentVersions(plan) : {};
  return contentHash(present) === contentHash(approval.segmentVersions)
    ? null
    : staleApproval("A segment's rule has changed since the approval.");
}

function missingApproval(approval: Approval | null): Refusal {
  const because = approval?.voidedBecause ? ` The last approval was voided (${approval.voidedBecause}).` : "";
  const message = `Nobody has approved what stands there now.${because} Look at the preflight, then approve it.`;
  return { is: "conflict", detail: message, errors: [{ path: "", code: "approval.missing", message }] };
}

function staleApproval(because: string): Refusal {
  const message = `${because} Look at the preflight and have it approved again.`;
  return { is: "conflict", detail: message, errors: [{ path: "", code: "approval.stale", message }] };
}
