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

/** `often`: how many times likelier it is than what is rarest. */
const all = {
  "a worker dies": { often: 4, happens: (levers) => levers.kill(victim(levers)) },
  "a worker stands still": {
    often: 6,
    happens: (levers) =>
      victim(levers).process.stop(levers.random.between(100, levers.random.pick([4_000, 12_000, 20_000, longestMs]))),
  },
  "a worker sleeps and wakes with another time": {
    often: 2,
    happens(levers) {
      const { process } = victim(levers);
      const sleptMs = levers.random.between(4_000, 20_000);
      process.stop(sleptMs);
      process.setClock(-levers.random.between(0, 2 * sleptMs));
    },
  },
  "a clock jumps": {
    often: 1,
    happens: (levers) => victim(levers).process.setClock(levers.random.between(-120_000, 120_000)),
  },
  "a worker is cut off from the ledger": {
    often: 3,
    happens: (levers) => levers.weather.cutOff(victim(levers).process).last(spell(levers.random)),
  },
  "the ledger is away": { often: 2, happens: ({ weather, random }) => weather.ledgerAway.last(spell(random)) },
  "the ledger stands still": { often: 2, happens: ({ weather, random }) => weather.ledgerStands.last(spell(random)) },
  "the ledger crashes": { often: 2, happens: ({ crashLedger, random }) => crashLedger(random.between(200, 3_000)) },
  "the queue is away": { often: 1, happens: ({ weather, random }) => weather.queueAway.last(spell(random)) },
  "somebody pauses": { often: 2, happens: ({ pause }) => pause() },
  "somebody resumes": { often: 2, happens: ({ resume }) => resume() },
  "somebody cancels": { often: 1, happens: ({ cancel }) => cancel() },
  "somebody opts out": { often: 2, happens: ({ suppress }) => suppress() },
} satisfies Record<string, { often: number; happens: Fault }>;

export type FaultName = keyof typeof all;
export const faults: Readonly<Record<FaultName, { readonly often: number; readonly happens: Fault }>> = all;

const urn = Object.entries(all).flatMap(([name, { often }]) => Array<FaultName>(often).fill(name as FaultName));
export const drawFault = (random: Random): FaultName => random.pick(urn);
