/** When a campaign goes out, and how it is called off. Both under the campaign's lock, which the launch takes too. */
import type { CampaignState } from "@chorus/core/campaign";
import type { Id } from "@chorus/core/id";
import { type LockedCampaign, lockCampaign, type NotTaken, refuseStep, takeStep } from "./campaign-step.ts";
import type { Prisma } from "./generated/client.ts";
import type { Db } from "./open.ts";

export type Scheduled = { is: "scheduled"; at: Date } | NotTaken;

/** `version` is the campaign's when its approval was looked at. A moment that was missed may be set anew. */
export async function scheduleCampaign(
  db: Db,
  of: { workspaceId: Id; id: Id; version: number; personId: Id; at: Date },
): Promise<Scheduled> {
  return await db.prisma.$transaction(async (tx): Promise<Scheduled> => {
    const locked = await lockCampaign(tx, of);
    const refusal = refuseStep(locked, { action: "schedule", version: of.version });
    if (refusal || !locked) return refusal ?? { is: "missing" };
    if (locked.state === "scheduled" && (await hasFired(tx, locked)))
      return {
        is: "refused",
        state: locked.state,
        because: "This campaign is going out already. Cancel it to stop it.",
      };
    const campaignId = BigInt(locked.id);
    await tx.schedule.upsert({
      where: { campaignId },
      create: { workspaceId: BigInt(of.workspaceId), campaignId, nextAt: of.at },
      update: { nextAt: of.at },
    });
    await takeStep(tx, locked, { action: "schedule", personId: of.personId, detail: { at: of.at.toISOString() } });
    return { is: "scheduled", at: of.at };
  });
}

/** When a campaign will fire; null when nothing is planned. */
export async function scheduledAt(db: Db, of: { workspaceId: Id; campaignId: Id }): Promise<Date | null> {
  const row = await db.prisma.schedule.findFirst({
    where: { campaignId: BigInt(of.campaignId), workspaceId: BigInt(of.workspaceId) },
    select: { nextAt: true },
  });
  return row?.nextAt ?? null;
}

export type CampaignCancelled =
  | { is: "cancelled"; state: CampaignState }
  /** It is going out: its run is what must be cancelled. */
  | { is: "has_run"; runId: Id }
  | NotTaken;

/** Calls off a campaign that is not going out. */
export async function cancelCampaign(
  db: Db,
  of: { workspaceId: Id; id: Id; personId: Id },
): Promise<CampaignCancelled> {
  return await db.prisma.$transaction(async (tx): Promise<CampaignCancelled> => {
    const locked = await lockCampaign(tx, of);
    const run = locked && (await openRun(tx, locked));
    if (run) return { is: "has_run", runId: run.id.toString() };
    const refusal = refuseStep(locked, { action: "cancel" });
    if (refusal || !locked) return refusal ?? { is: "missing" };
    await tx.schedule.updateMany({ where: { campaignId: BigInt(locked.id) }, data: { nextAt: null } });
    return { is: "cancelled", state: await takeStep(tx, locked, { action: "cancel", personId: of.personId }) };
  });
}

const openStates = ["sending", "paused", "held", "cancelling"];

const openRun = (tx: Prisma.TransactionClient, locked: LockedCampaign) =>
  tx.run.findFirst({
    where: { campaignId: BigInt(locked.id), state: { in: openStates } },
    orderBy: { id: "desc" },
    select: { id: true },
  });

/** A schedule that was missed launched nothing, so it has not fired in this sense. */
async function hasFired(tx: Prisma.TransactionClient, locked: LockedCampaign): Promise<boolean> {
  const run = await tx.run.findFirst({
    where: { campaignId: BigInt(locked.id) },
    orderBy: { id: "desc" },
    select: { state: true },
  });
  return run !== null && run.state !== "missed";
}
