/** What came of a run, always counted from the ledger, and the hand-overs whose answer never came. */
import { doubtList, doubtQuery, reportView } from "@chorus/core/wire-runs";
import { listDoubts, runReport } from "@chorus/db/reports";
import { getRun } from "@chorus/db/run-list";
import { latestRun } from "@chorus/db/runs";
import { callerOf } from "../auth.ts";
import { findCampaign, idParams } from "../campaign-body.ts";
import { cutPage } from "../page.ts";
import { badFields, notFound, refuse } from "../problem.ts";
import { noRunYet, reportBody } from "../run-body.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function reportRoutes(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/v1/campaigns/:id/report",
    config: { needs: "read" },
    schema: { summary: "What came of the newest run", params: idParams, response: { 200: reportView } },
    handler: async (request, reply) => {
      const campaign = await findCampaign(world, callerOf(request), request.params.id);
      if (!campaign) return refuse(reply, notFound("campaign"));
      const run = await latestRun(world.db, { workspaceId: campaign.workspaceId, campaignId: campaign.id });
      const report = run && (await runReport(world.db, { workspaceId: campaign.workspaceId, runId: run.id }));
      return report ? reportBody(world.seal, report) : refuse(reply, noRunYet(campaign.state));
    },
  });
  app.route({
    method: "GET",
    url: "/v1/runs/:id/report",
    config: { needs: "read" },
    schema: { summary: "What came of a run", params: idParams, response: { 200: reportView } },
    handler: async (request, reply) => {
      const runId = world.seal.open("run", request.params.id);
      const of = runId && { workspaceId: callerOf(request).workspace.id, runId };
      const report = of && (await runReport(world.db, of));
      return report ? reportBody(world.seal, report) : refuse(reply, notFound("run"));
    },
  });
  app.route({
    method: "GET",
    url: "/v1/runs/:id/doubts",
    config: { needs: "read" },
    schema: {
      summary: "Messages handed over whose answer never came, the open ones first",
      ...{ params: idParams, querystring: doubtQuery },
      response: { 200: doubtList },
    },
    handler: async (request, reply) => {
      const workspaceId = callerOf(request).workspace.id;
      const runId = world.seal.open("run", request.params.id);
      if (!runId || !(await getRun(world.db, { workspaceId, id: runId }))) return refuse(reply, notFound("run"));
      const list = { workspaceId, list: `doubts:${runId}` };
      const after = world.cursors.read(list, request.query.cursor);
      if (after.is === "bad") return refuse(reply, badFields(after.problems));
      const { limit } = request.query;
      const page = cutPage(
        await listDoubts(world.db, { workspaceId, runId, limit: limit + 1, after: after.value }),
        limit,
      );
      return {
        nextCursor: page.last && world.cursors.write(list, page.last.position),
        items: page.rows.map(({ runId, messageId, since, position: _, ...doubt }) => ({
          ...doubt,
          messageId: world.seal.sealMessage({ runId, messageId }),
          since: since.toISOString(),
        })),
      };
    },
  });
}
