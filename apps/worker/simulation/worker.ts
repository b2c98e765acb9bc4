/**
 * A worker in a simulated process: the same parts that src/worker.ts joins, on simulated time, ledger, queue and provider.
 * Of the worker's own code only what opens connections is missing.
 */
import type { Channel } from "@chorus/core/channel";
import type { Id, IdSeal } from "@chorus/core/id";
import type { FenceNews } from "@chorus/db/fence";
import { beatEveryMs } from "@chorus/db/workers";
import type { Task } from "@chorus/queue/task";
import { noTelemetry } from "@chorus/telemetry/telemetry";
import type { Logger } from "pino";
import { every } from "../src/every.ts";
import { type Fence, openFence } from "../src/fence.ts";
import type { Gate } from "../src/gate.ts";
import { handlers } from "../src/handlers.ts";
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
import type { Process } from "./process.ts";
import type { ChannelName, Provider } from "./provider.ts";
import type { SimulatedQueue, Taker } from "./queue.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";
import type { Weather } from "./weather.ts";

type Place = {
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
  /** What a planted bug changes in a worker. */
  readonly time?: Time;
  readonly changeFence?: (fence: Fence) => Fence;
  readonly changeGate?: (gate: Gate) => Gate;
  /** Null when nobody reads along. */
  readonly tell: ((line: string) => void) | null;
};

export type SimulatedWorker = Taker & {
  readonly id: Id;
  /** Hears news that the ledger tells all who listen. */
  hear(news: FenceNews, at: number): void;
  /** Some job is not done yet. */
  isAtWork(): boolean;
};

type Work = (world: World, payload: object, how: { signal: AbortSignal }) => Promise<void>;

/** As in src/worker.ts. */
const concurrency = { plan: 2, write: 4, expand: 1, send: 12, urgent: 8 };
const lookEveryMs = 1_000;

export function startSimulatedWorker(of: Place): SimulatedWorker {
  const { workerId, process, random, ledger, provider, queue, tell } = of;
  const time = of.time ?? process.time;
  const line = openLine(of);
  const log = logTo(tell && ((words) => tell(`${process.name} ${words}`)));
  let hear: SimulatedWorker["hear"] = () => {};
  const fence = openFence({
    watch(told) {
      hear = told.tell;
      const look = async () => {
        const at = time.now();
        for (const news of await line.ask(ledger.held)) told.tell(news, at);
      };
      return { close: every(lookEveryMs, look, told.onError, time).stop };
    },
    addressHash: () => (_channel, address) => Buffer.from(address),
    onStall: (ms) => log.warn({ ms }, "worker.stood_still"),
    onError: () => {},
    time,
  });
  const gate = openSimulatedGate({ notes: of.notes, workerId, now: of.timeline.now });
  const world: World = {
    workerId,
    log,
    db: absent("database"),
    producer: queue.producerFor(process),
    telemetry: noTelemetry,
    job: null,
    channels: [] as Channel[],
    seal: plainSeal,
    carriers: openSimulatedCarriers({ process, ledger, line, provider }),
    rendering: { of: async () => () => ({ body: null }) },
    model: async () => null,
    ledger: openLedger({ steps: stepsOver(line, ledger.steps), workerId, log, time }),
    now: time.now,
    fence: of.changeFence?.(fence) ?? fence,
    gate: of.changeGate?.(gate) ?? gate,
    pace: openPace({ ask: async () => null, now: time.now, pause: (ms) => sleep(time, ms) }),
    tally: openTally(time),
    giveUp: new AbortController().signal,
    random: random.next,
  };
  const tasks = new Map<object, Task>();
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
  const walks = openWalks({ world, handlers: counted, running: () => [...tasks.values()], concurrency, now: time.now });
  const vitals = openVitalSigns({ world, time, runningJobs: () => tasks.size, readSkew: async () => 0 });
  const ignore = () => {};
  every(beatEveryMs, vitals.tell, ignore, time);
  every(
    lookEveryMs,
    async () => {
      const seen = vitals.areFresh() ? await watchOver(world) : null;
      if (seen) walks.see(seen.doors);
    },
    ignore,
    time,
  );
  every(lookEveryMs, () => askAboutDoubts(world), ignore, time);
  every(lookEveryMs, openProof(world), ignore, time);

  return {
    id: workerId,
    process,
    hear: (news, at) => hear(news, at),
    isAtWork: () => atWork > 0,
    async run(job, payload, id) {
      const task = { job, id };
      tasks.set(task, task);
      const work = counted[job] as Work;
      await work(world, payload, { signal: new AbortController().signal }).catch((error: unknown) => {
        tell?.(`${process.name} job ${id} failed: ${error}`);
      });
      tasks.delete(task);
    },
  };
}

type CarriersPlace = Pick<Place, "process" | "ledger" | "provider"> & { readonly line: ReturnType<typeof openLine> };

/** As src/carriers.ts: opened once, and every lease looks at how the account stands. */
function openSimulatedCarriers({ process, ledger, line, provider }: CarriersPlace): World["carriers"] {
  const kept = new Map<string, Awaited<ReturnType<World["carriers"]["get"]>>>();
  return {
    async get(_workspaceId, channel) {
      const known = kept.get(channel) ?? {
        carrier: provider.open(channel as ChannelName, process),
        slots: openSlots(2),
        ratesOf: () => [],
        blockedUntil: 0,
        failures: 0,
        nameOn: async () => {},
      };
      kept.set(channel, known);
      known.failures = await line.ask(() => ledger.failuresOf(channel)).catch(() => known.failures);
      return known;
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
