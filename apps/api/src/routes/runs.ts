/** Runs, and the levers on what goes out. Whoever pulls one is written down after it has been pulled, never before. */
import type { CampaignState } from "@chorus/core/campaign";
import type { Id } from "@chorus/core/id";
import { pageQuery } from "@chorus/core/wire-page";
import { actedView, runList } from "@chorus/core/wire-runs";
import { recordAudit } from "@chorus/db/audit";
import type { Caller } from "@chorus/db/keys";
import { listRuns } from "@chorus/db/run-list";
import { latestRun, moveRunOf } from "@chorus/db/runs";
import { cancelCampaign } from "@chorus/db/schedules";
import { z } from "zod";
import { callerOf } from "../auth.ts";
import { findCampaign, idParams, refusalOf } from "../campaign-body.ts";
import { cutPage } from "../page.ts";
import { badFields, notFound, type Refusal, refuse } from "../problem.ts";
import { noRunYet, runBody } from "../run-body.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function runRoutes(app: Api, world: World): void {
  addLevers(app, world);
  app.route({
    method: "GET",
    url: "/v1/campaigns/:id/runs",
    config: { needs: "read" },
    schema: {
      summary: "The runs of a campaign, newest first",
      params: idParams,
      querystring: z.strictObject(pageQuery),
      response: { 200: runList },
    },
    handler: async (request, reply) => {
      const campaign = await findCampaign(world, callerOf(request), request.params.id);
      if (!campaign) return refuse(reply, notFound("campaign"));
      const of = { workspaceId: campaign.workspaceId, campaignId: campaign.id };
      const list = { workspaceId: of.workspaceId, list: `runs:${of.campaignId}` };
      const before = world.cursors.read(list, request.query.cursor);
      if (before.is === "bad") return refuse(reply, badFields(before.problems));
      const { limit } = request.query;
      const page = cutPage(await listRuns(world.db, { ...of, limit: limit + 1, before: before.value }), limit);
      const nextCursor = page.last && world.cursors.write(list, page.last.id);
      return { items: page.rows.map((run) => runBody(world.seal, run)), nextCursor };
    },
  });
}

function addLevers(app: Api, world: World): void {
  for (const action of ["pause", "resume"] as const)
    app.route({
      method: "POST",
      url: `/v1/campaigns/:id/${action}`,
      config: { needs: action === "pause" ? "halt" : "launch" },
      schema: { summary: `${action} what goes out`, params: idParams, response: { 200: actedView } },
      handler: async (request, reply) => {
        const campaign = await findCampaign(world, callerOf(request), request.params.id);
        if (!campaign) return refuse(reply, notFound("campaign"));
        const run = await latestRun(world.db, { workspaceId: campaign.workspaceId, campaignId: campaign.id });
        if (!run) return refuse(reply, noRunYet(campaign.state));
        const moved = await moveRunOf(world.db, { workspaceId: campaign.workspaceId, runId: run.id, action });
        if (moved.is === "refused") return refuse(reply, runRefuses(action, moved.state ?? run.state));
        await note(world, callerOf(request), { action: `run.${action}`, subject: `run:${run.id}` });
        if (action === "resume") await world.producer.knock("expandAudience", { runId: run.id });
        return actedBody(world, campaign, moved);
      },
    });
  app.route({
    method: "POST",
    url: "/v1/campaigns/:id/cancel",
    config: { needs: "halt" },
    schema: { summary: "Call a campaign off, for good", params: idParams, response: { 200: actedView } },
    handler: async (request, reply) => {
      const { person, workspace } = callerOf(request);
      const id = world.seal.open("campaign", request.params.id);
      if (!id) return refuse(reply, notFound("campaign"));
      const cancelled = await cancelCampaign(world.db, { workspaceId: workspace.id, id, personId: person.id });
      if (cancelled.is === "cancelled") return actedBody(world, { id, state: cancelled.state }, null);
      if (cancelled.is !== "has_run") return refuse(reply, refusalOf(cancelled));
      const of = { workspaceId: workspace.id, runId: cancelled.runId, action: "cancel" } as const;
      const moved = await moveRunOf(world.db, of);
      if (moved.is === "refused") return refuse(reply, runRefuses("cancel", moved.state ?? "gone"));
      await note(world, callerOf(request), { action: "run.cancel", subject: `run:${cancelled.runId}` });
      return actedBody(world, { id, state: "scheduled" }, moved);
    },
  });
}

const note = (world: World, caller: Caller, of: { action: string; subject: string }) =>
  recordAudit(world.db, { workspaceId: caller.workspace.id, personId: caller.person.id, ...of });

type Moved = Extract<Awaited<ReturnType<typeof moveRunOf>>, { is: "moved" }>;

const actedBody = (world: World, campaign: { id: Id; state: CampaignState }, moved: Moved | null) => ({
  campaign: { id: world.seal.seal("campaign", campaign.id), state: campaign.state },
  run: moved && { id: world.seal.seal("run", moved.runId), state: moved.state },
  alreadyWithProvider: moved?.alreadyWithProvider ?? 0,
});

function runRefuses(action: string, state: string): Refusal {
  const message = `The run is ${state}; there is nothing to ${action}.`;
  return {
    is: "conflict",
    detail: message,
    errors: [{ path: "run.state", code: "run.state", message, got: state }],
    also: { state },
  };
}
