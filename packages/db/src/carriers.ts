/** Which provider account carries a channel for a workspace, and whether that provider asked us to wait. */
import type { Id } from "@chorus/core/id";
import type { Carrier as CarrierRow } from "./generated/client.ts";
import type { Db } from "./open.ts";

export type CarrierRecord = {
  readonly id: Id;
  readonly workspaceId: Id;
  readonly channel: string;
  /** The channel package's name of the provider, such as "twilio". */
  readonly provider: string;
  /** Which of the provider's accounts, in words that may be shown: never a secret. */
  readonly account: string;
  readonly blockedUntil: Date | null;
  readonly blockedBecause: string | null;
};

/** One carrier per workspace and channel. Another provider or account takes the place of the one before, and its block. */
export async function ensureCarrier(
  db: Db,
  of: { workspaceId: Id; channel: string; provider: string; account: string },
): Promise<CarrierRecord> {
  const workspaceId = BigInt(of.workspaceId);
  const channelNo = db.channels.noOf(of.channel);
  const key = { workspaceId_channelNo: { workspaceId, channelNo } };
  const existing = await db.prisma.carrier.findUnique({ where: key });
  const { provider, account } = of;
  if (existing?.provider === provider && existing.account === account) return fromRow(db, existing);
  const row = await db.prisma.carrier.upsert({
    where: key,
    create: { workspaceId, channelNo, provider, account },
    update: { provider, account, blockedUntil: null, blockedBecause: null },
  });
  return fromRow(db, row);
}

export async function listCarriers(db: Db, workspaceId: Id): Promise<CarrierRecord[]> {
  const rows = await db.prisma.carrier.findMany({
    where: { workspaceId: BigInt(workspaceId) },
    orderBy: { id: "asc" },
  });
  return rows.map((row) => fromRow(db, row));
}

/** For a provider's callback, which names a carrier and no workspace. */
export async function getCarrier(db: Db, id: Id): Promise<CarrierRecord | null> {
  const row = await db.prisma.carrier.findUnique({ where: { id: BigInt(id) } });
  return row && fromRow(db, row);
}

const fromRow = (db: Db, row: CarrierRow): CarrierRecord => ({
  id: row.id.toString(),
  workspaceId: row.workspaceId.toString(),
  channel: db.channels.idOf(row.channelNo),
  provider: row.provider,
  account: row.account,
  blockedUntil: row.blockedUntil,
  blockedBecause: row.blockedBecause,
});

/** Whether the carrier's provider can be asked later if it took a message; doubts of others are left to a person. */
export async function noteCanAsk(db: Db, id: Id, canAsk: boolean): Promise<void> {
  await db.prisma.carrier.update({ where: { id: BigInt(id) }, data: { canAsk } });
}
