/**
 * Holds messages to the limits of accounts, senders and channels, over all workers. A moment is booked in the database
 * (a slot schedule: buckets and windows let up to twice the limit through in some second), and one that is reached too
 * late is let go. Whoever is urgent may book further ahead than others, and so is never behind them.
 */
import type { Rate } from "@chorus/core/channel";
import type { Booking } from "@chorus/db/rates";

/** A message's moment. */
export type Turn = {
  /** Resolves when it is time to ask for a permit. */
  near(): Promise<void>;
  /** Resolves when it has come. */
  come(): Promise<void>;
  /** A message that leaves now comes too close to the next one. */
  isOver(): boolean;
};

export type Pace = {
  /** Null: no moment was free for so long that the message had better be put back. */
  turn(rates: readonly Rate[], how: { urgent: boolean }): Promise<Turn | null>;
};

type Place = {
  /** In how many milliseconds the first moment is; null when none is free so soon. */
  readonly ask: (booking: Booking) => Promise<number | null>;
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
};

/**
 * Of a limit, so that one that is `lateMs` late is still within it: L + 1 messages span 1 s / share - lateMs, which leaves
 * 76 ms for the line, and for a provider that is busy when it counts.
 */
const usedShare = 0.85;
const lateMs = 100;
/** For a permit: twice as long as permits have just taken, a slot to hand over included. */
const lead = { atLeastMs: 50, atMostMs: 200, times: 2, weight: 1 / 16 };
/** Moments that a worker booked and died with are lost to all, so nobody books far ahead. */
const aheadMs = 300;
const urgentAheadMs = 2_000;
const askAgainMs = 25;
/** Half a lease. */
const patienceMs = 5_000;

const atOnce: Turn = { near: async () => {}, come: async () => {}, isOver: () => false };

type Slot = { readonly opensAt: number; readonly closesAt: number };
type Waiting = { readonly since: number; readonly resolve: (slot: Slot | null) => void };

export function openPace({ ask, now, pause }: Place): Pace {
  /** Those who wait under the same limits, and are booked for together. */
  const lines = new Map<string, Waiting[]>();
  let leadMs = lead.atLeastMs;
  const learnLead = (tookMs: number) => {
    const next = leadMs + lead.weight * (lead.times * tookMs - leadMs);
    leadMs = Math.min(lead.atMostMs, Math.max(lead.atLeastMs, next));
  };

  async function serve(key: string, rates: readonly Rate[], urgent: boolean): Promise<void> {
    const waiting = lines.get(key) ?? [];
    const stepsMs = rates.map((rate) => 1_000 / (usedShare * rate.perSecond));
    const stepMs = Math.max(...stepsMs);
    const how = { keys: rates.map((rate) => rate.of), stepsMs, leadMs, withinMs: withinOf(rates, urgent) };
    while (waiting.length > 0) {
      const count = Math.min(waiting.length, Math.max(1, Math.floor(aheadMs / stepMs)));
      const askedAt = now();
      const inMs = await ask({ ...how, count }).catch(() => null); // a database that is away gives no permit either
      const heardAt = now();
      // The answer is of some moment between asking and hearing.
      const isTold = inMs !== null && heardAt - askedAt < lateMs;
      for (let place = 0; isTold && place < count; place++) {
        const at = inMs + place * stepMs;
        waiting.shift()?.resolve({ opensAt: heardAt + at, closesAt: askedAt + at + lateMs });
      }
      while (waiting[0] && now() - waiting[0].since > patienceMs) waiting.shift()?.resolve(null);
      if (!isTold && waiting.length > 0) await pause(askAgainMs);
    }
    lines.delete(key);
  }

  /** A moment far ahead under several limits would be lost to whoever is under the wider one alone. */
  const withinOf = (rates: readonly Rate[], urgent: boolean): number => {
    if (urgent) return urgentAheadMs;
    return rates.length > 1 ? leadMs + askAgainMs : aheadMs;
  };
  const until = async (at: number) => {
    for (let ms = at - now(); ms > 0; ms = at - now()) await pause(Math.ceil(ms));
  };
  const turnAt = ({ opensAt, closesAt }: Slot): Turn => {
    let nearAt = opensAt;
    return {
      async near() {
        await until(opensAt - leadMs);
        nearAt = now();
      },
      async come() {
        learnLead(now() - nearAt);
        await until(opensAt);
      },
      isOver: () => now() > closesAt,
    };
  };

  return {
    async turn(rates, { urgent }) {
      if (rates.length === 0) return atOnce;
      const key = JSON.stringify([urgent, rates]);
      const slot = await new Promise<Slot | null>((resolve) => {
        const line = lines.get(key);
        const mine = { since: now(), resolve };
        if (line) return void line.push(mine);
        lines.set(key, [mine]);
        void serve(key, rates, urgent);
      });
      return slot && turnAt(slot);
    },
  };
}
