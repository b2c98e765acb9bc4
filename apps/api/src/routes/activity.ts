/** Activity: what contacts did, sent in as JSON as it happens. */
import type { Problem } from "@chorus/core/problem";
import { newActivities, savedActivities } from "@chorus/core/wire-activity";
import { type ActivityEntry, importActivity } from "@chorus/db/import-activity";
import { databaseNow, inTransaction } from "@chorus/db/open";
import { readActivity, unknownName } from "../activity-entry.ts";
import { callerOf } from "../auth.ts";
import { badFields, Refused, refuse } from "../problem.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function activityRoutes(app: Api, world: World): void {
  app.route({
    method: "POST",
    url: "/v1/activity",
    config: { needs: "data" },
    schema: { summary: "Add up to 500 events", body: newActivities, response: { 200: savedActivities } },
    handler: async (request, reply) => {
      const { workspace } = callerOf(request);
      const now = await databaseNow(world.db.sql);
      const entries: ActivityEntry[] = [];
      const problems: Problem[] = [];
      for (const [i, given] of request.body.events.entries()) {
        const read = readActivity(given, { now, currency: workspace.currency });
        if (read.is === "ok") entries.push(read.value);
        else problems.push(...read.problems.map((each) => ({ ...each, path: `events[${i}].${each.path}` })));
      }
      if (problems.length > 0) return refuse(reply, badFields(problems));
      const inserted = await inTransaction(world.db, async (sql) => {
        const taken = await importActivity(sql, { workspaceId: workspace.id, entries });
        if (taken.unknown.length > 0) throw new Refused(badNames(taken.unknown)); // takes the whole body back
        return taken.inserted;
      });
      return { taken: entries.length, inserted };
    },
  });
}

const badNames = (unknown: readonly { index: number; is: "contact" | "sku" }[]) => ({
  ...badFields(
    unknown.slice(0, 50).map(({ index, is }) => ({
      path: `events[${index}].${is === "contact" ? "externalId" : "sku"}`,
      ...unknownName(is),
    })),
  ),
  is: "unprocessable" as const,
});
