/** The rows of provider accounts, moved as packages/db/src/circuit.ts moves them. */
import type { Circuit } from "../src/ledger.ts";
import type { Instantly } from "./ledger.ts";
import type { AccountRow } from "./ledger-rows.ts";

const probeMs = 10_000;
const untilReleased = Number.POSITIVE_INFINITY;

export function circuitOf(accounts: ReadonlyMap<string, AccountRow>, now: () => number): Instantly<Circuit> {
  const rowOf = (of: { channel: string }) => accounts.get(of.channel) as AccountRow;
  return {
    block(of) {
      const row = rowOf(of);
      row.failures = Math.max(row.failures, of.failures);
      const standing = of.isProbe && row.blockedUntil <= now() + probeMs ? 0 : row.blockedUntil;
      row.blockedUntil = Math.max(standing, now() + of.forMs);
    },
    pause(of) {
      const row = rowOf(of);
      const isNew = row.blockedUntil !== untilReleased;
      row.failures = Math.max(row.failures, 1);
      row.blockedUntil = untilReleased;
      return isNew;
    },
    takeProbe(of) {
      const row = rowOf(of);
      if (row.failures === 0 || row.blockedUntil > now()) return null;
      row.blockedUntil = now() + probeMs;
      return { forMs: probeMs };
    },
    returnProbe(of) {
      const row = rowOf(of);
      if (row.blockedUntil !== untilReleased) row.blockedUntil = 0;
    },
    close(of) {
      const row = rowOf(of);
      if (row.blockedUntil === untilReleased) return;
      Object.assign(row, { failures: 0, blockedUntil: 0 });
    },
  };
}
