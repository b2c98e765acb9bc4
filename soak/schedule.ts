/** Which faults come, and when: all of it from the seed. When is told in shares of the run, so that each meets it under way. */
import { leaseMs } from "@chorus/db/lease";
import type { Random } from "./random.ts";

export type FaultKind =
  | "worker killed"
  | "worker stopped"
  | "redis emptied"
  | "redis killed"
  | "redis read-only"
  | "postgres restarted"
  | "mail line cut"
  | "mail line cut after the accept"
  | "mail line slow"
  | "database line cut"
  | "database line silent"
  | "run paused"
  | "clock two minutes ahead"
  | "clock two minutes behind"
  | "clock a year ahead";

export type Planned = {
  /** Of the messages that have arrived, in [0, 1). */
  readonly share: number;
  readonly kind: FaultKind;
  /** Which worker, in [0, 1), for those that meet one. */
  readonly whom: number;
  readonly forMs: number;
};

/** How often each of them comes. */
export type Weather = {
  readonly kills: number;
  readonly stops: number;
  readonly redis: number;
  readonly postgres: number;
  readonly cuts: number;
  readonly pauses: number;
  readonly clocks: number;
  /** How many leases a worker stands still, from and to. */
  readonly stopLeases: readonly [number, number];
};

/** From half a lease, which nobody notices, to three, after which everybody has taken the worker for dead. */
const stopLeases = [0.5, 3] as const;
const tiny: Weather = { kills: 4, stops: 1, redis: 3, postgres: 1, cuts: 4, pauses: 1, clocks: 1, stopLeases };
const small: Weather = { kills: 10, stops: 4, redis: 3, postgres: 2, cuts: 8, pauses: 3, clocks: 3, stopLeases };
const full: Weather = { kills: 50, stops: 20, redis: 10, postgres: 5, cuts: 20, pauses: 10, clocks: 3, stopLeases };

/** As much as a run of that length can meet while something is still to be sent. */
export const weatherFor = (recipients: number): Weather =>
  recipients >= 1_000_000 ? full : recipients >= 20_000 ? small : tiny;

const redisKinds = ["redis emptied", "redis killed", "redis read-only"] as const;
const cutKinds = [
  "mail line cut",
  "mail line cut after the accept",
  "database line cut",
  "mail line cut after the accept",
  "mail line slow",
  "mail line cut after the accept",
  "database line silent",
  "mail line cut after the accept",
] as const;

const clockKinds = ["clock two minutes ahead", "clock two minutes behind", "clock a year ahead"] as const;

export function planFaults(random: Random, weather: Weather): Planned[] {
  const spread = (kind: (no: number) => FaultKind, count: number, until: number, forMs: () => number): Planned[] =>
    Array.from({ length: count }, (_, no) => ({
      share: random.between((until * no) / count, (until * (no + 1)) / count) + 0.02,
      kind: kind(no),
      whom: random.next(),
      forMs: Math.round(forMs()),
    }));
  const stopMs = () => leaseMs * random.between(...weather.stopLeases);
  const briefly = () => random.between(500, 2_500);
  return [
    ...spread(
      () => "worker killed",
      weather.kills,
      0.9,
      () => 0,
    ),
    ...spread(() => "worker stopped", weather.stops, 0.6, stopMs),
    ...spread((no) => redisKinds[no % redisKinds.length] ?? redisKinds[0], weather.redis, 0.85, briefly),
    ...spread(
      () => "postgres restarted",
      weather.postgres,
      0.8,
      () => 0,
    ),
    ...spread((no) => cutKinds[no % cutKinds.length] ?? cutKinds[0], weather.cuts, 0.9, briefly),
    ...spread(() => "run paused", weather.pauses, 0.8, briefly),
    ...spread((no) => clockKinds[no % clockKinds.length] ?? clockKinds[0], weather.clocks, 0.8, briefly),
  ].sort((one, other) => one.share - other.share);
}
