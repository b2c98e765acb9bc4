/** Alive, and usable: for whoever runs the machines. */
import { databaseNow } from "@chorus/db/open";
import { pendingMigrations } from "@chorus/db/readiness";
import { inspectQueue } from "@chorus/queue/health";
import { z } from "zod";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

const part = z.object({ usable: z.boolean(), detail: z.string(), warnings: z.array(z.string()) });
const readiness = z.object({ usable: z.boolean(), postgres: part, migrations: part, queue: part });

export function healthRoutes(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/healthz",
    schema: { hide: true, response: { 200: z.object({ alive: z.literal(true) }) } },
    handler: async () => ({ alive: true as const }),
  });
  app.route({
    method: "GET",
    url: "/readyz",
    schema: { hide: true, response: { 200: readiness, 503: readiness } },
    handler: async (_request, reply) => {
      const [postgres, migrations, queue] = await Promise.all([
        looked(async () => ({ detail: `answers, ${(await databaseNow(world.db.sql)).toISOString()}` })),
        looked(async () => lookAtMigrations(world)),
        looked(async () => lookAtQueue(world)),
      ]);
      const usable = postgres.usable && migrations.usable && queue.usable;
      return reply.code(usable ? 200 : 503).send({ usable, postgres, migrations, queue });
    },
  });
}

type Look = { detail: string; usable?: boolean; warnings?: readonly string[] };

async function looked(look: () => Promise<Look>): Promise<z.infer<typeof part>> {
  try {
    const { detail, usable = true, warnings = [] } = await look();
    return { usable, detail, warnings: [...warnings] };
  } catch (error) {
    return {
      usable: false,
      detail: `cannot be reached: ${error instanceof Error ? error.name : "unknown"}`,
      warnings: [],
    };
  }
}

async function lookAtMigrations(world: World): Promise<Look> {
  const missing = await pendingMigrations(world.db.sql);
  return missing.length === 0
    ? { detail: "all applied" }
    : { usable: false, detail: `not applied yet: ${missing.join(", ")}` };
}

async function lookAtQueue(world: World): Promise<Look> {
  const { backend, version, warnings, usable } = await inspectQueue(world.config.QUEUE_URL);
  return { detail: `${backend}, ${version}`, warnings, usable };
}
