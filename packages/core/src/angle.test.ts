import { describe, expect, it } from "vitest";
import { angleNames, angles, groundlessAngles, groundOf } from "./angle.ts";
import type { Fact } from "./fact.ts";

const source = "price list";
const price: Fact = { kind: "money", id: "price", value: { micros: 5_000_000, currency: "GBP" }, source };
const ends: Fact = { kind: "date", id: "offer_ends", value: "2027-01-31", source };
const rating: Fact = { kind: "number", id: "score", value: 4.6, label: { en: "Average rating", zh: "评分" }, source };
const launched: Fact = { kind: "date", id: "launched", value: "2027-01-02", source };
const every = angleNames.map((angle) => ({ angle, tone: "warm" as const, share: 1 }));

describe("the angles of a campaign", () => {
  it("are refused where nothing is there that they could speak of, each with what it wants", () => {
    const problems = groundlessAngles(every, { facts: [], values: [] });
    expect(problems.map(({ got }) => got)).toEqual(["price", "social_proof", "novelty", "values", "urgency"]);
    expect(problems[0]).toMatchObject({ path: "angles[1].angle", message: expect.stringMatching(/money or percent/) });
  });

  it("stand on facts by their kind, or by the words of their id and labels", () => {
    const on = { facts: [price, ends, rating, launched], values: ["nothing is thrown away"] };
    expect(groundlessAngles(every, on)).toEqual([]);
    expect([groundOf("social_proof", on.facts), groundOf("novelty", on.facts)]).toEqual([rating, launched]);
  });

  it("may stand in a campaign once in each tone", () => {
    const twice = [
      { angle: "price", tone: "plain" },
      { angle: "price", tone: "plain", share: 3 },
    ];
    expect(angles.safeParse(twice).success).toBe(false);
    expect(angles.parse([{ angle: "price", tone: "plain" }, { angle: "price" }])).toEqual([
      { angle: "price", tone: "plain", share: 1 },
      { angle: "price", tone: "warm", share: 1 },
    ]);
  });
});
