/** Bugs to be planted into a world, each of which a ledger or a worker has had somewhere: the simulation must find every one. */

import type { SendOutcome } from "@chorus/core/channel";
import { type Entry, isDoubtful, isOpen, type Step } from "@chorus/core/ledger";
import type { Fence } from "../src/fence.ts";
import type { Gate } from "../src/gate.ts";
import type { Steps } from "../src/ledger.ts";
import type { Time } from "../src/time.ts";
import { type Machine, machine } from "./machine.ts";
import type { Process } from "./process.ts";

/** What a world has instead of what it should. */
export type Plant = {
  readonly machine?: Partial<Machine>;
  readonly worker?: (process: Process) => WorkerPlant;
  readonly outcome?: (outcome: SendOutcome) => SendOutcome;
  /** A crash of the ledger takes the newest commits with it. */
  readonly losesCommits?: boolean;
};

/** Of one worker. */
export type WorkerPlant = {
  readonly time?: Time;
  readonly changeFence?: (fence: Fence) => Fence;
  readonly changeGate?: (gate: Gate) => Gate;
  readonly changeSteps?: (steps: Steps) => Steps;
};

export const plants: Readonly<Record<string, Plant>> = {
  "lease-of-what-is-taken": {
    machine: {
      lease: (entry, of) => machine.lease(isOpen(entry) ? { ...entry, state: "waiting" } : entry, of),
    },
  },
  "permit-without-lease": {
    machine: {
      permit(entry, of) {
        const lease = { token: of.token, workerId: entry.lease?.workerId ?? "", until: Number.POSITIVE_INFINITY };
        return machine.permit(isOpen(entry) ? { ...entry, state: "leased", lease } : entry, of);
      },
    },
  },
  "permit-blind-to-a-pause": {
    machine: { permit: (entry, of) => machine.permit(entry, { ...of, standing: { ...of.standing, isSending: true } }) },
  },
  "life-without-end": {
    machine: {
      lease: (entry, of) => aliveIn(machine.lease(immortal(entry), of), entry),
      permit: (entry, of) => aliveIn(machine.permit(immortal(entry), of), entry),
      sweep: (entry, of) => ({ ...machine.sweep(immortal(entry), of), expiresAt: entry.expiresAt }),
    },
  },
  "result-of-any-attempt": {
    machine: { record: (entry, of) => machine.record(entry, { ...of, attempt: entry.attempt }) },
  },
  "dead-workers-messages-are-sent-again": {
    machine: {
      sweep(entry, of) {
        const swept = machine.sweep(entry, of);
        const isLost = entry.state === "sending" && isDoubtful(swept);
        return isLost ? { ...entry, state: "waiting", lease: null, sendUntil: null } : swept;
      },
    },
  },
  "look-up-too-early": {
    machine: {
      sweep: (entry, of) => askingAtOnce(machine.sweep(entry, of), of.now),
      record: (entry, of) => askingAtOnce(machine.record(entry, of), of.now),
    },
  },
  "gate-left-open": { worker: () => ({ changeFence: (fence) => ({ ...fence, lets: () => true }) }) },
  "gate-without-notes": { worker: () => ({ changeGate: (gate) => ({ ...gate, note: () => true }) }) },
  "fence-by-the-clock-on-the-wall": {
    worker: ({ time }) => ({ time: { ...time, now: time.wall } }),
  },
  "handed-back-after-the-dot": { outcome: (outcome) => (outcome.is === "unknown" ? { is: "held" } : outcome) },
  "silence-is-tried-again": {
    outcome: (outcome) =>
      outcome.is === "unknown" ? { is: "deferred", scope: "message", detail: outcome.detail } : outcome,
  },
  "what-was-held-back-is-told-once": {
    worker: () => ({
      changeSteps: (steps) => ({
        ...steps,
        handBack: (wishes) => steps.handBack(wishes).catch(() => {}),
        proveUnsent: (handOvers) => steps.proveUnsent(handOvers).catch(() => {}),
      }),
    }),
  },
  "doubts-about-permits-that-nobody-heard": {
    worker: () => ({ changeSteps: (steps) => ({ ...steps, doubtsOf: async () => [] }) }),
  },
  "commit-not-on-disk": { losesCommits: true },
};

const immortal = (entry: Entry): Entry => ({ ...entry, expiresAt: Number.POSITIVE_INFINITY });
const aliveIn = <Answer>({ entry, answer }: Step<Answer>, { expiresAt }: Entry): Step<Answer> => ({
  entry: { ...entry, expiresAt },
  answer,
});

function askingAtOnce(entry: Entry, now: number): Entry {
  const isNew = (askAt: number | null, asked: number) => askAt !== null && asked === 0;
  const doubts = entry.doubts.map((each) => (isNew(each.askAt, each.asked) ? { ...each, askAt: now } : each));
  return { ...entry, doubts };
}

export function plantNamed(name: string): Plant {
  const plant = plants[name];
  if (!plant) throw new Error(`There is no bug "${name}" to plant. There are: ${Object.keys(plants).join(", ")}.`);
  return plant;
}
