/** A worker of its own whose leases all fail, and what became of it: it takes most of a minute, beside other tests. */
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expandPage } from "@chorus/db/expand";
import { openTestLedger, testContacts, testRun, testWorkspace } from "@chorus/db/test-run";
import { migrateQueue } from "@chorus/queue/connect";
import { z } from "zod";
import { startProcess } from "./processes.ts";
import { root } from "./settings.ts";

export type Stuck = {
  readonly code: number | null;
  /** Seconds from its start to the first line of each name. */
  readonly toldAfter: Readonly<Record<string, number>>;
  /** For how many seconds its alive file had not been touched, ten seconds after it first said that it stands still. */
  readonly silentFor: number;
};

export async function watchStuckWorker(): Promise<Stuck> {
  const { db, close } = await openTestLedger();
  const folder = await mkdtemp(join(tmpdir(), "chorus-stuck-"));
  const files = { logFile: join(folder, "worker.log"), alive: join(folder, "alive") };
  try {
    const workspace = await testWorkspace(db);
    await testContacts(db, workspace.id, 3);
    const { runId } = await testRun(db, { workspace });
    await expandPage(db, runId);
    await db.sql.query(
      `create function refuse() returns trigger language plpgsql as $$ begin raise 'no lease'; end $$`,
    );
    await db.sql.query("create trigger refuse before update on due for each row execute function refuse()");
    await migrateQueue(db.url);
    const worker = await startProcess(
      {
        ...{ name: "worker", main: join(root, "apps/worker/src/start.ts"), logFile: files.logFile },
        env: {
          ...{ DATABASE_URL: db.url, QUEUE_URL: db.url, PUBLIC_URL: "http://127.0.0.1:9", LOG_LEVEL: "warn" },
          ...{ CHORUS_KEY: Buffer.alloc(32).toString("base64"), WORKER_ALIVE_FILE: files.alive },
        },
        ready: z.object({ event: z.literal("worker.ready") }),
      },
      new AbortController().signal,
    );
    const startedAt = Date.now();
    const [{ code }, silentFor] = await Promise.all([worker.ended, silence(files, worker.ended)]);
    return { code, silentFor, toldAfter: toldAfter(await readFile(files.logFile, "utf8"), startedAt) };
  } finally {
    await close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** NaN when it ended without a word. */
async function silence(files: { logFile: string; alive: string }, ended: Promise<unknown>): Promise<number> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  for (; !isOver; await sleep(100)) {
    if (!(await readFile(files.logFile, "utf8")).includes("sending.stands_still")) continue;
    await sleep(10_000);
    return (Date.now() - (await stat(files.alive)).mtimeMs) / 1_000;
  }
  return Number.NaN;
}

function toldAfter(log: string, startedAt: number): Record<string, number> {
  const lines = log.split("\n").filter((line) => line.includes('"msg"'));
  const told = lines.map((line) => z.object({ msg: z.string(), time: z.number() }).parse(JSON.parse(line)));
  return Object.fromEntries(told.reverse().map(({ msg, time }) => [msg, (time - startedAt) / 1_000]));
}
