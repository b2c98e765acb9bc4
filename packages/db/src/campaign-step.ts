/**
 * The one door through which a campaign changes. The row is locked, core's table judges the step, the version moves,
 * what was approved is voided unless the step keeps it, and the audit line is written: all in one transaction.
 */
import type { CampaignAction, CampaignState } from "@chorus/core/campaign";
import { moveCampaign } from "@chorus/core/campaign";
import type { Id } from "@chorus/core/id";
import { writeAudit } from "./audit.ts";
import type { Prisma } from "./generated/client.ts";

export type LockedCampaign = {
  readonly id: Id;
  readonly workspaceId: Id;
  readonly state: CampaignState;
  readonly version: number;
  readonly authorId: Id;
  /** The database's clock, read with the lock. */
  readonly now: Date;
};

/** Why a step was not taken. Nothing was written then. */
export type NotTaken =
  | { is: "missing" }
  /** Somebody else changed it since the version the caller saw. */
  | { is: "stale"; version: number }
  | { is: "refused"; state: CampaignState; because: string };

/** Waits for whoever else is changing this campaign, and answers null when the workspace has none of that id. */
export async function lockCampaign(
  tx: Prisma.TransactionClient,
  of: { workspaceId: Id; id: Id },
): Promise<LockedCampaign | null> {
  const rows = await tx.$queryRaw<{ state: CampaignState; version: number; author_id: bigint; now: Date }[]>`
    select state, version, author_id, chorus_now() as now from campaign
     where id = ${BigInt(of.id)} and workspace_id = ${BigInt(of.workspaceId)} for update`;
  const row = rows[0];
  return row
    ? { ...of, state: row.state, version: row.version, authorId: row.author_id.toString(), now: row.now }
    : null;
}

/** Judges a step on a locked row without writing. Null: it may be taken. */
export function refuseStep(
  locked: LockedCampaign | null,
  of: { action: CampaignAction; version?: number | undefined },
): NotTaken | null {
  if (!locked) return { is: "missing" };
  if (of.version !== undefined && of.version !== locked.version) return { is: "stale", version: locked.version };
  const move = moveCampaign(locked.state, of.action);
  return move.is === "refused" ? { is: "refused", state: locked.state, because: move.because } : null;
}

/** What was approved stays approved only through these. */
const keepsApproval: readonly CampaignAction[] = ["approve", "schedule", "unschedule", "finish", "written"];

export type Step = {
  readonly action: CampaignAction;
  readonly personId: Id | null;
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Columns that change with the step. */
  readonly data?: Prisma.CampaignUpdateInput;
};

/** Takes a step that `refuseStep` has let pass, and answers the state it led to. */
export async function takeStep(
  tx: Prisma.TransactionClient,
  locked: LockedCampaign,
  step: Step,
): Promise<CampaignState> {
  const move = moveCampaign(locked.state, step.action);
  if (move.is === "refused") throw new Error(move.because);
  await tx.campaign.update({
    where: { id: BigInt(locked.id) },
    data: { ...step.data, state: move.to, version: { increment: 1 }, updatedAt: locked.now },
  });
  if (!keepsApproval.includes(step.action)) await voidApprovals(tx, locked, step.action);
  await writeAudit(tx, {
    workspaceId: locked.workspaceId,
    personId: step.personId,
    action: `campaign.${step.action}`,
    subject: `campaign:${locked.id}`,
    detail: { from: locked.state, to: move.to, ...step.detail },
  });
  return move.to;
}

/** An approval that is voided stays on record with the reason. */
export async function voidApprovals(
  tx: Prisma.TransactionClient,
  locked: LockedCampaign,
  because: string,
): Promise<void> {
  await tx.approval.updateMany({
    where: { campaignId: BigInt(locked.id), voidedAt: null },
    data: { voidedAt: locked.now, voidedBecause: because },
  });
}

/** Renaming is no change of content: the approval stays and so does the state, but the version moves. */
export async function renameCampaign(
  tx: Prisma.TransactionClient,
  locked: LockedCampaign,
  of: { name: string; personId: Id },
): Promise<void> {
  await tx.campaign.update({
    where: { id: BigInt(locked.id) },
    data: { name: of.name, version: { increment: 1 }, updatedAt: locked.now },
  });
  await writeAudit(tx, {
    workspaceId: locked.workspaceId,
    personId: of.personId,
    action: "campaign.rename",
    subject: `campaign:${locked.id}`,
    detail: { name: of.name },
  });
}
