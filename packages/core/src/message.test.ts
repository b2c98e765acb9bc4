import { expect, it } from "vitest";
import { type Books, booksBalance, maxAttempts, settle } from "./message.ts";

const first = { attempt: 1, carrierFailures: 0, random: 0.5, canAsk: false };

it("an accepted hand-over is accepted with the provider's own id", () => {
  expect(settle({ is: "accepted", providerMessageId: "SM1" }, first)).toMatchObject({
    is: "accepted",
    providerMessageId: "SM1",
  });
});

it("silence after the last byte is doubt, and is asked about only where the provider can be asked", () => {
  const silent = { is: "unknown", detail: "no answer after the final dot" } as const;
  expect(settle(silent, first)).toMatchObject({ is: "in_doubt", askAfterMs: null });
  expect(settle(silent, { ...first, canAsk: true })).toMatchObject({ is: "in_doubt", askAfterMs: 60_000 });
});

it("a retry is never sooner than the provider asked for", () => {
  for (const random of [0, 0.5, 0.999]) {
    const settled = settle(
      { is: "deferred", retryAfterMs: 2_000, detail: "429", scope: "carrier" },
      { ...first, random },
    );
    expect(settled.is === "deferred" && settled.inMs).toBeGreaterThanOrEqual(2_000);
  }
});

it.each([
  [1, 60_000],
  [2, 300_000],
  [3, 900_000],
  [4, 3_600_000],
  [9, 3_600_000],
])("attempt %i that failed for now waits about %i ms", (attempt, about) => {
  for (const random of [0, 0.999]) {
    const settled = settle({ is: "deferred", detail: "451", scope: "message" }, { ...first, attempt, random });
    const inMs = settled.is === "deferred" ? settled.inMs : 0;
    expect(inMs).toBeGreaterThanOrEqual(about * 0.8);
    expect(inMs).toBeLessThanOrEqual(about * 1.2);
  }
});

it("a carrier that cannot be reached is tried again soon and then less often, and no message runs out of attempts by it", () => {
  const unreachable = { is: "deferred", detail: "ECONNREFUSED", scope: "carrier" } as const;
  const waits = [0, 1, 5, 50].map((carrierFailures) =>
    settle(unreachable, { ...first, attempt: maxAttempts, carrierFailures }),
  );
  expect(waits).toMatchObject([1_000, 2_000, 32_000, 60_000].map((inMs) => ({ is: "deferred", inMs })));
});

it("attempts are bounded", () => {
  expect(settle({ is: "deferred", detail: "451", scope: "message" }, { ...first, attempt: maxAttempts })).toMatchObject(
    { is: "failed", reason: "attempts_exhausted" },
  );
});

it("only what is about the address suppresses it", () => {
  const refused = (reason: "no_such_address" | "opted_out" | "sender" | "content") =>
    settle({ is: "refused", reason, detail: "", about: "address" }, first);
  expect(refused("no_such_address")).toMatchObject({ suppress: "hard_bounce" });
  expect(refused("opted_out")).toMatchObject({ suppress: "stop" });
  expect(refused("sender")).toMatchObject({ suppress: null });
  expect(refused("content")).toMatchObject({ suppress: null });
});

it("books that lose a message do not balance", () => {
  const books: Books = {
    planned: 6,
    accepted: 1,
    skipped: { no_consent: 1 },
    failed: { blocked: 1 },
    expired: 1,
    cancelled: 0,
    inDoubt: 1,
    open: 1,
  };
  expect(booksBalance(books)).toBe(true);
  expect(booksBalance({ ...books, open: 0 })).toBe(false);
});
