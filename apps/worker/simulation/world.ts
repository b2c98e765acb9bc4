/** A simulated world: its parts, joined on one screen, and the levers by which things happen to it. */
import { type Entry, isDoubtful } from "@chorus/core/ledger";
import type { RunAction } from "@chorus/core/run";
import { believedForMs } from "@chorus/db/workers";
import { aloud } from "./aloud.ts";
import { drawRows } from "./draw-rows.ts";
import { noNotes, wasNoted } from "./gate.ts";
import { openSimulatedLedger, type SimulatedLedger } from "./ledger.ts";
import type { Message, Rows } from "./ledger-rows.ts";
import { machine } from "./machine.ts";
import type { Plant } from "./plants.ts";
import { openProcess } from "./process.ts";
import { openProvider, type Provider } from "./provider.ts";
import { openSimulatedQueue } from "./queue.ts";
import { openRandom, type Random } from "./random.ts";
import { openReferee, type Referee } from "./referee.ts";
import { openTimeline, type Timeline } from "./timeline.ts";
import { openWeather, type Weather } from "./weather.ts";
import { type SimulatedWorker, startSimulatedWorker } from "./worker.ts";

export type SimulatedWorld = {
  readonly random: Random;
  readonly timeline: Timeline;
  readonly weather: Weather;
  readonly rows: Rows;
  readonly ledger: SimulatedLedger;
  readonly provider: Provider;
  readonly referee: Referee;
  living(): readonly SimulatedWorker[];
  /** Every worker is there, none stands still, and none has anything in its hands. */
  areAtRest(): boolean;
  /** Some doubt is about what never came to a gate: a worker is about to find that out. */
  isProvable(): boolean;
  start(): void;
  /** Where one ends, another is started after a while. */
  kill(worker: SimulatedWorker): void;
  /** Tells it to end in order. */
  stop(worker: SimulatedWorker): void;
  crashLedger(forMs: number): void;
  move(runId: string, action: RunAction): void;
  suppress(address: string): void;
  readonly say: ((line: string) => void) | null;
};

export type Simulated = {
  readonly seed: number;
  readonly plant?: Plant | undefined;
  /** Hears everything that happens. */
  readonly tell?: (line: string) => void;
};

/** What a ledger that loses commits has not flushed yet. */
const unflushedMs = 300;

export function openWorld({ seed, plant = {}, tell }: Simulated): SimulatedWorld {
  const random = openRandom(seed);
  const timeline = openTimeline(random);
  const weather = openWeather(random, timeline);
  const rows = drawRows(random);
  const { now } = timeline;
  const say = tell ? (line: string) => tell(`${(now() / 1000).toFixed(3).padStart(9)} ${line}`) : null;
  const notes = noNotes();
  const workers: SimulatedWorker[] = [];
  const living = () => workers.filter(({ process }) => process.isAlive());
  const commits: { readonly at: number; readonly message: Message; readonly before: Entry }[] = [];
  let starting = 0;

  const referee = openReferee({
    ...{ rows, now },
    processOf: (workerId) => workers.find(({ id }) => id === workerId)?.process,
    onReport: (messageId) => ledger.report(messageId),
    wasNoted: (handOver) => wasNoted(notes, handOver),
  });
  const ledger = openSimulatedLedger({
    ...{ rows, random, now },
    machine: { ...machine, ...plant.machine },
    onMove(message, before) {
      say?.(`ledger: message ${message.id} ${before.state} → ${message.entry.state}, attempt ${message.entry.attempt}`);
      referee.moved(message, before);
      if (plant.losesCommits) commits.push({ at: now(), message, before });
    },
    onNews(news) {
      for (const { process, hear } of living())
        if (!random.chance(weather.chances.newsLost))
          process.deliver(random.between(1, 20), () => hear(news, process.time.now()));
    },
  });
  const witness = say ? aloud(referee, say) : referee;
  const provider = openProvider({ timeline, random, weather, witness, change: plant.outcome });
  const queue = openSimulatedQueue({ timeline, random, weather, takers: living });

  function start() {
    const workerId = String(workers.length + 1);
    const process = openProcess(`w${workerId}`, timeline, () => {
      starting++;
      timeline.after(random.between(100, 5_000), () => {
        starting--;
        start();
      });
    });
    rows.workers.set(workerId, { aliveUntil: now() + believedForMs, beatAt: now(), lanes: [] });
    const place = { workerId, process, timeline, random, weather, ledger, provider, queue, notes, tell: say };
    workers.push(startSimulatedWorker({ ...place, ...plant.worker?.(process) }));
  }
  return {
    ...{ random, timeline, weather, rows, ledger, provider, referee, living, start, say },
    areAtRest: () =>
      starting === 0 &&
      living().every(({ process, isAtWork, isStopping }) => !process.isStopped() && !isAtWork() && !isStopping()),
    isProvable: () =>
      [...rows.messages.values()].some(
        ({ id, entry }) => isDoubtful(entry) && !wasNoted(notes, { messageId: id, attempt: entry.attempt }),
      ),
    kill: ({ process }) => process.kill(),
    stop: (worker) => void worker.stop(),
    crashLedger(forMs) {
      weather.ledgerAway.last(forMs);
      for (let last = commits.at(-1); last && last.at > now() - unflushedMs; last = commits.at(-1)) {
        last.message.entry = last.before;
        commits.pop();
      }
    },
    move(runId, action) {
      ledger.moveRun(runId, action);
      const state = rows.runs.get(runId)?.state;
      if (state === "paused" || state === "cancelling") referee.forbidden(runId);
      if (state === "sending") referee.allowed(runId);
    },
    suppress(address) {
      ledger.suppress(address);
      referee.forbidden(address);
    },
  };
}
