import { expect, it } from "vitest";
import { openRates } from "./rates.ts";

const start = Date.parse("2026-11-27T00:00:00Z");
type Post = readonly [atMs: number, lateMs?: number];

function worstOf(posts: readonly Post[]): number | undefined {
  const rates = openRates([{ channel: "slack", perSecond: 1, each: "address", withinMs: 900 }]);
  for (const [atMs, lateMs] of posts) {
    const at = new Date(start + atMs).toISOString();
    rates.add({ at, lateMs, provider: "slack", channel: "slack", event: "accepted", messageId: null, to: "#news" });
  }
  return rates.worst()[0]?.worst;
}

it("two posts a second and more apart are within a limit of one, and two closer together are not", () => {
  expect(worstOf([[0], [1_100], [2_200]])).toBe(1);
  expect(worstOf([[0], [1_100], [1_700]])).toBe(2);
});

it("a post that had waited for a stand-in that stood still is not held against the next one", () => {
  expect(worstOf([[400, 400], [1_100]])).toBe(1);
  expect(worstOf([[0], [400, 400]])).toBe(2);
});
