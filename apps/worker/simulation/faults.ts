/** What happens to a world besides its weather: deaths, stops, cuts, clocks that jump, and people who change their minds. */
import type { Random } from "./random.ts";
import type { SimulatedWorld } from "./world.ts";

type Fault = (world: SimulatedWorld) => void;

/** Five leases. */
const longestMs = 50_000;
const spell = (random: Random) => random.between(100, random.pick([3_000, 12_000, 30_000]));
const victim = ({ random, living }: SimulatedWorld) => random.pick(living());
const aRun = ({ random, rows }: SimulatedWorld) => random.pick([...rows.runs.keys()]);

/** `often`: how many times likelier it is than what is rarest. */
const all = {
  "a worker dies": { often: 4, happens: (world) => world.kill(victim(world)) },
  "a worker is told to stop": { often: 2, happens: (world) => world.stop(victim(world)) },
  "a worker stands still": {
    often: 6,
    happens: (world) =>
      victim(world).process.stop(world.random.between(100, world.random.pick([4_000, 12_000, 20_000, longestMs]))),
  },
  "a worker sleeps and wakes with another time": {
    often: 2,
    happens(world) {
      const { process } = victim(world);
      const sleptMs = world.random.between(4_000, 20_000);
      process.stop(sleptMs);
      process.setClock(-world.random.between(0, 2 * sleptMs));
    },
  },
  "a clock jumps": {
    often: 1,
    happens: (world) => victim(world).process.setClock(world.random.between(-120_000, 120_000)),
  },
  "a worker is cut off from the ledger": {
    often: 3,
    happens: (world) => world.weather.cutOff(victim(world).process).last(spell(world.random)),
  },
  "the ledger is away": { often: 2, happens: ({ weather, random }) => weather.ledgerAway.last(spell(random)) },
  "the ledger stands still": { often: 2, happens: ({ weather, random }) => weather.ledgerStands.last(spell(random)) },
  "the ledger crashes": { often: 2, happens: ({ crashLedger, random }) => crashLedger(random.between(200, 3_000)) },
  "the queue is away": { often: 1, happens: ({ weather, random }) => weather.queueAway.last(spell(random)) },
  "somebody pauses": { often: 2, happens: (world) => world.move(aRun(world), "pause") },
  "somebody resumes": { often: 2, happens: (world) => world.move(aRun(world), "resume") },
  "somebody cancels": { often: 1, happens: (world) => world.move(aRun(world), "cancel") },
  "somebody opts out": {
    often: 2,
    happens: ({ suppress, random, rows }) => suppress(random.pick([...rows.messages.values()]).address),
  },
} satisfies Record<string, { often: number; happens: Fault }>;

export type FaultName = keyof typeof all;
export const faults: Readonly<Record<FaultName, { readonly often: number; readonly happens: Fault }>> = all;

const urn = Object.entries(all).flatMap(([name, { often }]) => Array<FaultName>(often).fill(name as FaultName));
export const drawFault = (random: Random): FaultName => random.pick(urn);
