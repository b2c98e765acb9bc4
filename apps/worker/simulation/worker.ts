/**
 * A worker in a simulated process: the same parts that src/worker.ts joins, on simulated time, ledger, queue and provider.
 * Of the worker's own code only what opens connections is missing.
 */
import type { Id, IdSeal } from "@chorus/core/id";
import type { FenceNews } from "@chorus/db/fence";
import { beatEveryMs } from "@chorus/db/workers";
import type { JobName } from "@chorus/queue/jobs";
import type { Task } from "@chorus/queue/task";
import { noTelemetry } from "@chorus/telemetry/telemetry";
import type { Logger } from "pino";
import type { OpenedCarrier } from "../src/carriers.ts";
import { every } from "../src/every.ts";
import { openFence } from "../src/fence.ts";
import { handlers } from "../src/handlers.ts";
import { openHands } from "../src/hands.ts";
import { openLedger } from "../src/ledger.ts";
import { openPace } from "../src/pace.ts";
import { openSlots } from "../src/slots.ts";
import { askAboutDoubts } from "../src/stages/ask.ts";
import { openProof } from "../src/stages/prove.ts";
import { watchOver } from "../src/stages/watch-over.ts";
import { openTally } from "../src/tally.ts";
import { sleep, type Time } from "../src/time.ts";
import { openVitalSigns } from "../src/vital-signs.ts";
import { openWalks } from "../src/walks.ts";
import type { World } from "../src/world.ts";
import { openSimulatedGate, type SimulatedNotes } from "./gate.ts";
import type { SimulatedLedger } from "./ledger.ts";
import { openLine, stepsOver } from "./line.ts";
import type { WorkerPlant } from "./plants.ts";
import type { Process } from "./process.ts";
import type { ChannelName, Provider } from "./provider.ts";
import type { SimulatedQueue, Taker } from "./queue.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";
import type { Weather } from "./weather.ts";

type Place = WorkerPlant & {
  readonly workerId: Id;
  readonly process: Process;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly weather: Weather;
  readonly ledger: SimulatedLedger;
  readonly provider: Provider;
  readonly queue: SimulatedQueue;
  /** Of all workers: they share a machine. */
  readonly notes: SimulatedNotes;
  /** Null when nobody reads along. */
  readonly tell: ((line: string) => void) | null;
};

export type SimulatedWorker = Taker & {
  readonly id: Id;
  /** Hears news that the ledger tells all who listen. */
  hear(news: FenceNews, at: number): void;
  /** Some job is not done yet. */
  isAtWork(): boolean;
  isStopping(): boolean;
  /** In order, as src/worker.ts does it. */
  stop(): Promise<void>;
};

/** As in src/worker.ts. */
const concurrency = { plan: 2, write: 4, expand: 1, send: 12, urgent: 24 };
const lookEveryMs = 1_000;
const answersWithinMs = 15_000;
/** Whoever told it to stop waits no longer. */
const killedAfterMs = 25_000;

export function startSimulatedWorker(of: Place): SimulatedWorker {
  const { workerId, process, random, ledger, provider, queue, tell } = of;
  const time = of.time ?? process.time;
  const line = openLine(of);
  const steps = stepsOver(line, ledger.steps);
  const log = logTo(tell && ((words) => tell(`${process.name} ${words}`)));
  const { fence, hear } = openSimulatedFence({ time, log, held: () => line.ask(ledger.held) });
  const gate = openSimulatedGate({ notes: of.notes, workerId, now: of.timeline.now });
  const stopping = new AbortController();
  const giveUp = new AbortController();
  const world: World = {
    ...{ workerId, log, random: random.next, time, giveUp: giveUp.signal },
    ...{ telemetry: noTelemetry, job: null, seal: plainSeal, prices: {}, channels: [], db: absent("database") },
    producer: queue.producerFor(process),
    carriers: openSimulatedCarriers({ process, ledger, line, provider }),
    rendering: {
      of: async () => () => ({ body: null }),
      filling: ({ locale, firstName, fields }) => ({
        to: { address: "", locale, firstName, fields },
        links: { unsubscribe: "", link: () => "" },
      }),
    },
    model: async () => null,
    ledger: openLedger({ steps: of.changeSteps?.(steps) ?? steps, workerId, log, time }),
    fence: of.changeFence?.(fence) ?? fence,
    gate: of.changeGate?.(gate) ?? gate,
    pace: openPace({ ask: async () => null, now: time.now, pause: (ms) => sleep(time, ms) }),
    hands: openHands(time),
    tally: openTally(time),
    stopping: stopping.signal,
  };
  const jobs = openJobs(world);
  const walks = openWalks({ ...{ world, concurrency, now: time.now }, handlers: jobs.counted, running: jobs.running });
  const vitals = openVitalSigns({ world, time, runningJobs: () => jobs.running().length, readSkew: async () => 0 });
  const again = (ms: number, work: () => Promise<void>) => every(ms, work, () => {}, time);
  const beating = again(beatEveryMs, vitals.tell);
  const sweeping = again(lookEveryMs, async () => {
    const seen = vitals.areFresh() ? await watchOver(world) : null;
    if (seen) walks.see(seen.doors);
  });
  const asking = again(lookEveryMs, () => askAboutDoubts(world));
  const proving = again(lookEveryMs, openProof(world));

  return {
    id: workerId,
    process,
    hear,
    isAtWork: () => jobs.atWork() > 0 || !world.hands.isEmpty(),
    isStopping: () => jobs.stopping.aborted,
    run: jobs.run,
    async stop() {
      stopping.abort();
      jobs.stop();
      process.deliver(killedAfterMs, process.kill);
      const patience = time.after(answersWithinMs, () => giveUp.abort());
      await sweeping.stop();
      await Promise.all([jobs.ended(), walks.close(), asking.stop(), proving.stop()]);
      await world.hands.ended();
      patience();
      await world.ledger.settled();
      await world.gate.close();
      await beating.stop();
      await line.ask(() => ledger.retire(workerId)).catch(() => {});
      process.exit();
    },
  };
}

