/** Negative controls: what has to happen for the referee to notice that a promise was left out. */
import type { Promised } from "@chorus/worker/switch-off";
import type { Weather } from "./schedule.ts";
import type { SoakWish } from "./soak.ts";

type Control = Pick<SoakWish, "weather" | "standIns">;

const calm: Weather = { kills: 0, stops: 0, redis: 0, postgres: 0, cuts: 0, pauses: 0, clocks: 0, stopLeases: [0, 0] };
const killing: Control = { weather: { ...calm, kills: 4 } };

export const controls: Readonly<Record<Promised, Control>> = {
  permit: { weather: calm },
  gate: killing,
  doubt: killing,
  /** Long enough that others have taken the worker for dead and sent what it had not, and with much before its last byte. */
  lease: {
    weather: { ...calm, stops: 3, stopLeases: [2.2, 2.8] },
    standIns: [{ provider: "smtp", match: {}, fault: { is: "slow_recipient", ms: 500 } }],
  },
};

/** Contacts that a control needs. */
export const controlRecipients = 1_500;
