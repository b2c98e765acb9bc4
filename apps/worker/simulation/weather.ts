/** What goes wrong between the parts of a world, and how often. Drawn from the seed; after its last fault a world is calm. */
import type { Process } from "./process.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/** Shares, in [0, 1]. */
export type Chances = {
  /** A statement of a worker: never arrives · is executed and its answer lost · takes seconds. */
  readonly statementLost: number;
  readonly answerLost: number;
  readonly statementSlow: number;
  /** A hand-over: fails before the last byte · is put off · is refused · vanishes after it · its answer is lost · takes seconds. */
  readonly unreachable: number;
  readonly putOff: number;
  readonly refused: number;
  readonly vanishes: number;
  readonly silent: number;
  readonly slow: number;
  /** A knock: is lost · is answered twice. A notification is lost. A callback: is lost · comes twice. */
  readonly knockLost: number;
  readonly knockTwice: number;
  readonly newsLost: number;
  readonly callbackLost: number;
  readonly callbackTwice: number;
};

export type Weather = {
  readonly chances: Chances;
  /** Nobody reaches the ledger. */
  readonly ledgerAway: Spell;
  /** It stands still, and goes on with what reached it. */
  readonly ledgerStands: Spell;
  readonly queueAway: Spell;
  /** One worker and the ledger do not reach each other. */
  cutOff(process: Process): Spell;
  clear(): void;
};

/** Something that lasts until a moment. */
export type Spell = { last(ms: number): void; isOn(): boolean; leftMs(): number };

const none: Chances = {
  statementLost: 0,
  answerLost: 0,
  statementSlow: 0,
  unreachable: 0,
  putOff: 0,
  refused: 0,
  vanishes: 0,
  silent: 0,
  slow: 0,
  knockLost: 0,
  knockTwice: 0,
  newsLost: 0,
  callbackLost: 0,
  callbackTwice: 0,
};

const drawChances = (random: Random): Chances =>
  Object.fromEntries(Object.keys(none).map((name) => [name, random.pick([0, 0, 0.03, 0.1, 0.3])])) as Chances;

export function openWeather(random: Random, timeline: Timeline): Weather {
  let chances = drawChances(random);
  const spells: { end(): void }[] = [];
  const spell = (): Spell => {
    let until = 0;
    spells.push({
      end: () => {
        until = 0;
      },
    });
    return {
      last: (ms) => {
        until = Math.max(until, timeline.now() + ms);
      },
      isOn: () => until > timeline.now(),
      leftMs: () => Math.max(0, until - timeline.now()),
    };
  };
  const cuts = new Map<Process, Spell>();
  return {
    get chances() {
      return chances;
    },
    ledgerAway: spell(),
    ledgerStands: spell(),
    queueAway: spell(),
    cutOff(process) {
      const known = cuts.get(process) ?? spell();
      cuts.set(process, known);
      return known;
    },
    clear() {
      chances = none;
      for (const each of spells) each.end();
    },
  };
}
