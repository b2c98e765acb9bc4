/** A small soak on both queues, and what the referee says when one of the promises is left out. */
import { promises } from "@chorus/worker/switch-off";
import { describe, expect, inject, it } from "vitest";
import { controlRecipients, controls } from "./controls.ts";
import { brokenPromises } from "./judge.ts";
import { weatherFor } from "./schedule.ts";
import { soak } from "./soak.ts";

const recipients = Number(process.env.SOAK_RECIPIENTS ?? 50_000);
/** The same storm at every commit; `npm run soak` draws others. */
const seed = process.env.SOAK_SEED ?? "1";
const minutes = (count: number) => count * 60_000;
const quietly = { tell() {} };

describe.each(["postgres", "redis"] as const)("a soak with the queue on %s", (queue) => {
  it.skipIf(queue === "redis" && !inject("redisUrl"))(
    `keeps every promise, D21: also while clocks jump, seed ${seed}`,
    { timeout: minutes(11) },
    async () => {
      const weather = weatherFor(recipients);
      const result = await soak({ recipients, seed, queue, weather, withinMs: minutes(10), ...quietly });
      const { planned, accepted, inDoubt, inDoubtAtMost, lost, duplicated, seconds } = result;
      console.log(JSON.stringify({ planned, accepted, inDoubt, inDoubtAtMost, lost, duplicated, seconds }));
      expect(
        brokenPromises({ ...result, breaches: result.invariants.broken.length }),
        result.messages.join("\n"),
      ).toEqual([]);
      expect(result.void, "too few kills found anything under way").toBe(false);
    },
  );
});

describe("without one of its promises, the referee notices", () => {
  it.each(promises)("%s", { timeout: minutes(4) }, async (without) => {
    const asked = { recipients: controlRecipients, seed, queue: "postgres", withinMs: minutes(2), ...quietly } as const;
    expect((await soak({ ...asked, ...controls[without], without })).duplicated).toBeGreaterThan(0);
  });
});
