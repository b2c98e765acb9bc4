/** The one lever over everything that a workspace sends. Who pulled it is written down. */
import { releasedView, releaseInput, stopInput, stoppedView, stopView } from "@chorus/core/wire-runs";
import { recordAudit } from "@chorus/db/audit";
import { readStop, releaseEverything, stopEverything } from "@chorus/db/stop";
import { callerOf } from "../auth.ts";
import { badFields, refuse } from "../problem.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function stopRoutes(app: Api, world: World): void {
  app.route({
    method: "POST",
    url: "/v1/stop",
    config: { needs: "halt" },
    schema: { summary: "Stop everything that is going out", body: stopInput, response: { 200: stoppedView } },
    handler: async (request) => {
      const { person, workspace } = callerOf(request);
      const because = request.body?.because ?? "Everything was stopped.";
      return await stopEverything(world.db, { workspaceId: workspace.id, personId: person.id, because });
    },
  });
  app.route({
    method: "POST",
    url: "/v1/release",
    config: { needs: "launch" },
    schema: { summary: "Let go on what was stopped", body: releaseInput, response: { 200: releasedView } },
    handler: async (request, reply) => {
      const { person, workspace } = callerOf(request);
      const only = request.body?.only?.map((id) => world.seal.open("run", id));
      const strange = only?.indexOf(null) ?? -1;
      if (strange >= 0) return refuse(reply, { ...badFields([unknownRun(strange)]), is: "unprocessable" });
      const named = only?.filter((id) => id !== null);
      const released = await releaseEverything(world.db, { workspaceId: workspace.id, ...(named && { only: named }) });
      const subject = `workspace:${workspace.id}`;
      if (released.released)
        await recordAudit(world.db, {
          workspaceId: workspace.id,
          personId: person.id,
          action: "workspace.release",
          subject,
          detail: { ...(named && { only: named }), held: released.held },
        });
      return released;
    },
  });
  app.route({
    method: "GET",
    url: "/v1/stop",
    config: { needs: "read" },
    schema: { summary: "Whether everything is stopped, since when and why", response: { 200: stopView } },
    handler: async (request) => {
      const stop = await readStop(world.db, callerOf(request).workspace.id);
      return { stop: stop && { at: stop.at.toISOString(), because: stop.because } };
    },
  });
}

const unknownRun = (place: number) => ({
  path: `only[${place}]`,
  code: "run.unknown",
  message: "There is no such run. GET /v1/campaigns/:id/runs lists them.",
});
