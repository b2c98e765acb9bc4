import { expect, it } from "vitest";
import type { RefusalReason } from "./channel.ts";
import { type Books, booksBalance, maxAttempts, settle } from "./message.ts";
import { lifeHours } from "./plan.ts";
import { patienceWith } from "./suppression.ts";

const first = { attempt: 1, carrierFailures: 0, random: 0.5, canAsk: false, class: "marketing" } as const;

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

it("D17: attempts are bounded, and a provider may allow fewer", () => {
  const later = { is: "deferred", detail: "451", scope: "message" } as const;
  expect(settle(later, { ...first, attempt: maxAttempts })).toMatchObject({
    is: "failed",
    reason: "attempts_exhausted",
  });
  expect(settle({ ...later, attemptsAtMost: 2 }, first)).toMatchObject({ is: "deferred" });
  expect(settle({ ...later, attemptsAtMost: 2 }, { ...first, attempt: 2 })).toMatchObject({ is: "failed" });
});

it("D17: attempts outlast every life: what ends a message that is put off again and again is its own end", () => {
  const waitedMs = Array.from({ length: maxAttempts - 1 }, (_, n) =>
    settle({ is: "deferred", detail: "451", scope: "message" }, { ...first, attempt: n + 1, random: 0.5 }),
  ).reduce((sum, each) => sum + (each.is === "deferred" ? each.inMs : 0), 0);
  expect(waitedMs).toBeGreaterThan(Math.max(...Object.values(lifeHours)) * 3_600_000);
});

it("an error about us fails no message, however often it comes: the account waits for a person, a sender is counted", () => {
  for (const attempt of [1, maxAttempts, maxAttempts * 2]) {
    const settled = (whom: "account" | "sender") =>
      settle({ is: "distrusted", whom, detail: "550 5.7.26" }, { ...first, attempt });
    expect(settled("account")).toMatchObject({ is: "deferred", scope: "carrier", about: "account" });
    expect(settled("sender")).toMatchObject({ is: "deferred", scope: "message", about: "sender" });
  }
});

it("only what is about the address suppresses it", () => {
  const refused = (reason: RefusalReason) => settle({ is: "refused", reason, detail: "", about: "address" }, first);
  expect(refused("no_such_address")).toMatchObject({ suppress: "hard_bounce" });
  expect(refused("opted_out")).toMatchObject({ suppress: "stop" });
  for (const reason of ["mailbox_full", "dead_number", "blocked", "content"] as const)
    expect(refused(reason)).toMatchObject({ suppress: null });
});

it("what says little once says more when it repeats: a full mailbox three times in 15 days, a dead number twice", () => {
  expect(patienceWith("mailbox_full")).toEqual({ count: 3, days: 15 });
  expect(patienceWith("mailbox_disabled")).toEqual({ count: 3, days: 15 });
  expect(patienceWith("dead_number")).toMatchObject({ count: 2 });
  expect(patienceWith("unreachable")).toBeNull();
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
