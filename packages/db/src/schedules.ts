/** When a campaign goes out, and how it is called off. All under the campaign's lock, which the launch takes too. */
import type { CampaignState } from "@chorus/core/campaign";
import type { Id } from "@chorus/core/id";
import type { RunState } from "@chorus/core/run";
import { nextRuns, type Repeat } from "@chorus/core/schedule";
import { asJson, writeAudit } from "./audit.ts";
import { type LockedCampaign, lockCampaign, type NotTaken, refuseStep, takeStep } from "./campaign-step.ts";
import { Prisma } from "./generated/client.ts";
import type { Db } from "./open.ts";

export type Scheduled = { is: "scheduled"; at: Date } | NotTaken;

/**
 * `version` is the campaign's when its approval was looked at. A moment that was missed may be set anew, and so may the rule
 * of a campaign that repeats; `at` is the first time it fires.
 */
export async function scheduleCampaign(
  db: Db,
  of: { workspaceId: Id; id: Id; version: number; personId: Id; at: Date; repeat?: Repeat | null },
): Promise<Scheduled> {
  return await db.prisma.$transaction(async (tx): Promise<Scheduled> => {
    const locked = await lockCampaign(tx, of);
    const refusal = refuseStep(locked, { action: "schedule", version: of.version });
    if (refusal || !locked) return refusal ?? { is: "missing" };
    if (locked.state === "scheduled" && !(await isStillToCome(tx, locked)))
      return refused(locked, "This campaign is going out already. Cancel it to stop it.");
    const campaignId = BigInt(locked.id);
    const set = { nextAt: of.at, repeat: of.repeat ? asJson(of.repeat) : Prisma.DbNull };
    await tx.schedule.upsert({
      where: { campaignId },
      create: { workspaceId: BigInt(of.workspaceId), campaignId, ...set },
      update: set,
    });
    const detail = { at: of.at.toISOString(), ...(of.repeat && { repeat: of.repeat }) };
    await takeStep(tx, locked, { action: "schedule", personId: of.personId, detail });
    return { is: "scheduled", at: of.at };
  });
}

const refused = (locked: LockedCampaign, because: string): NotTaken => ({
  is: "refused",
  state: locked.state,
  because,
});

/** What fires again and again can be set anew until it ends; what fires once, until it has. A missed moment launched nothing. */
async function isStillToCome(tx: Prisma.TransactionClient, locked: LockedCampaign): Promise<boolean> {
  const campaignId = BigInt(locked.id);
  const schedule = await tx.schedule.findUnique({ where: { campaignId } });
  if (schedule?.nextAt && schedule.repeat !== null) return true;
  const run = await tx.run.findFirst({ where: { campaignId }, orderBy: { id: "desc" }, select: { state: true } });
  return run === null || run.state === "missed";
}

export type ScheduleSight = {
  readonly repeat: Repeat | null;
  /** The zone to show its times in: the rule's own, or the workspace's. */
  readonly timeZone: string;
  /** The next few times it fires, soonest first; none when nothing is planned. */
  readonly nextRuns: readonly Date[];
};

const shownRuns = 5;

/** Null: it was never scheduled. */
export async function readSchedule(db: Db, of: { workspaceId: Id; campaignId: Id }): Promise<ScheduleSight | null> {
  const { rows } = await db.sql.query<{ repeat: Repeat | null; nextAt: Date | null; timeZone: string }>(
    `select s.repeat, s.next_at as "nextAt", coalesce(s.repeat ->> 'timeZone', w.time_zone) as "timeZone"
       from schedule s join workspace w on w.id = s.workspace_id where s.campaign_id = $1 and s.workspace_id = $2`,
    [of.campaignId, of.workspaceId],
  );
  const row = rows[0];
  if (!row) return null;
  const { repeat, nextAt, timeZone } = row;
  if (!nextAt) return { repeat, timeZone, nextRuns: [] };
  const later = repeat ? nextRuns(repeat, nextAt, shownRuns - 1) : [];
  return { repeat, timeZone, nextRuns: [nextAt, ...later] };
}

/**
 * Ends the schedule; what is going out goes on. The campaign is done when it has gone out and nothing of it is open, and
 * approved as before when nothing of it ever went out.
 */
export async function endSchedule(
  db: Db,
  of: { workspaceId: Id; id: Id; personId: Id },
): Promise<{ is: "ended"; state: CampaignState } | NotTaken> {
  return await db.prisma.$transaction(async (tx) => {
    const locked = await lockCampaign(tx, of);
    const refusal = refuseStep(locked, { action: "unschedule" });
    if (refusal || !locked) return refusal ?? { is: "missing" };
    const { count } = await clearSchedule(tx, locked);
    if (count === 0) return refused(locked, "Nothing more is planned for this campaign.");
    const subject = `campaign:${locked.id}`;
    await writeAudit(tx, { ...of, action: "schedule.end", subject });
    if (await hasRunIn(tx, locked, openStates)) return { is: "ended", state: locked.state };
    const action = (await hasRunIn(tx, locked, ["finished", "cancelled"])) ? "finish" : "unschedule";
    return { is: "ended", state: await takeStep(tx, locked, { action, personId: of.personId }) };
  });
}

const clearSchedule = (tx: Prisma.TransactionClient, locked: LockedCampaign) =>
  tx.schedule.updateMany({
    where: { campaignId: BigInt(locked.id), nextAt: { not: null } },
    data: { nextAt: null },
  });

export type CampaignCancelled =
  | { is: "cancelled"; state: CampaignState }
  /** It is going out: its runs are what must be cancelled. Nothing more is launched. */
  | { is: "has_run" }
  | NotTaken;

/** Calls off a campaign, or, where it is going out, what would have gone out later. */
export async function cancelCampaign(
  db: Db,
  of: { workspaceId: Id; id: Id; personId: Id },
): Promise<CampaignCancelled> {
  return await db.prisma.$transaction(async (tx): Promise<CampaignCancelled> => {
    const locked = await lockCampaign(tx, of);
    if (locked) await clearSchedule(tx, locked);
    if (locked && (await hasRunIn(tx, locked, openStates))) return { is: "has_run" };
    const refusal = refuseStep(locked, { action: "cancel" });
    if (refusal || !locked) return refusal ?? { is: "missing" };
    return { is: "cancelled", state: await takeStep(tx, locked, { action: "cancel", personId: of.personId }) };
  });
}

const openStates: RunState[] = ["sending", "paused", "held", "cancelling"];

const hasRunIn = async (tx: Prisma.TransactionClient, locked: LockedCampaign, states: RunState[]): Promise<boolean> =>
  (await tx.run.count({ where: { campaignId: BigInt(locked.id), state: { in: states } } })) > 0;
