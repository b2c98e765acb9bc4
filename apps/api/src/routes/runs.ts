/** Runs, and the levers on what goes out. Whoever pulls one is written down. */
import type { CampaignState } from "@chorus/core/campaign";
import type { Id } from "@chorus/core/id";
import { pageQuery } from "@chorus/core/wire-page";
import { actedView, runList } from "@chorus/core/wire-runs";
import { listRuns } from "@chorus/db/run-list";
import { moveRunsOf } from "@chorus/db/runs";
import { cancelCampaign } from "@chorus/db/schedules";
import { z } from "zod";
import { callerOf } from "../auth.ts";
import { findCampaign, idParams, refusalOf } from "../campaign-body.ts";
import { cutPage } from "../page.ts";
import { badFields, notFound, refuse } from "../problem.ts";
import { noRunYet, runBody } from "../run-body.ts";
import { knockMoved, type MovedRun, refusedMove, runRef } from "../run-levers.ts";
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
        const { person, workspace } = callerOf(request);
        const id = world.seal.open("campaign", request.params.id);
        if (!id) return refuse(reply, notFound("campaign"));
        const by = { workspaceId: workspace.id, personId: person.id };
        const asked = await moveRunsOf(world.db, { ...by, campaignId: id, action });
        if (!asked) {
          const campaign = await findCampaign(world, callerOf(request), request.params.id);
          return refuse(reply, campaign ? noRunYet(campaign.state) : notFound("campaign"));
        }
        const moved = await knockMoved(world, action, asked.moves);
        if (moved.length === 0) return refuse(reply, refusedMove(action, asked.moves));
        return actedBody(world, { id, state: asked.campaign }, moved);
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
      const by = { workspaceId: workspace.id, personId: person.id };
      const cancelled = await cancelCampaign(world.db, { ...by, id });
      if (cancelled.is === "cancelled") return actedBody(world, { id, state: cancelled.state }, []);
      if (cancelled.is !== "has_run") return refuse(reply, refusalOf(cancelled));
      const { moves = [] } = (await moveRunsOf(world.db, { ...by, campaignId: id, action: "cancel" })) ?? {};
      const moved = await knockMoved(world, "cancel", moves);
      if (moved.length === 0) return refuse(reply, refusedMove("cancel", moves));
      return actedBody(world, { id, state: "scheduled" }, moved);
    },
  });
}

const actedBody = (world: World, campaign: { id: Id; state: CampaignState }, moved: readonly MovedRun[]) => ({
  campaign: { id: world.seal.seal("campaign", campaign.id), state: campaign.state },
  run: moved[0] ? runRef(world, moved[0]) : null,
  alreadyWithProvider: moved.reduce((total, each) => total + each.alreadyWithProvider, 0),
});
