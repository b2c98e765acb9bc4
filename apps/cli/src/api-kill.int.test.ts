/** The API dies between any two of the statements that a single send takes; what it had acknowledged is never missing. */
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { channels } from "@chorus/channels/registry";
import { type Db, openDb } from "@chorus/db/open";
import { openTestDatabase } from "@chorus/db/test-db";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { type RunningProcess, startProcess } from "./processes.ts";
import { root } from "./settings.ts";
import { createWithKeys } from "./workspace.ts";

/** More than a send takes; the loop ends with the first request that nothing interrupted. */
const statementsAtMost = 40;
const apiReady = z.object({ event: z.literal("api.ready"), url: z.string() });

let db: Db;
let line: Awaited<ReturnType<typeof openCountedLine>>;
let key: string;
let startApi: () => Promise<RunningProcess<z.infer<typeof apiReady>>>;
const undo: (() => Promise<unknown> | unknown)[] = [];

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "chorus-api-kill-"));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const database = await openTestDatabase();
  undo.push(() => database.close());
  db = await openDb({ url: database.url, channels: channels.map((each) => each.id), connections: 2 });
  undo.push(() => db.close());
  const people = [{ name: "Ada", email: "ada@example.com", role: "owner" as const }];
  [key = ""] = await createWithKeys(db, { name: "API kill", kind: "sandbox", people });
  line = await openCountedLine(new URL(database.url));
  undo.push(() => line.close());
  const env = {
    ...{ DATABASE_URL: line.url, QUEUE_URL: "redis://127.0.0.1:9", LOG_LEVEL: "silent" },
    CHORUS_KEY: randomBytes(32).toString("base64"),
  };
  startApi = async () => {
    const file = { name: "api", main: join(root, "apps/api/src/start.ts"), logFile: join(folder, "api.log") };
    const process = await startProcess({ ...file, env, ready: apiReady }, new AbortController().signal);
    undo.push(() => process.kill());
    return process;
  };
}, 120_000);
afterAll(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

it("D8, D9: no acknowledged send is missing, and a repeated request makes no second message", {
  timeout: 400_000,
}, async () => {
  let api = await startApi();
  let kills = 0;
  let statements = 0;
  // An answer that is lost before the commit is the same to the ledger as the next statement that is.
  for (const lose of ["statement", "answer"] as const)
    for (let nth = lose === "statement" ? 1 : statements - 2; nth <= statementsAtMost; nth++) {
      const request = randomUUID();
      const dying = api;
      line.killAt({ nth, lose, kill: () => dying.kill() });
      const first = await send(api.ready.url, request);
      const isUntouched = line.disarm();
      if (!isUntouched) {
        kills++;
        await api.ended;
        api = await startApi();
      }
      const again = await send(api.ready.url, request);
      expect(again?.status, `${lose} ${nth}`).toBe(202);
      if (first?.status === 202) expect(again?.id).toBe(first.id);
      expect(await messagesOf(request), `${lose} ${nth}`).toBe(1);
      statements = nth;
      if (isUntouched) break;
    }
  expect(kills, "the API died before each statement, and after the last ones").toBeGreaterThanOrEqual(12);
  await api.stop();
});

async function send(url: string, request: string): Promise<{ status: number; id: string } | null> {
  const body = {
    ...{ channel: "email", class: "transactional", to: { address: "ann@example.com" } },
    content: { subject: "Your order", headline: "Thank you", paragraphs: [request] },
  };
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json", "idempotency-key": request };
  try {
    const answer = await fetch(`${url}/v1/messages`, { method: "POST", headers, body: JSON.stringify(body) });
    return { status: answer.status, id: z.object({ id: z.string() }).parse(await answer.json()).id };
  } catch {
    return null; // the API died before it could answer
  }
}

async function messagesOf(request: string): Promise<number> {
  const { rows } = await db.sql.query<{ count: number }>(
    "select count(*)::int as count from send where content -> 'paragraphs' ->> 0 = $1",
    [request],
  );
  return rows[0]?.count ?? 0;
}

type Trap = { readonly nth: number; readonly lose: "statement" | "answer"; readonly kill: () => void };

/** A line to PostgreSQL on which each packet is a statement, since the client waits for each answer. */
async function openCountedLine(to: URL) {
  let trap: Trap | null = null;
  let seen = 0;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect({ host: to.hostname, port: Number(to.port) });
    let sprung: Trap | null = null; // kept: the request may have ended on another line before its answer comes by
    for (const socket of [near, far]) {
      sockets.add(socket.setNoDelay().on("error", () => {}));
      socket.on("close", () => {
        near.destroy();
        far.destroy();
      });
    }
    near.on("data", (packet) => {
      if (trap && ++seen === trap.nth) {
        sprung = trap;
        if (trap.lose === "statement") return trap.kill();
      }
      far.write(packet);
    });
    far.on("data", (packet) => (sprung ? sprung.kill() : near.write(packet)));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const url = new URL(to);
  url.hostname = "127.0.0.1";
  url.port = String(typeof address === "object" ? address?.port : "");
  return {
    url: url.href,
    killAt(next: Trap) {
      seen = 0;
      trap = next;
    },
    /** True when the request needed fewer statements than that. */
    disarm(): boolean {
      const isUntouched = trap !== null && seen < trap.nth;
      trap = null;
      return isUntouched;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
