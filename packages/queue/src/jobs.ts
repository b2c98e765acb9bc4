/**
 * Every job there is. A job is a knock on the door: it says only that it may be worth looking again. The rows decide
 * what is done, so a job may be lost, come twice, or be ignored because one of the same id still waits or runs; the
 * sweep knocks again.
 */
import { id } from "@chorus/core/id";
import { laneCount, urgentClasses, urgentLaneCount } from "@chorus/core/plan";
import { z } from "zod";
import { defineJob, type JobDefinition } from "./define-job.ts";

const laneOf = (count: number) =>
  z
    .number()
    .int()
    .min(0)
    .max(count - 1);
const channel = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, "a channel id is a lower-case word");

export const jobs = {
  /** Cuts the audience into segments and makes the slots for the variants that are needed. */
  planCampaign: defineJob({
    name: "campaign.plan",
    queue: "plan",
    payload: z.strictObject({ campaignId: id }),
    id: (payload) => `plan-${payload.campaignId}`,
  }),
  /** Writes one revision of one variant. */
  writeVariant: defineJob({
    name: "variant.write",
    queue: "write",
    payload: z.strictObject({ variantId: id, revision: z.number().int().nonnegative() }),
    id: (payload) => `write-${payload.variantId}-${payload.revision}`,
    isKept: true,
  }),
  /** Writes one revision of one copy. */
  writeCopy: defineJob({
    name: "copy.write",
    queue: "write",
    payload: z.strictObject({ copyId: id, revision: z.number().int().nonnegative() }),
    id: (payload) => `copy-${payload.copyId}-${payload.revision}`,
    isKept: true,
  }),
  /** Looks for schedules that have come due and starts their runs. */
  launchRuns: defineJob({
    name: "runs.launch",
    queue: "plan",
    payload: z.strictObject({}),
    id: () => "launch-runs",
  }),
  /** Writes the next page of a run's ledger. */
  expandAudience: defineJob({
    name: "audience.expand",
    queue: "expand",
    payload: z.strictObject({ runId: id }),
    id: (payload) => `expand-${payload.runId}`,
    isKept: true,
  }),
  /** Sends what campaigns have due in one lane, until the lane is empty. */
  pumpLane: defineJob({
    name: "lane.pump",
    queue: "send",
    payload: z.strictObject({ channel, lane: laneOf(laneCount) }),
    id: (payload) => `pump-${payload.channel}-${payload.lane}`,
  }),
  /** The same for a lane of what may not wait behind a campaign: in a queue of its own, so that its workers are free. */
  pumpUrgent: defineJob({
    name: "urgent.pump",
    queue: "urgent",
    payload: z.strictObject({ channel, class: z.enum(urgentClasses), lane: laneOf(urgentLaneCount) }),
    id: (payload) => `urgent-${payload.channel}-${payload.class}-${payload.lane}`,
  }),
};

export type JobName = keyof typeof jobs;
export type Payloads = { [Name in JobName]: z.output<(typeof jobs)[Name]["payload"]> };
/** The catalog, seen so that a job's name, its payload and its handler stay tied to each other in generic code. */
export const catalog: { readonly [Name in JobName]: JobDefinition<Payloads[Name]> } = jobs;

const byStoredName = new Map<string, JobName>();
for (const key of Object.keys(jobs)) if (isJobName(key)) byStoredName.set(jobs[key].name, key);

function isJobName(key: string): key is JobName {
  return Object.hasOwn(jobs, key);
}

/** The catalog's key for the name a job is stored under; null for a job of another release. */
export function jobNamed(storedName: string): JobName | null {
  return byStoredName.get(storedName) ?? null;
}
