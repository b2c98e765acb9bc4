import { describe, expect, it } from "vitest";
import { type Look, openProgress, type Step } from "./progress.ts";

const never = Number.NEGATIVE_INFINITY;
const late: Omit<Look, "at"> = { isLate: true, lastPermitAt: never, isSending: false, isWaiting: false };

/** A look a second, and the seconds in which something was to be done. */
function steps(seconds: number, lookOf: (second: number) => Omit<Look, "at"> | null) {
  const progress = openProgress();
  const taken: [number, Step][] = [];
  for (let second = 0; second <= seconds; second++) {
    const look = lookOf(second);
    const step = look && progress.look({ at: second * 1_000, ...look });
    if (step) taken.push([second, step]);
  }
  return { taken, progress };
}

describe("D23: sending that stands still", () => {
  it("is told after ten seconds, gets a new queue worker, and half a minute later a new process", () => {
    const { taken, progress } = steps(120, () => late);
    expect(taken).toEqual([
      [11, "alarm"],
      [12, "rebuild"],
      [42, "give_up"],
    ]);
    expect(progress.isStuck()).toBe(true);
  });

  it("is told within fifteen seconds of something falling due while nobody sends", () => {
    const { taken } = steps(30, (second) => ({ ...late, isLate: second >= 20 }));
    expect(taken[0]).toEqual([21, "alarm"]);
  });

  it("is nobody's fault while a permit is given every now and then, here or elsewhere", () => {
    expect(steps(60, (second) => ({ ...late, lastPermitAt: Math.floor(second / 9) * 9_000 })).taken).toEqual([]);
    expect(steps(60, (second) => ({ ...late, isSending: second % 9 === 0 })).taken).toEqual([]);
  });

  it("is told and left alone while providers keep us waiting: a fresh process would make doubts of what they hold", () => {
    const { taken, progress } = steps(120, () => ({ ...late, isWaiting: true }));
    expect(taken).toEqual([[11, "alarm"]]);
    expect(progress.isStuck()).toBe(false);
  });

  it("is over with the first permit, and told anew the next time", () => {
    const { taken, progress } = steps(26, (second) => ({ ...late, isSending: second === 13 }));
    expect(taken).toEqual([
      [11, "alarm"],
      [12, "rebuild"],
      [13, "all_clear"],
      [24, "alarm"],
      [25, "rebuild"],
    ]);
    expect(progress.isStuck()).toBe(true);
  });

  it("is not told of a carrier that is blocked again and again: its lanes are due for one look only", () => {
    expect(steps(120, (second) => ({ ...late, isLate: second % 30 === 0 })).taken).toEqual([]);
  });

  it("does not count a time in which nobody could look, as when the database is away", () => {
    const { taken } = steps(39, (second) => (second > 5 && second < 30 ? null : late));
    expect(taken).toEqual([]);
  });
});
