import type { Booking } from "@chorus/db/rates";
import { describe, expect, it } from "vitest";
import { openPace, type Turn } from "./pace.ts";
import { openTestTime } from "./test-time.ts";
import { sleep } from "./time.ts";

/** The database's row as the migration has it. */
function openPlace(of: { answerMs?: number } = {}) {
  const time = openTestTime();
  let nextAt = Number.NEGATIVE_INFINITY;
  const asked: Booking[] = [];
  const pause = (ms: number) => sleep(time, ms);
  const pace = openPace({
    now: time.now,
    pause,
    async ask(booking) {
      asked.push(booking);
      const askedAt = time.now();
      const first = Math.max(nextAt, askedAt + booking.leadMs);
      const isFree = first <= askedAt + booking.withinMs;
      if (isFree) nextAt = first + booking.count * Math.max(...booking.stepsMs);
      await pause(of.answerMs ?? 0);
      return isFree ? first - time.now() : null;
    },
  });
  return { pace, run: time.run, asked, now: time.now, pause, take: (until: number) => (nextAt = until) };
}

const limit = (perSecond: number) => [{ of: "account", perSecond }];
const calm = { urgent: false };

/** When each was let go, in the clock's milliseconds. */
async function goAll(place: ReturnType<typeof openPlace>, of: { count: number; perSecond: number; forMs: number }) {
  const went: number[] = [];
  for (let each = 0; each < of.count; each++)
    void place.pace.turn(limit(of.perSecond), calm).then(async (turn) => {
      await turn?.near();
      await turn?.come();
      if (turn?.isOver() === false) went.push(place.now());
    });
  await place.run(of.forMs);
  return went;
}

const mostInASecond = (moments: readonly number[]) =>
  Math.max(...moments.map((from) => moments.filter((at) => at >= from && at < from + 1_000).length));

describe("pace", () => {
  it("lets a message without a limit go at once, and asks nobody", async () => {
    const { pace, asked } = openPlace();
    const turn = await pace.turn([], calm);
    await turn?.come();
    expect([turn?.isOver(), asked.length]).toEqual([false, 0]);
  });

  it.each([0.5, 1, 7, 100, 2_000])("lets no more than %s a second through, and not much less", async (perSecond) => {
    const place = openPlace();
    const count = Math.min(600, Math.ceil(perSecond * 4));
    const went = await goAll(place, { count, perSecond, forMs: 4_900 });
    expect(mostInASecond(went)).toBeLessThanOrEqual(Math.max(1, perSecond));
    expect(went.length).toBeGreaterThanOrEqual(Math.min(count, Math.floor(perSecond * 0.8 * 4)));
  });

  it("books for all who wait, and never far ahead", async () => {
    const place = openPlace();
    await goAll(place, { count: 500, perSecond: 100, forMs: 20_000 });
    expect(Math.max(...place.asked.map(({ count }) => count))).toBe(25); // as many as are due in 300 ms
    expect(place.asked.length).toBeLessThan(300);
  });

  it("gives a message the strictest of its limits, and names all of them", async () => {
    const place = openPlace();
    void place.pace.turn(
      [
        { of: "sender", perSecond: 1 },
        { of: "account", perSecond: 100 },
      ],
      calm,
    );
    expect(place.asked[0]).toMatchObject({ keys: ["sender", "account"], count: 1, stepsMs: [1_000 / 0.85, 10 / 0.85] });
  });

  it("asks for permits as much earlier as they take longer, and loses few moments to a slow database", async () => {
    const place = openPlace();
    const went: number[] = [];
    for (let each = 0; each < 200; each++)
      void place.pace.turn(limit(50), calm).then(async (turn) => {
        await turn?.near();
        await place.pause(170);
        await turn?.come();
        if (turn?.isOver() === false) went.push(place.now());
      });
    await place.run(4_900);
    expect(went.length).toBeGreaterThan(150);
    expect(mostInASecond(went)).toBeLessThanOrEqual(50);
  });

  it("puts back what finds no moment for 5 s, and asks again for what comes later", async () => {
    const place = openPlace();
    place.take(6_000);
    const seen: (Turn | null)[] = [];
    void place.pace.turn(limit(10), calm).then((turn) => seen.push(turn));
    await place.run(5_100);
    expect(seen).toEqual([null]);
    void place.pace.turn(limit(10), calm).then((turn) => seen.push(turn));
    await place.run(2_000);
    expect(seen[1]).not.toBeNull();
  });

  it("lets whoever is urgent book where others have to wait", async () => {
    const place = openPlace();
    place.take(1_000);
    const seen: string[] = [];
    void place.pace.turn(limit(10), calm).then(() => seen.push("calm"));
    void place.pace.turn(limit(10), { urgent: true }).then(() => seen.push("urgent"));
    await place.run(500);
    expect(seen).toEqual(["urgent"]);
  });

  it("lets a moment go that it is told of late, or reaches late", async () => {
    const slow = openPlace({ answerMs: 120 });
    expect(await goAll(slow, { count: 1, perSecond: 10, forMs: 3_000 })).toEqual([]);
    const place = openPlace({ answerMs: 30 });
    const turning = place.pace.turn(limit(10), calm);
    await place.run(400);
    const turn = await turning;
    await turn?.come();
    expect(turn?.isOver()).toBe(true);
  });
});
