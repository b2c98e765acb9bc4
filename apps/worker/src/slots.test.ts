import { describe, expect, it } from "vitest";
import { openSlots, type Slot } from "./slots.ts";
import { openTestTime } from "./test-time.ts";

const calm = { urgent: false, domain: null };
const takeOf = async (slots: ReturnType<typeof openSlots>, who: Parameters<typeof slots.take>[0] = calm) => {
  const slot = await slots.take(who);
  if (!slot) throw new Error("none came free");
  return slot;
};

it("no more hand-overs are under way than there are slots, and all get their turn", async () => {
  const slots = openSlots(3);
  let busy = 0;
  let most = 0;
  const handOver = async () => {
    const slot = await takeOf(slots);
    most = Math.max(most, ++busy);
    await new Promise((resolve) => setTimeout(resolve, 1));
    busy--;
    slot.giveBack();
  };
  await Promise.all(Array.from({ length: 20 }, handOver));
  expect({ most, busy }).toEqual({ most: 3, busy: 0 });
});

it("a slot given back twice counts once", async () => {
  const slots = openSlots(1);
  const first = await takeOf(slots);
  first.giveBack();
  first.giveBack();
  await takeOf(slots);
  const third = await Promise.race([
    slots.take(calm).then(() => "given"),
    new Promise((resolve) => setTimeout(resolve, 5, "waiting")),
  ]);
  expect(third).toBe("waiting");
});

describe("messages ahead of the lines", () => {
  /** Permits come fifty at a time, 20 ms after the one before, and every line takes so long for a message. */
  async function mostUnderWay(lines: number, lineMs: number, forMs: number, restMs = 0) {
    const time = openTestTime();
    const slots = openSlots(lines, time);
    await time.run(restMs);
    const asking: { slot: Slot; since: number }[] = [];
    const free = Array.from({ length: lines }, () => 0);
    let underWay = 0;
    let most = 0;
    const grant = () => {
      for (const { slot, since } of asking.splice(0)) {
        const permitMs = time.now() - since;
        const line = free.indexOf(Math.min(...free));
        const doneAt = Math.max(free[line] ?? 0, time.now()) + lineMs;
        free[line] = doneAt;
        const permittedAt = time.now();
        time.after(doneAt - time.now(), () => {
          underWay--;
          slot.giveBack();
          slot.measured({ permitMs, handOverMs: time.now() - permittedAt });
          void send();
        });
      }
      time.after(20, grant);
    };
    const send = async () => {
      const slot = await slots.take(calm);
      if (!slot) return; // it waited for half a lease
      most = Math.max(most, ++underWay);
      asking.push({ slot, since: time.now() });
    };
    for (let each = 0; each < 500; each++) void send();
    grant();
    await time.run(forMs);
    return most;
  }

  it("are as many as keep quick lines busy while permits gather", async () => {
    const most = await mostUnderWay(10, 5, 3_000); // 2,000 a second, forty of them while a batch gathers
    expect(most).toBeGreaterThan(60);
    expect(most).toBeLessThanOrEqual(210);
  });

  it("are soon as many again after a night without messages", async () => {
    expect(await mostUnderWay(10, 5, 1_000, 8 * 3_600_000)).toBeGreaterThan(60);
  });

  it("are next to none where the lines are slow: what is permitted and not handed over may become a doubt", async () => {
    const most = await mostUnderWay(10, 2_000, 60_000);
    expect(most).toBeLessThanOrEqual(12);
  });
});

/** Each answers after so long. */
function openDomains(lines: number) {
  const time = openTestTime();
  const slots = openSlots(lines, time);
  const underWay = new Map<string, number>();
  const results: { domain: string; is: "sent" | "late" | "put off" }[] = [];
  async function send(domain: string, answerMs: number) {
    if (slots.putOff(domain) !== null) return void results.push({ domain, is: "put off" });
    const slot: Slot | null = await slots.take({ urgent: false, domain });
    if (!slot) return void results.push({ domain, is: "late" });
    underWay.set(domain, (underWay.get(domain) ?? 0) + 1);
    time.after(answerMs, () => {
      slot.giveBack();
      slot.measured({ permitMs: 0, handOverMs: answerMs });
      underWay.set(domain, (underWay.get(domain) ?? 0) - 1);
      results.push({ domain, is: "sent" });
    });
  }
  const count = (domain: string, is: "sent" | "late" | "put off") =>
    results.filter((each) => each.domain === domain && each.is === is).length;
  return { slots, send, run: time.run, count, underWay: (domain: string) => underWay.get(domain) ?? 0 };
}

