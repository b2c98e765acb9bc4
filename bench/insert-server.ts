/** The baseline for `POST /v1/messages`: a Fastify server that checks a key and a body and answers after one INSERT. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import fastify from "fastify";
import pg from "pg";
import type { House } from "./house.ts";

export type InsertServer = { readonly url: string; readonly pid: number; stop(): void };

/** As Chorus' API has for its own work. */
const connections = 10;
const schema = {
  body: {
    type: "object",
    required: ["channel", "class", "to", "content"],
    properties: {
      channel: { type: "string", maxLength: 40 },
      class: { enum: ["security", "transactional", "marketing"] },
      to: { type: "object", required: ["address"], properties: { address: { type: "string", maxLength: 320 } } },
      content: { type: "object" },
    },
  },
  response: { 202: { type: "object", properties: { id: { type: "string" } } } },
} as const;

export async function startInsertServer(house: House, databaseUrl: string): Promise<InsertServer> {
  const child = fork(fileURLToPath(import.meta.url), [databaseUrl], { detached: true });
  const stop = () => void child.kill("SIGKILL");
  house.undo(stop);
  house.halt.onSecond(stop);
  const [url] = (await once(child, "message", { signal: house.halt.signal })) as [string];
  return { url, pid: child.pid ?? 0, stop };
}

async function serve(databaseUrl: string): Promise<string> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: connections });
  await pool.query(
    "create table taken (id bigint generated always as identity primary key, key text unique, body jsonb)",
  );
  const app = fastify();
  app.post("/messages", { schema }, async (request, reply) => {
    const key = request.headers["idempotency-key"];
    if (!request.headers.authorization || typeof key !== "string") throw new Error("A key is needed.");
    const insert = { name: "take", text: "insert into taken (key, body) values ($1, $2) returning id" };
    const { rows } = await pool.query<{ id: string }>(insert, [key, request.body]);
    return reply.code(202).send({ id: rows[0]?.id });
  });
  return await app.listen({ host: "127.0.0.1", port: 0 });
}

const [databaseUrl] = process.argv.slice(2);
if (process.argv[1] === fileURLToPath(import.meta.url) && databaseUrl !== undefined) {
  process.once("disconnect", () => process.exit(0));
  process.send?.(await serve(databaseUrl));
}
