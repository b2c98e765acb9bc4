/**
 * What this process holds of each lane, workspace by workspace, and how much more it may lease of each: as many as a
 * quarter of a lease was enough for just now. So a slow account, or a hand-over that takes its time, fills its own room and
 * nobody else's; and a job that has found nothing more to lease need not wait for what is under way.
 */
import type { Id } from "@chorus/core/id";
import type { Lane } from "@chorus/core/plan";
import { type LeaseWish, leaseMs } from "@chorus/db/lease";
import { realTime, type Time } from "./time.ts";

export type Hands = {
  of(lane: Lane): Hand;
  isEmpty(): boolean;
  /** Waits until nothing is held. */
  ended(): Promise<void>;
};

/** What became of a message. "late": there was no place for it, in time or on a line. "blocked": its account is left alone. */
export type HandledAs = "done" | "late" | "blocked";

export type Hand = {
  /** What a lease is to ask for. */
  wish(): Pick<LeaseWish, "limit" | "rooms">;
  /** Never rejects. */
  hold(workspaceId: Id, works: readonly Promise<HandledAs>[]): void;
  /** Waits for room, and no longer than that. False: there is none that was not there before. */
  freed(withinMs: number): Promise<boolean>;
  isHolding(): boolean;
};

const firstLease = 10;
const leasedAtMost = 200;
/** Of all workspaces together. */
const heldAtMost = 1_000;
/** An account that took nothing is asked about again after this, should its row have changed. */
const restMs = 1_000;
/** What was learnt of a workspace's pace is of no use after that. */
const forgottenAfterMs = 10_000;

/** Of one workspace; `done` and `late` since the last lease. */
type Held = { count: number; target: number; done: number; late: number; since: number; restsUntil: number };

type Clock = Pick<Time, "now" | "after">;
type Holding = { readonly time: Clock; readonly works: Set<Promise<void>> };

export function openHands(time: Clock = realTime): Hands {
  const works = new Set<Promise<void>>();
  const hands = new Map<string, Hand>();
  return {
    of({ channel, class: messageClass, lane }) {
      const key = `${channel} ${messageClass} ${lane}`;
      const hand = hands.get(key) ?? openHand({ time, works });
      hands.set(key, hand);
      return hand;
    },
    isEmpty: () => works.size === 0,
    async ended() {
      while (works.size > 0) await Promise.all(works);
    },
  };
}

function openHand({ time, works }: Holding): Hand {
  const workspaces = new Map<Id, Held>();
  let held = 0;
  /** Since the last wish, a workspace that had no room has some, or nothing is held any more. */
  let hasFreed = false;
  let wake = () => {};

  /** A few places are not worth a statement. */
  const roomOf = ({ count, target, restsUntil }: Held) =>
    time.now() < restsUntil || target - count < target / 2 ? 0 : target - count;

  function end(of: Held, as: HandledAs): void {
    const before = roomOf(of);
    of.count--;
    held--;
    if (as === "done") of.done++;
    if (as === "late") of.late++;
    if (as === "blocked") of.restsUntil = time.now() + restMs;
    if (held > 0 && (before > 0 || roomOf(of) === 0)) return;
    hasFreed = true;
    wake();
  }

  return {
    wish() {
      hasFreed = false;
      for (const [id, { count, since }] of workspaces)
        if (count === 0 && time.now() - since > forgottenAfterMs) workspaces.delete(id);
      return {
        limit: held < heldAtMost ? firstLease : 0,
        rooms: [...workspaces].map(([workspaceId, of]) => ({ workspaceId, limit: roomOf(of) })),
      };
    },
    hold(workspaceId, taken) {
      const fresh = { count: 0, target: firstLease, done: 0, late: 0, since: time.now(), restsUntil: 0 };
      const of = workspaces.get(workspaceId) ?? fresh;
      workspaces.set(workspaceId, of);
      Object.assign(of, { target: nextTarget(of, time.now()), done: 0, late: 0, since: time.now() });
      of.count += taken.length;
      held += taken.length;
      for (const each of taken) {
        const work = each.then((as) => {
          works.delete(work);
          end(of, as);
        });
        works.add(work);
      }
    },
    isHolding: () => held > 0,
    freed(withinMs) {
      if (hasFreed || held === 0) return Promise.resolve(hasFreed);
      return new Promise((resolve) => {
        const late = time.after(withinMs, () => resolve(false));
        wake = () => {
          late();
          resolve(true);
        };
      });
    },
  };
}

/** No more than twice as many: the first of a lease are quick, because they have the lines to themselves. */
function nextTarget({ target, done, late, since }: Held, now: number): number {
  if (done === 0) return late > 0 ? Math.max(1, Math.floor(target / 2)) : target;
  const inQuarter = Math.floor((done * leaseMs) / 4 / Math.max(now - since, 1));
  return Math.max(1, Math.min(inQuarter, 2 * target, leasedAtMost));
}
