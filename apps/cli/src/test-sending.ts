/** A campaign under way for tests: what `sending-place.ts` opens, and what they expect of it. */
import { expect, vi } from "vitest";
import { openSendingPlace as openPlace, type SendingPlace as Place, type PlacedWorker } from "./sending-place.ts";
import { watchInvariants } from "./test-invariants.ts";

export { launchTo, newestRun, untilFinished, untilNothingDue } from "./sending-place.ts";

export type TestWorker = PlacedWorker;

export type SendingPlace = Place & {
  /** Fails on whatever the ledger and the providers tell differently, and on whatever broke an invariant at any second. */
  expectBooksToMatchWire(): Promise<void>;
};

export async function openSendingPlace(of: Parameters<typeof openPlace>[0]): Promise<SendingPlace> {
  const place = await openPlace(of);
  const invariants = watchInvariants(place.db);
  return {
    ...place,
    async expectBooksToMatchWire() {
      expect((await place.compareBooks()).differences).toEqual([]);
      await invariants.expectHeld();
    },
    async close() {
      await invariants.stop();
      await place.close();
    },
  };
}

/** Something that was handed over after this moment is there within the bound. */
export async function expectArrivals({ arrivals }: Place, of: { withinMs: number }): Promise<void> {
  const from = new Date().toISOString();
  const newest = async () => (await arrivals()).at(-1)?.at ?? "";
  const how = { timeout: of.withinMs, interval: 100 };
  await vi.waitFor(async () => expect((await newest()) > from, `nothing arrived since ${from}`).toBe(true), how);
}
