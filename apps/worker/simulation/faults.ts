/** What happens to a world besides its weather: deaths, stops, cuts, clocks that jump, and people who change their minds. */
import type { Random } from "./random.ts";
import type { Weather } from "./weather.ts";
import type { SimulatedWorker } from "./worker.ts";

/** The levers of a world. */
export type Levers = {
  readonly random: Random;
  readonly weather: Weather;
  workers(): readonly SimulatedWorker[];
  kill(worker: SimulatedWorker): void;
  crashLedger(forMs: number): void;
  pause(): void;
  resume(): void;
  cancel(): void;
  suppress(): void;
};

type Fault = (levers: Levers) => void;

/** Five leases. */
const longestMs = 50_000;
const spell = (random: Random) => random.between(100, random.pick([3_000, 12_000, 30_000]));
const victim = ({ random, workers }: Levers) => random.pick(workers());

export const faults: Readonly<Record<string, Fault>> = {
  "a worker dies": (levers) => levers.kill(victim(levers)),
  "a worker stands still": (levers) =>
    victim(levers).process.stop(levers.random.between(100, levers.random.pick([4_000, 12_000, longestMs]))),
  "a worker sleeps and wakes with another time": (levers) => {
    const { process } = victim(levers);
    const sleptMs = levers.random.between(4_000, 20_000);
    process.stop(sleptMs);
    process.setClock(-levers.random.between(0, 2 * sleptMs));
  },
  "a clock jumps": (levers) => victim(levers).process.setClock(levers.random.between(-120_000, 120_000)),
  "a worker is cut off from the ledger": (levers) =>
    levers.weather.cutOff(victim(levers).process).last(spell(levers.random)),
  "the ledger is away": ({ weather, random }) => weather.ledgerAway.last(spell(random)),
  "the ledger stands still": ({ weather, random }) => weather.ledgerStands.last(spell(random)),
  "the ledger crashes": ({ crashLedger, random }) => crashLedger(random.between(200, 3_000)),
  "the queue is away": ({ weather, random }) => weather.queueAway.last(spell(random)),
  "somebody pauses": ({ pause }) => pause(),
  "somebody resumes": ({ resume }) => resume(),
  "somebody cancels": ({ cancel }) => cancel(),
  "somebody opts out": ({ suppress }) => suppress(),
};
