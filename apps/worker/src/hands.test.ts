import { expect, it } from "vitest";
import { type HandledAs, openHands } from "./hands.ts";
import { openTestTime } from "./test-time.ts";

function openPlace() {
  const time = openTestTime();
  const hands = openHands(time);
  const hand = hands.of({ channel: "email", class: "marketing", lane: 0 });
  const hold = (workspaceId: string, count: number) => {
    const ends: ((as: HandledAs) => void)[] = [];
    hand.hold(
      workspaceId,
      Array.from({ length: count }, () => new Promise<HandledAs>((end) => ends.push(end))),
    );
    return async (of: number, as: HandledAs = "done") => {
      for (const end of ends.splice(0, of)) end(as);
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    };
  };
  const room = (workspaceId: string) => {
    const { limit, rooms = [] } = hand.wish();
    return rooms.find((each) => each.workspaceId === workspaceId)?.limit ?? limit;
  };
  return { hands, hand, hold, pass: time.run, room };
}

it("D16: a workspace whose messages take long fills its own room, and leaves the others theirs", async () => {
  const { hold, pass, room } = openPlace();
  hold("slow", 10);
  const end = hold("quick", 10);
  await pass(100);
  await end(10);
  expect([room("slow"), room("quick"), room("never seen")]).toEqual([0, 10, 10]);
});

it("holds as many as a quarter of a lease is enough for", async () => {
  const { hold, pass, room } = openPlace();
  for (let count = 10; count <= 160; count *= 2) {
    const end = hold("quick", count);
    await pass(10);
    await end(count);
  }
  hold("quick", 0);
  expect(room("quick"), "never more than 200").toBe(200);
  const end = hold("quick", 200);
  await pass(50_000);
  await end(200);
  hold("quick", 0);
  expect(room("quick")).toBe(10);
});

it("holds less of what found no place, and nothing for a second of what is blocked", async () => {
  const { hold, pass, room } = openPlace();
  const late = hold("late", 10);
  const blocked = hold("blocked", 10);
  await late(10, "late");
  await blocked(10, "blocked");
  hold("late", 0);
  expect([room("late"), room("blocked")]).toEqual([5, 0]);
  await pass(1_000);
  expect(room("blocked")).toBe(10);
});

it("says when there is room again, and does not wait for long", async () => {
  const { hands, hand, hold, pass } = openPlace();
  expect(await hand.freed(1_000), "nothing is held").toBe(false);
  const end = hold("slow", 10);
  hand.wish();
  const freed = hand.freed(1_000);
  await end(5);
  expect(await freed).toBe(true);
  hand.wish();
  const late = hand.freed(1_000);
  await pass(1_000);
  expect(await late).toBe(false);
  expect(hands.isEmpty()).toBe(false);
  await end(5);
  await hands.ended();
  expect(hands.isEmpty()).toBe(true);
});