describe("domains that share lines", () => {
  it("D16: a domain that takes 20 s has one line, and the others send as if it were not there", async () => {
    const lines = 10;
    const place = openDomains(lines);
    for (let each = 0; each < 10; each++) void place.send("slow.test", 20_000);
    for (let each = 0; each < 200; each++) void place.send(`quick${each % 4}.test`, 10);
    await place.run(400);
    expect(place.underWay("slow.test")).toBe(1);
    expect([0, 1, 2, 3].map((each) => place.count(`quick${each}.test`, "sent"))).toEqual([50, 50, 50, 50]);
    await place.run(5_000);
    expect(place.count("slow.test", "late"), "they make room").toBe(9);
    void place.send("slow.test", 20_000);
    await place.run(1);
    expect(place.count("slow.test", "put off")).toBe(1);
  });

  it("D16: what is urgent does not wait until its domain has shown that it is quick", async () => {
    const { slots } = openDomains(10);
    const urgent = { urgent: true, domain: "new.test" };
    const all = await Promise.all(Array.from({ length: 5 }, () => slots.take(urgent)));
    expect(all.every((slot) => slot !== null)).toBe(true);
  });

  it("one domain alone soon has all lines", async () => {
    const place = openDomains(10);
    for (let each = 0; each < 100; each++) void place.send("big.test", 10);
    await place.run(50);
    expect(place.underWay("big.test")).toBe(10);
    await place.run(200);
    expect(place.count("big.test", "sent")).toBe(100);
  });

  it("one mail that hangs holds up none beside it, of the same domain", async () => {
    const place = openDomains(10);
    for (let each = 0; each < 100; each++) void place.send("big.test", 10);
    await place.run(200);
    void place.send("big.test", 5_000);
    await place.run(1_000);
    for (let each = 0; each < 200; each++) void place.send("big.test", 10);
    await place.run(300);
    expect(place.count("big.test", "sent")).toBe(300);
  });

  it("D16: a domain that becomes slow on its way leaves the others a fifth of the lines", async () => {
    const place = openDomains(10);
    const both = (bigMs: number) => {
      for (let each = 0; each < 100; each++) {
        void place.send("big.test", bigMs);
        void place.send("other.test", 10);
      }
    };
    both(10);
    await place.run(1_000);
    both(20_000);
    await place.run(4_000);
    expect(place.underWay("big.test")).toBeLessThanOrEqual(8);
    expect(place.count("other.test", "sent")).toBe(200);
  });

  it("a domain that is quick again is given its lines back", async () => {
    const place = openDomains(10);
    for (let each = 0; each < 30; each++) void place.send("quick.test", 10);
    void place.send("big.test", 2_000);
    await place.run(3_000);
    expect(place.slots.putOff("big.test")).toBeNull();
    void place.send("big.test", 10);
    await place.run(10);
    for (let each = 0; each < 60; each++) void place.send("big.test", 10);
    await place.run(200);
    expect(place.count("big.test", "sent")).toBe(62);
  });

  it("tells each one that it puts off to come later than the one before, and within two minutes", async () => {
    const place = openDomains(10);
    for (let each = 0; each < 30; each++) void place.send("quick.test", 10);
    void place.send("slow.test", 20_000);
    await place.run(6_000);
    const times = Array.from({ length: 1_000 }, () => place.slots.putOff("slow.test") ?? 0);
    expect([Math.min(...times), Math.max(...times)]).toEqual([12_000, 2 * 60_000]);
    expect(times).toEqual([...times].sort((one, other) => one - other));
  });

  it("puts off nobody where no other domain has come for a while", async () => {
    const place = openDomains(10);
    for (let each = 0; each < 30; each++) void place.send("quick.test", 10);
    void place.send("slow.test", 20_000);
    await place.run(12_000);
    expect(Array.from({ length: 10 }, () => place.slots.putOff("slow.test"))).toEqual(Array(10).fill(null));
  });

  it("puts off nobody where all are as slow", async () => {
    const place = openDomains(10);
    for (let each = 0; each < 10; each++) void place.send(`slow${each % 2}.test`, 20_000);
    await place.run(21_000);
    expect([place.slots.putOff("slow0.test"), place.slots.putOff("slow1.test")]).toEqual([null, null]);
  });
});
