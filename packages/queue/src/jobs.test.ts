import { laneCount } from "@chorus/core/plan";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Handlers } from "./consumer.ts";
import { defineJob } from "./define-job.ts";
import { catalog, jobNamed, jobs } from "./jobs.ts";
import type { Producer } from "./producer.ts";

describe("the catalog of jobs", () => {
  it("gives a job the same id for the same work, and says the work in it", () => {
    expect(jobs.planCampaign.id({ campaignId: "12" })).toBe("plan-12");
    expect(jobs.writeVariant.id({ variantId: "9223372036854775807", revision: 3 })).toBe("write-9223372036854775807-3");
    expect(jobs.launchRuns.id({})).toBe("launch-runs");
    expect(jobs.expandAudience.id({ runId: "7" })).toBe("expand-7");
    expect(jobs.pumpLane.id({ channel: "email", lane: laneCount - 1 })).toBe("pump-email-15");
  });

  it("has a stored name for every job, found again by that name", () => {
    const keys = Object.entries(catalog).map(([key, job]) => [key, jobNamed(job.name)]);
    expect(keys).toHaveLength(7);
    for (const [key, found] of keys) expect(found).toBe(key);
    expect(jobNamed("lane.paint")).toBeNull();
    expect(jobNamed("constructor")).toBeNull();
  });

  it.each([
    ["a number for an id", jobs.planCampaign, { campaignId: 12 }],
    ["an id that is no positive integer", jobs.planCampaign, { campaignId: "0" }],
    ["a field beside the ids", jobs.planCampaign, { campaignId: "12", name: "Spring" }],
    ["a revision below zero", jobs.writeVariant, { variantId: "1", revision: -1 }],
    ["a lane that is not there", jobs.pumpLane, { channel: "email", lane: laneCount }],
    ["half a lane", jobs.pumpLane, { channel: "email", lane: 0.5 }],
    ["a channel that could not stand in a job id", jobs.pumpLane, { channel: "e:mail", lane: 0 }],
    ["no channel", jobs.pumpLane, { channel: "", lane: 0 }],
  ])("refuses %s", (_what, job, payload) => {
    expect(job.payload.safeParse(payload).success).toBe(false);
  });
});

describe("a job's id", () => {
  const withId = (id: string) =>
    defineJob({ name: "thing.do", queue: "plan", payload: z.strictObject({}), id: () => id });

  it.each(["", "12", "a:b", "-1", "a b", "ä", `a${"b".repeat(200)}`])(
    "may not be %j, which a queue cannot keep",
    (id) => {
      expect(() => withId(id).id({})).toThrow("cannot be a job id");
    },
  );
});

describe("what does not compile", () => {
  const nothing = async () => {};
  const handlers = {
    planCampaign: nothing,
    writeVariant: nothing,
    writeCopy: nothing,
    launchRuns: nothing,
    expandAudience: nothing,
    pumpLane: nothing,
    pumpUrgent: nothing,
  };

  it("a handler that is missing, or wants another payload or world", () => {
    type World = { readonly now: () => Date };
    handlers satisfies Handlers<World>;
    const { pumpLane, ...withoutPump } = handlers;
    // @ts-expect-error -- pumpLane has no handler
    withoutPump satisfies Handlers<World>;
    const wantsText = async (_world: World, _payload: { lane: string }) => {};
    // @ts-expect-error -- a lane is a number
    ({ ...handlers, pumpLane: wantsText }) satisfies Handlers<World>;
    const wantsMore = async (_world: World & { db: string }) => {};
    // @ts-expect-error -- this world has no db
    ({ ...handlers, pumpLane: wantsMore }) satisfies Handlers<World>;
    expect(pumpLane).toBe(nothing);
  });

  it("a knock of no job, or with another job's payload", () => {
    const knocks = (producer: Producer) => [
      producer.knock("pumpLane", { channel: "email", lane: 3 }),
      // @ts-expect-error -- there is no such job
      producer.knock("paintLane", { channel: "email", lane: 3 }),
      // @ts-expect-error -- that is expandAudience's payload
      producer.knock("pumpLane", { runId: "1" }),
    ];
    expect(knocks).toBeTypeOf("function");
  });
});
