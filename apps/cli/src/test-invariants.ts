/** Looks at the invariants once a second while a test breaks things: they hold at every instant, not only in the end. */
import { checkInvariants, type Invariant } from "@chorus/db/invariants";
import type { Db } from "@chorus/db/open";
import { every } from "@chorus/worker/every";
import { expect } from "vitest";

export type WatchedInvariants = {
  stop(): Promise<void>;
  /** Looks once more, and fails on whatever was broken at any look. */
  expectHeld(): Promise<void>;
};

export function watchInvariants(db: Db): WatchedInvariants {
  const broken: Invariant[] = [];
  let looks = 0;
  const look = async () => {
    broken.push(...(await checkInvariants(db)).filter((each) => each.broken > 0));
    looks += 1;
  };
  const looking = every(1_000, look, () => {}); // the database may be what is broken
  return {
    stop: () => looking.stop(),
    async expectHeld() {
      await looking.stop();
      await look();
      expect(broken).toEqual([]);
      expect(looks).toBeGreaterThan(1);
    },
  };
}