type FencePlace = { readonly time: Time; readonly log: Logger; readonly held: () => Promise<FenceNews[]> };

/** Hears what it is told, and looks once a second as well (packages/db/src/fence.ts). */
function openSimulatedFence({ time, log, held }: FencePlace) {
  let hear: SimulatedWorker["hear"] = () => {};
  const fence = openFence({
    watch({ tell, onError }) {
      hear = tell;
      const look = async () => {
        const at = time.now();
        for (const news of await held()) tell(news, at);
      };
      return { close: every(lookEveryMs, look, onError, time).stop };
    },
    addressHash: () => (_channel, address) => Buffer.from(address),
    onStall: (ms) => log.warn({ ms }, "worker.stood_still"),
    onError: () => {},
    time,
  });
  return { fence, hear: (news: FenceNews, at: number) => hear(news, at) };
}

type Work = (world: World, payload: object, how: { signal: AbortSignal }) => Promise<void>;

/** The worker's own handlers; what the queue gives it, and what it walks to, is counted. */
function openJobs(world: World) {
  const stopping = new AbortController();
  const running = new Map<Task, Promise<void>>();
  let atWork = 0;
  const counted = Object.fromEntries(
    Object.entries(handlers as Record<string, Work>).map(([name, work]) => [
      name,
      async (...given: Parameters<Work>) => {
        atWork++;
        await work(...given).finally(() => atWork--);
      },
    ]),
  ) as typeof handlers;
  return {
    counted,
    atWork: () => atWork,
    stopping: stopping.signal,
    stop: () => stopping.abort(),
    running: () => [...running.keys()],
    ended: () => Promise.all(running.values()),
    async run(job: JobName, payload: object, id: string) {
      const task = { job, id };
      const work = (counted[job] as Work)(world, payload, { signal: stopping.signal })
        .catch((error: unknown) => world.log.error({ id, error: String(error) }, "job.failed"))
        .finally(() => running.delete(task));
      running.set(task, work);
      await work;
    },
  };
}

type CarriersPlace = Pick<Place, "process" | "ledger" | "provider"> & { readonly line: ReturnType<typeof openLine> };

/** As src/carriers.ts: opened once, which needs the ledger, and every lease looks at how the account stands. */
function openSimulatedCarriers({ process, ledger, line, provider }: CarriersPlace): World["carriers"] {
  const kept = new Map<string, OpenedCarrier>();
  return {
    async get(_workspaceId, channel) {
      const known = kept.get(channel);
      const looking = line.ask(() => ledger.failuresOf(channel));
      if (known) {
        known.failures = await looking.catch(() => known.failures);
        return known;
      }
      const fresh: OpenedCarrier = {
        is: "opened",
        carrier: provider.open(channel as ChannelName, process),
        slots: openSlots(2, process.time),
        ratesOf: () => [],
        blockedUntil: 0,
        failures: await looking,
        nameOn: async () => {},
      };
      kept.set(channel, kept.get(channel) ?? fresh);
      return kept.get(channel) ?? fresh;
    },
    underWay: () => 0,
    close: async () => {},
  };
}

/** Ids are their own seals here, so that a trace can be read. */
const plainSeal: IdSeal = {
  seal: (_kind, id) => id,
  open: (_kind, text) => text,
  sealMessage: ({ messageId }) => messageId,
  openMessage: (text) => ({ runId: "1", messageId: text }),
};

const absent = (what: string) =>
  new Proxy(
    {},
    {
      get() {
        throw new Error(`Sending touched the ${what}, which a simulated world does not have.`);
      },
    },
  ) as never;

function logTo(tell: ((words: string) => void) | null): Logger {
  const say = (fields: object, name: string) => tell?.(`${name} ${JSON.stringify(fields)}`);
  return { debug: () => {}, info: say, warn: say, error: say } as unknown as Logger;
}
