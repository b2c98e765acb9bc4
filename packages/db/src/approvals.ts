/** Approvals: a named person's yes to one content hash, these segment versions and this many contacts. */
import type { Id } from "@chorus/core/id";
import { asJson } from "./audit.ts";
import { lockCampaign, type NotTaken, refuseStep, takeStep, voidApprovals } from "./campaign-step.ts";
import type { Approval as ApprovalRow, Prisma } from "./generated/client.ts";
import type { Db } from "./open.ts";

/** Version by segment id. */
export type SegmentVersions = Readonly<Record<Id, number>>;

export type Approval = {
  readonly id: Id;
  readonly personId: Id;
  readonly personName: string;
  readonly contentHash: string;
  readonly segmentVersions: SegmentVersions;
  readonly audienceSize: number;
  readonly at: Date;
  readonly voidedAt: Date | null;
  readonly voidedBecause: string | null;
};

export type Approved = { is: "approved"; approval: Approval } | NotTaken;

/** `version` is the campaign's at the time its words were read: whatever changed since makes the approval stale. */
export async function approveCampaign(
  db: Db,
  of: {
    workspaceId: Id;
    campaignId: Id;
    version: number;
    personId: Id;
    contentHash: string;
    segmentVersions: SegmentVersions;
    audienceSize: number;
  },
): Promise<Approved> {
  return await db.prisma.$transaction(async (tx): Promise<Approved> => {
    const locked = await lockCampaign(tx, { workspaceId: of.workspaceId, id: of.campaignId });
    const refusal = refuseStep(locked, { action: "approve", version: of.version });
    if (refusal || !locked) return refusal ?? { is: "missing" };
    await voidApprovals(tx, locked, "approved anew");
    const row = await tx.approval.create({
      data: {
        workspaceId: BigInt(of.workspaceId),
        campaignId: BigInt(of.campaignId),
        personId: BigInt(of.personId),
        contentHash: of.contentHash,
        segmentVersions: asJson(of.segmentVersions),
        audienceSize: BigInt(of.audienceSize),
      },
    });
    const detail = { contentHash: of.contentHash, audienceSize: of.audienceSize, segmentVersions: of.segmentVersions };
    await takeStep(tx, locked, { action: "approve", personId: of.personId, detail });
    return { is: "approved", approval: fromRow(row, await nameOf(tx, row)) };
  });
}

/** The newest approval of a campaign, voided or not; null when nobody ever said yes. */
export async function lastApproval(db: Db, of: { workspaceId: Id; campaignId: Id }): Promise<Approval | null> {
  const row = await db.prisma.approval.findFirst({
    where: { campaignId: BigInt(of.campaignId), workspaceId: BigInt(of.workspaceId) },
    orderBy: { id: "desc" },
  });
  return row ? fromRow(row, await nameOf(db.prisma, row)) : null;
}

async function nameOf(client: Prisma.TransactionClient, row: ApprovalRow): Promise<string> {
  const person = await client.person.findUniqueOrThrow({ where: { id: row.personId }, select: { name: true } });
  return person.name;
}

function fromRow(row: ApprovalRow, personName: string): Approval {
  return {
    id: row.id.toString(),
    personId: row.personId.toString(),
    personName,
    contentHash: row.contentHash,
    segmentVersions: row.segmentVersions as SegmentVersions,
    audienceSize: Number(row.audienceSize),
    at: row.at,
    voidedAt: row.voidedAt,
    voidedBecause: row.voidedBecause,
  };
}
