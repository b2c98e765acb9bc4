/** A worker: opens everything, answers knocks and sweeps until it is told to stop. One screen of wiring. */
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { readAccounts } from "@chorus/channels/accounts";
import { channels } from "@chorus/channels/registry";
import { openAddressHash } from "@chorus/core/address-hash";
import { openIdSeal } from "@chorus/core/id";
import { openLinkTokens } from "@chorus/core/link-token";
import { othersWords } from "@chorus/core/redact";
import { openVault } from "@chorus/core/vault";
import { beatEngine, startEngine } from "@chorus/db/engine";
import { watchFences } from "@chorus/db/fence";
import { openDb } from "@chorus/db/open";
import { bookSlots } from "@chorus/db/rates";
import { beatEveryMs, registerWorker, retireWorker } from "@chorus/db/workers";
import { openOpenAiWriter } from "@chorus/prompts/openai-writer";
import type { Writer } from "@chorus/prompts/writer";
import { openConsumer } from "@chorus/queue/consumer";
import { inspectQueue } from "@chorus/queue/health";
import { openProducer } from "@chorus/queue/producer";
import { openTelemetry } from "@chorus/telemetry/telemetry";
import { pino } from "pino";
import { removeAliveFile, touchAliveFile } from "./alive-file.ts";
import { openCarriers } from "./carriers.ts";
import { openClockWatch, requireClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { every } from "./every.ts";
import { openFence } from "./fence.ts";
import { openGate } from "./gate.ts";
import { handlers } from "./handlers.ts";
import { openHands } from "./hands.ts";
import { readHighWater, writeHighWater } from "./high-water-file.ts";
import { openLedger } from "./ledger.ts";
import { openPace } from "./pace.ts";
import { openRendering } from "./rendering.ts";
import { openRescue } from "./rescue.ts";
import { askAboutDoubts } from "./stages/ask.ts";
import { checkBooks } from "./stages/check-books.ts";
import { openProof } from "./stages/prove.ts";
import { watchOver } from "./stages/watch-over.ts";
import { stepsIn } from "./steps.ts";
import { type Promised, switchOff } from "./switch-off.ts";
import { openTally } from "./tally.ts";
import { realTime } from "./time.ts";
import { traceJobs } from "./trace-jobs.ts";
import { version } from "./version.ts";
import { openVitalSigns } from "./vital-signs.ts";
import { openWalks } from "./walks.ts";
import type { World } from "./world.ts";

/**
 * Jobs of each queue that this process runs at a time. Sending waits on providers, so several lanes share a worker; those of
 * what is urgent have a place each.
 */
const concurrency = { plan: 2, write: 4, expand: 1, send: 12, urgent: 24 };
const sweepEveryMs = 1_000;
/** Often enough to find the hour that a check is due. */
const lookAtBooksEveryMs = 60_000;
/** The ledger's own four and the fence make it eleven (docs/operations.md counts them). */
const connectionsBesideLedger = 6;
/** A hand-over that is under way at a stop is given this long to be answered: cut off, it would be a doubt. */
const answersWithinMs = 15_000;
/** A statement of the database; no stage has one that rightly takes half as long. */
const answerWithinMs = 15_000;

export type RunningWorker = {
  /** Finishes or hands back. */
  stop(): Promise<void>;
  /** Resolves with the reason when this process had better be replaced by a fresh one: it is still to be stopped. */
  readonly givenUp: Promise<string>;
};

export async function startWorker(config: Config, switchedOff: Promised | null = null): Promise<RunningWorker> {
  const log = pino({ level: config.LOG_LEVEL, base: { process: "worker" }, serializers: othersWords });
  const fault = (name: string) => (error: unknown) => log.error({ error: String(error) }, name);
  const db = await openDb({
    url: config.DATABASE_URL,
    channels: channels.map((each) => each.id),
    connections: connectionsBesideLedger,
    answerWithinMs,
    onError: fault("database.lost"),
  });
  await requireClock(db, config.QUEUE_URL).catch(async (error) => {
    await db.close();
    throw error;
  });
  const seal = openIdSeal(config.CHORUS_KEY);
  const telemetry = await openTelemetry({
    settings: config,
    service: "chorus-worker",
    onTrouble: fault("telemetry.failed"),
  });
  const start = await startEngine(db, await readHighWater(config.WORKER_HIGH_WATER_FILE));
  if (start.is === "held") log.warn({ because: start.because, workspaces: start.workspaces }, "engine.held");
  const { engine } = await beatEngine(db);
  const workerId = await registerWorker(db, `${hostname()}:${process.pid}`, version);
  const sending = { db, channels, seal, publicUrl: config.PUBLIC_URL };
  const stopping = new AbortController();
  const giveUp = new AbortController();
  const whole: World = {
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
    prices: config.MODEL_PRICES,
    ledger: openLedger({ steps: stepsIn(db), workerId, log }),
    time: realTime,
    fence: openFence({
      watch: (told) => watchFences({ url: config.DATABASE_URL, ...told }),
      addressHash: (workspaceId) => openAddressHash(config.CHORUS_KEY, workspaceId),
      onStall: (ms) => log.warn({ ms }, "worker.stood_still"),
      onError: fault("fence.deaf"),
    }),
    gate: await openGate({ folder: config.WORKER_GATE_FOLDER, engine, workerId }),
    pace: openPace({
      ask: (booking) => bookSlots(db, booking),
      now: () => performance.now(),
      pause: (ms) => sleep(ms),
    }),
    hands: openHands(),
    tally: openTally(),
    stopping: stopping.signal,
    giveUp: giveUp.signal,
    random: Math.random,
  };
  const world = switchOff(whole, switchedOff);
  const traced = traceJobs(handlers, telemetry);
  const consumer = openConsumer({
    url: config.QUEUE_URL,
    handlers: traced,
    world,
    concurrency,
    onError: (trouble) =>
      log.error({ ...trouble, error: "error" in trouble ? String(trouble.error) : undefined }, `queue.${trouble.is}`),
  });
  void inspectQueue(config.QUEUE_URL).then(
    ({ warnings, ...queue }) => log[warnings.length > 0 ? "warn" : "info"]({ ...queue, warnings }, "queue.inspected"),
    fault("queue.uninspected"),
  );
  const walks = openWalks({ world, handlers: traced, running: consumer.running, concurrency });
  let giveProcessUp = (_because: string) => {};
  const givenUp = new Promise<string>((resolve) => {
    giveProcessUp = resolve;
  });
  const rescue = openRescue({ world, consumer, giveUp: giveProcessUp });
  const vitals = openVitalSigns({
    world,
    runningJobs: () => consumer.running().length,
    readSkew: openClockWatch(db, log),
  });
  const beating = every(
    beatEveryMs,
    async () => {
      await vitals.tell();
      await writeHighWater(config.WORKER_HIGH_WATER_FILE, await beatEngine(db));
      if (!rescue.isStuck()) await touchAliveFile(config.WORKER_ALIVE_FILE);
    },
    fault("worker.beat_failed"),
  );
  const sweeping = every(
    sweepEveryMs,
    async () => {
      const seen = vitals.areFresh() ? await watchOver(world) : null;
      if (!seen) return;
      walks.see(seen.doors);
      rescue.look(seen.swept);
    },
    fault("sweep.failed"),
  );
  // Providers may take their time to tell, and nothing else waits for them.
  const asking = every(sweepEveryMs, () => askAboutDoubts(world), fault("doubts.unasked"));
  const proving = every(sweepEveryMs, openProof(world), fault("doubts.unproven"));
  const checking = every(
    lookAtBooksEveryMs,
    () => checkBooks(world, stopping.signal),
    (error) => {
      if (!stopping.signal.aborted) fault("books.unchecked")(error);
    },
  );
  log.info({ workerId, writer: hasModel(config) ? config.OPENAI_MODEL : "template" }, "worker.ready");

  return {
    givenUp,
    async stop() {
      const patience = setTimeout(() => giveUp.abort(), answersWithinMs);
      stopping.abort();
      await sweeping.stop();
      await Promise.all([consumer.close(), walks.close(), asking.stop(), proving.stop(), checking.stop()]);
      await world.hands.ended();
      clearTimeout(patience);
      await world.ledger.settled();
      await world.gate.close();
      await beating.stop();
      await removeAliveFile(config.WORKER_ALIVE_FILE);
      await retireWorker(db, workerId).catch(fault("worker.not_retired"));
      await world.fence.close();
      await world.producer.close();
      await world.carriers.close();
      await db.close();
      await telemetry.close();
      log.info({ workerId }, "worker.stopped");
    },
  };
}

/** A model writes when there is somewhere to ask one. Opened with the first job that writes: most workers only send. */
function openModel(config: Config): World["model"] {
  let opened: ReturnType<World["model"]> | null = null;
  return () => {
    opened ??= hasModel(config) ? openWriter(config) : Promise.resolve(null);
    return opened;
  };
}

const hasModel = (config: Config): boolean => Boolean(config.OPENAI_API_KEY || config.OPENAI_BASE_URL);

async function openWriter(config: Config): Promise<Writer> {
  return await openOpenAiWriter({
    ...(config.OPENAI_BASE_URL ? { baseUrl: config.OPENAI_BASE_URL } : {}),
    apiKey: config.OPENAI_API_KEY ?? "none", // local servers often want no key, but the SDK wants a word
    model: config.OPENAI_MODEL,
    profile: config.MODEL_PROFILE,
    timeoutMs: config.MODEL_TIMEOUT_SECONDS * 1000,
  });
}
