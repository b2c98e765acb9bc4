/**
 * What each durable step of a send costs, statement by statement, on a PostgreSQL of its own with everything that makes it
 * durable switched on: `node --import tsx bench/ledger.ts [messages] [batch] [connections] [cap]` in packages/db. With
 * a cap, so many messages in 30 days, every permit counts what its contacts were sent.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv } from "node:process";
import { startEmbeddedPostgres } from "../src/embedded.ts";
import { expandPage } from "../src/expand.ts";
import { type Leased, lease } from "../src/lease.ts";
import { migrate } from "../src/migrate.ts";
import { type Db, openDb } from "../src/open.ts";
import { type Permit, permit } from "../src/permit.ts";
import { recordResults } from "../src/result.ts";
import { testContacts, testRules, testRun, testWorkspace } from "../src/test-run.ts";
import { registerWorker } from "../src/workers.ts";

const [messages = 20_000, batch = 200, connections = 1, cap = 0] = argv.slice(2).map(Number);
const laneCount = 16;
const sendWithinMs = 12 * 60_000;
const spent = new Map<string, number>();

async function timed<T>(step: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  spent.set(step, (spent.get(step) ?? 0) + performance.now() - began);
  return result;
}

const folder = await mkdtemp(join(tmpdir(), "chorus-ledger-bench-"));
const server = await startEmbeddedPostgres({ folder });
try {
  await migrate(server.url);
  const db = await openDb({ url: server.url, channels: ["email", "sms", "slack"] });
  await measure(db);
  await db.close();
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function measure(db: Db): Promise<void> {
  const workspace = await testWorkspace(db);
  await testContacts(db, workspace.id, messages);
  await db.sql.query("vacuum (analyze)");
  const rules = { ...testRules, holds: "wait", cap: cap > 0 ? { count: cap, days: 30 } : null } as const;
  const { runId } = await testRun(db, { workspace, rules: { email: rules } });
  const workerId = await registerWorker(db, "bench", "0");
  await timed("expand", async () => {
    while ((await expandPage(db, runId)).is === "page");
  });
  const began = performance.now();
  const pumps = Array.from({ length: connections }, (_, index) => pump(db, workerId, index));
  const sent = (await Promise.all(pumps)).reduce((a, b) => a + b, 0);
  const seconds = (performance.now() - began) / 1000;
  for (const [step, ms] of spent) console.log(JSON.stringify({ step, usPerMessage: Math.round((ms * 1000) / sent) }));
  console.log(JSON.stringify({ sent, batch, connections, perSecond: Math.round(sent / seconds) }));
}

async function pump(db: Db, workerId: string, index: number): Promise<number> {
  let sent = 0;
  for (let lane = index; lane < laneCount; lane += connections) {
    for (;;) {
      const of = { channel: "email", class: "marketing", lane, workerId, limit: batch } as const;
      const leased: Leased[] = await timed("lease", () => lease(db, of));
      if (leased.length === 0) break;
      const permits: Permit[] = await timed("permit", () => permit(db, leased, sendWithinMs));
      const results = leased.map(({ runId, messageId }, at) => {
        const given = permits[at];
        if (given?.is !== "send") throw new Error(`not permitted: ${JSON.stringify(given)}`);
        return {
          runId,
          messageId,
          attempt: given.attempt,
          settlement: { is: "accepted", providerMessageId: "x".repeat(24) },
        } as const;
      });
      await timed("record", () => recordResults(db, workerId, results));
      sent += leased.length;
    }
  }
  return sent;
}
