/** Own accounts and channels that public posts go to. */
import type { Id } from "@chorus/core/id";
import type { Destination as DestinationRow } from "./generated/client.ts";
import type { Db } from "./open.ts";

export type Destination = {
  readonly id: Id;
  readonly channel: string;
  readonly name: string;
  /** In the channel's own normal form. */
  readonly address: string;
  readonly locale: string;
};

/** The same address again is the same destination with its new name and locale. */
export async function saveDestination(db: Db, of: Omit<Destination, "id"> & { workspaceId: Id }): Promise<Destination> {
  const workspaceId = BigInt(of.workspaceId);
  const channelNo = db.channels.noOf(of.channel);
  const { name, address, locale } = of;
  const row = await db.prisma.destination.upsert({
    where: { workspaceId_channelNo_address: { workspaceId, channelNo, address } },
    create: { workspaceId, channelNo, address, name, locale },
    update: { name, locale },
  });
  return fromRow(db, row);
}

/** In the order they were made, those with an id above `after`. */
export async function listDestinations(
  db: Db,
  of: { workspaceId: Id; limit: number; after?: Id | null | undefined },
): Promise<Destination[]> {
  const rows = await db.prisma.destination.findMany({
    where: { workspaceId: BigInt(of.workspaceId), id: { gt: BigInt(of.after ?? 0) } },
    orderBy: { id: "asc" },
    take: of.limit,
  });
  return rows.map((row) => fromRow(db, row));
}

const fromRow = (db: Db, row: DestinationRow): Destination => ({
  id: row.id.toString(),
  channel: db.channels.idOf(row.channelNo),
  name: row.name,
  address: row.address,
  locale: row.locale,
});
