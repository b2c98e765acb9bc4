/** The one lever over everything that a workspace sends. Written down after it has been pulled, never before. */
import { releasedView, stopInput, stoppedView, stopView } from "@chorus/core/wire-runs";
import { recordAudit } from "@chorus/db/audit";
import { readStop, releaseEverything, stopEverything } from "@chorus/db/stop";
import { callerOf } from "../auth.ts";
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
      const stopped = await stopEverything(world.db, { workspaceId: workspace.id, because });
      const subject = `workspace:${workspace.id}`;
      await recordAudit(world.db, {
        workspaceId: workspace.id,
        personId: person.id,
        action: "workspace.stop",
        subject,
        detail: { because },
      });
      return { stopped };
    },
  });
  app.route({
    method: "POST",
    url: "/v1/release",
    config: { needs: "launch" },
    schema: { summary: "Let go on what was stopped", response: { 200: releasedView } },
    handler: async (request) => {
      const { person, workspace } = callerOf(request);
      const released = await releaseEverything(world.db, { workspaceId: workspace.id });
      const subject = `workspace:${workspace.id}`;
      if (released)
        await recordAudit(world.db, {
          workspaceId: workspace.id,
          personId: person.id,
          action: "workspace.release",
          subject,
        });
      return { released };
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
