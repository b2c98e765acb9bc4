/** What writing may cost, set by whoever answers for the accounts. */
import { copyBudgetView, copyCaps } from "@chorus/core/wire-copy-budget";
import { recordAudit } from "@chorus/db/audit";
import { readCopyBudget, setCopyCaps } from "@chorus/db/model-calls";
import { callerOf } from "../auth.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function copyBudgetRoutes(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/v1/copy-budget",
    config: { needs: "read" },
    schema: { summary: "What writing may cost, and has", response: { 200: copyBudgetView } },
    handler: async (request) => await readCopyBudget(world.db, callerOf(request).workspace.id),
  });
  app.route({
    method: "PUT",
    url: "/v1/copy-budget",
    config: { needs: "connect" },
    schema: { summary: "Set what writing may cost", body: copyCaps, response: { 200: copyBudgetView } },
    handler: async (request) => {
      const { workspace, person } = callerOf(request);
      await setCopyCaps(world.db, workspace.id, request.body);
      await recordAudit(world.db, {
        ...{ workspaceId: workspace.id, personId: person.id, action: "copy.budget" },
        ...{ subject: `workspace:${workspace.id}`, detail: request.body },
      });
      return await readCopyBudget(world.db, workspace.id);
    },
  });
}
