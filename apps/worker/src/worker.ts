/** A worker: opens everything, answers knocks and sweeps until it is told to stop. One screen of wiring. */
import { hostname } from "node:os";
import { performance } from "node:perf_hooks";
import { readAccounts } from "@chorus/channels/accounts";
import { channels } from "@chorus/channels/registry";
import { openIdSeal } from "@chorus/core/id";
import { openLinkTokens } from "@chorus/core/link-token";
import { sendWithinMs } from "@chorus/core/message";
import { othersWords } from "@chorus/core/redact";
import { openVault } from "@chorus/core/vault";
import { handBack } from "@chorus/db/lease";
import { openDb } from "@chorus/db/open";
import { type Permit, type PermitWish, permit } from "@chorus/db/permit";
import { type Result, recordResults } from "@chorus/db/result";
import { beat, beatEveryMs, registerWorker, retireWorker } from "@chorus/db/workers";
import { openOpenAiWriter } from "@chorus/prompts/openai-writer";
import { openConsumer } from "@chorus/queue/consumer";
import { inspectQueue } from "@chorus/queue/health";
import { openProducer } from "@chorus/queue/producer";
import { openTelemetry } from "@chorus/telemetry/telemetry";
import { pino } from "pino";
import { removeAliveFile, touchAliveFile } from "./alive-file.ts";
import { openBatcher } from "./batcher.ts";
import { openCarriers } from "./carriers.ts";
import type { Config } from "./config.ts";
import { every } from "./every.ts";
import { handlers } from "./handlers.ts";
import { openRendering } from "./rendering.ts";
import { watchOver } from "./stages/watch-over.ts";
import { openTally } from "./tally.ts";
import { traceJobs } from "./trace-jobs.ts";
import { version } from "./version.ts";
import type { World } from "./world.ts";

/** Jobs of each queue that this process runs at a time. Sending waits on providers, so several lanes share a worker. */
const concurrency = { plan: 2, write: 4, expand: 1, send: 12, urgent: 8 };
const sweepEveryMs = 1_000;
const batchAtMost = 500;
/** A hand-over that is under way at a stop is given this long to be answered: cut off, it would be a doubt. */
const answersWithinMs = 15_000;

export async function startWorker(config: Config): Promise<{ stop(): Promise<void> }> {
  const log = pino({ level: config.LOG_LEVEL, base: { process: "worker" }, serializers: othersWords });
  const fault = (name: string) => (error: unknown) => log.error({ error: String(error) }, name);
  const db = await openDb({
    url: config.DATABASE_URL,
    channels: channels.map((each) => each.id),
    onError: fault("database.lost"),
  });
  const seal = openIdSeal(config.CHORUS_KEY);
  const telemetry = openTelemetry({ settings: config, service: "chorus-worker", onTrouble: fault("telemetry.failed") });
  const workerId = await registerWorker(db, `${hostname()}:${process.pid}`, version);
  const sending = { db, channels, seal, publicUrl: config.PUBLIC_URL };
  const giveUp = new AbortController();
  const world: World = {
    workerId,
    log,
    db,
    seal,
    channels,
    producer: openProducer({ url: config.QUEUE_URL }),
    telemetry,
    job: null,
    carriers: openCarriers({ ...sending, accounts: readAccounts(config), vault: openVault(config.CHORUS_KEY) }),
    rendering: openRendering({ ...sending, linkTokens: openLinkTokens(config.CHORUS_KEY) }),
    model: openModel(config),
    permits: openBatcher({ atMost: batchAtMost, run: (wishes) => permitOrHandBack(world, wishes) }),
    results: openBatcher({ atMost: batchAtMost, run: (results) => recordUntilDone(world, results) }),
    tally: openTally(),
    giveUp: giveUp.signal,
    random: Math.random,
  };
  const consumer = openConsumer({
    url: config.QUEUE_URL,
    handlers: traceJobs(handlers, telemetry),
    world,
    concurrency,
    onError: (trouble) =>
      log.error({ ...trouble, error: "error" in trouble ? String(trouble.error) : undefined }, `queue.${trouble.is}`),
  });
  void inspectQueue(config.QUEUE_URL).then(
    ({ warnings, ...queue }) => log[warnings.length > 0 ? "warn" : "info"]({ ...queue, warnings }, "queue.inspected"),
    fault("queue.uninspected"),
  );
  const tellLife = openVitalSigns(world, () => consumer.running());
  const beatAndShow = async () => {
    await tellLife();
    await touchAliveFile(config.WORKER_ALIVE_FILE);
  };
  const beating = every(beatEveryMs, beatAndShow, fault("worker.beat_failed"));
  const sweeping = every(sweepEveryMs, () => watchOver(world), fault("sweep.failed"));
  log.info({ workerId, writer: world.model?.name ?? "template" }, "worker.ready");

  return {
    async stop() {
      const patience = setTimeout(() => giveUp.abort(), answersWithinMs);
      await sweeping.stop();
      await consumer.close();
      clearTimeout(patience);
      await world.results.settled();
      await beating.stop();
      await removeAliveFile(config.WORKER_ALIVE_FILE);
      await retireWorker(db, workerId);
      await world.producer.close();
      await world.carriers.close();
      await db.close();
      await telemetry.close();
      log.info({ workerId }, "worker.stopped");
    },
  };
}

/** One beat: that this worker lives, how busy it is, and what it was permitted since the beat before. */
function openVitalSigns(world: World, runningJobs: () => number): () => Promise<void> {
  let before = { at: performance.now(), loop: performance.eventLoopUtilization() };
  return async () => {
    const now = { at: performance.now(), loop: performance.eventLoopUtilization() };
    const overMs = now.at - before.at;
    const busy = performance.eventLoopUtilization(now.loop, before.loop).utilization;
    before = now;
    const tallies = world.tally.take();
    await beat(world.db, world.workerId, { at: new Date(), runningJobs: runningJobs(), busy, tallies, overMs });
  };
}

/** A model writes when there is somewhere to ask one; local servers often want no key, but the SDK wants a word. */
function openModel(config: Config) {
  if (!config.OPENAI_API_KEY && !config.OPENAI_BASE_URL) return null;
  return openOpenAiWriter({
    ...(config.OPENAI_BASE_URL ? { baseUrl: config.OPENAI_BASE_URL } : {}),
    apiKey: config.OPENAI_API_KEY ?? "none",
    model: config.OPENAI_MODEL,
  });
}

/** Nothing is sent on a permit whose answer was lost, and whatever it had already moved is moved back. */
async function permitOrHandBack(world: World, wishes: readonly PermitWish[]): Promise<Permit[]> {
  try {
    return await permit(world.db, wishes, sendWithinMs);
  } catch (error) {
    world.log.error({ error: String(error), messages: wishes.length }, "permits.failed");
    await untilDone(world, "permits.not_handed_back", () => handBack(world.db, wishes));
    return wishes.map(() => ({ is: "hand_back" }));
  }
}

/** A result is knowledge that exists nowhere else: while the database is away it is kept and told again. */
async function recordUntilDone(world: World, results: readonly Result[]): Promise<null[]> {
  const record = async () => {
    const held = await recordResults(world.db, world.workerId, results);
    for (const runId of held) world.log.error({ runId }, "run.held");
  };
  await untilDone(world, "results.unrecorded", record);
  return results.map(() => null);
}

async function untilDone(world: World, name: string, work: () => Promise<void>): Promise<void> {
  for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, 2_000)) {
    try {
      return await work();
    } catch (error) {
      world.log.error({ error: String(error) }, name);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}
