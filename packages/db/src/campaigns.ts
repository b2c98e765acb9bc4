/** Campaigns: what a workspace means to say, to whom and where. Ids are decimal strings. */
import type { Angle } from "@chorus/core/angle";
import type { Brief } from "@chorus/core/brief";
import type { CampaignAction, CampaignState } from "@chorus/core/campaign";
import type { Id } from "@chorus/core/id";
import type { Rule } from "@chorus/core/segment";
import { asJson, writeAudit } from "./audit.ts";
import type { NotTaken } from "./campaign-step.ts";
import { lockCampaign, refuseStep, renameCampaign, takeStep } from "./campaign-step.ts";
import type { Campaign as CampaignRow, Prisma } from "./generated/client.ts";
import type { Db } from "./open.ts";

export type CampaignContent = {
  readonly name: string;
  readonly brief: Brief;
  readonly audience: Rule;
  /** In order: the first match wins. */
  readonly segmentIds: readonly Id[];
  readonly channels: readonly string[];
  readonly locales: readonly string[];
  readonly angles: readonly Angle[];
};

export type Campaign = CampaignContent & {
  readonly id: Id;
  readonly workspaceId: Id;
  readonly state: CampaignState;
  readonly authorId: Id;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** Takes content that the API has checked; segments must be the workspace's own (`segmentNames`). */
export async function createCampaign(
  db: Db,
  of: CampaignContent & { workspaceId: Id; authorId: Id },
): Promise<Campaign> {
  const row = await db.prisma.$transaction(async (tx) => {
    const created = await tx.campaign.create({
      data: {
        workspaceId: BigInt(of.workspaceId),
        authorId: BigInt(of.authorId),
        name: of.name,
        brief: asJson(of.brief),
        audience: asJson(of.audience),
        channels: [...of.channels],
        locales: [...of.locales],
        angles: asJson(of.angles),
        segmentIds: of.segmentIds.map(BigInt),
      },
    });
    await writeAudit(tx, {
      workspaceId: of.workspaceId,
      personId: of.authorId,
      action: "campaign.create",
      subject: `campaign:${created.id}`,
    });
    return created;
  });
  return fromRow(row);
}

/** Newest first, those with an id below `before`. */
export async function listCampaigns(
  db: Db,
  of: { workspaceId: Id; limit: number; before?: Id | undefined },
): Promise<Campaign[]> {
  const rows = await db.prisma.campaign.findMany({
    where: { workspaceId: BigInt(of.workspaceId), ...(of.before ? { id: { lt: BigInt(of.before) } } : {}) },
    orderBy: { id: "desc" },
    take: of.limit,
  });
  return rows.map(fromRow);
}

export async function getCampaign(db: Db, of: { workspaceId: Id; id: Id }): Promise<Campaign | null> {
  const row = await db.prisma.campaign.findFirst({
    where: { id: BigInt(of.id), workspaceId: BigInt(of.workspaceId) },
  });
  return row ? fromRow(row) : null;
}

/** Names by id; an id that is no segment of the workspace is not among them. */
export async function segmentNames(
  db: Db,
  of: { workspaceId: Id; ids: readonly Id[] },
): Promise<ReadonlyMap<Id, string>> {
  const rows = await db.prisma.segment.findMany({
    where: { workspaceId: BigInt(of.workspaceId), id: { in: of.ids.map(BigInt) } },
    select: { id: true, name: true },
  });
  return new Map(rows.map((row) => [row.id.toString(), row.name]));
}

export type Changed = { is: "changed"; campaign: Campaign } | NotTaken;

/** Changes a campaign that is still at `version`. Anything but the name leads back to draft and voids an approval. */
export async function changeCampaign(
  db: Db,
  of: { workspaceId: Id; id: Id; version: number; personId: Id; change: Partial<CampaignContent> },
): Promise<Changed> {
  const { name, ...content } = of.change;
  const onlyName = Object.keys(content).length === 0;
  return await db.prisma.$transaction(async (tx): Promise<Changed> => {
    const locked = await lockCampaign(tx, of);
    if (!locked) return { is: "missing" };
    if (locked.version !== of.version) return { is: "stale", version: locked.version };
    if (onlyName) {
      if (name !== undefined) await renameCampaign(tx, locked, { name, personId: of.personId });
    } else {
      const refusal = refuseStep(locked, { action: "change" });
      if (refusal) return refusal;
      const detail = { fields: Object.keys(of.change) };
      await takeStep(tx, locked, { action: "change", personId: of.personId, detail, data: columnsOf(of.change) });
    }
    return { is: "changed", campaign: await readLocked(tx, of.id) };
  });
}

/** A step that moves the state and nothing else, such as `plan`. */
export async function stepCampaign(
  db: Db,
  of: { workspaceId: Id; id: Id; version: number; personId: Id | null; action: CampaignAction },
): Promise<Changed> {
  return await db.prisma.$transaction(async (tx): Promise<Changed> => {
    const locked = await lockCampaign(tx, of);
    const refusal = refuseStep(locked, of);
    if (refusal || !locked) return refusal ?? { is: "missing" };
    await takeStep(tx, locked, of);
    return { is: "changed", campaign: await readLocked(tx, of.id) };
  });
}

async function readLocked(tx: Prisma.TransactionClient, id: Id): Promise<Campaign> {
  return fromRow(await tx.campaign.findUniqueOrThrow({ where: { id: BigInt(id) } }));
}

function columnsOf(change: Partial<CampaignContent>): Prisma.CampaignUpdateInput {
  return {
    ...(change.name === undefined ? {} : { name: change.name }),
    ...(change.brief === undefined ? {} : { brief: asJson(change.brief) }),
    ...(change.audience === undefined ? {} : { audience: asJson(change.audience) }),
    ...(change.channels === undefined ? {} : { channels: [...change.channels] }),
    ...(change.locales === undefined ? {} : { locales: [...change.locales] }),
    ...(change.angles === undefined ? {} : { angles: asJson(change.angles) }),
    ...(change.segmentIds === undefined ? {} : { segmentIds: change.segmentIds.map(BigInt) }),
  };
}

/** The JSON columns hold what core's schemas let in. */
function fromRow(row: CampaignRow): Campaign {
  return {
    id: row.id.toString(),
    workspaceId: row.workspaceId.toString(),
    name: row.name,
    state: row.state as CampaignState,
    brief: row.brief as Brief,
    audience: row.audience as Rule,
    channels: row.channels,
    locales: row.locales,
    angles: row.angles as Angle[],
    segmentIds: row.segmentIds.map(String),
    authorId: row.authorId.toString(),
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
