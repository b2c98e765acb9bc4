/** Contacts as they are: found, and seen with everything that decides whether they may be written to. */
import type { ConsentState } from "@chorus/core/consent";
import type { Contact } from "@chorus/core/contact";
import type { Id } from "@chorus/core/id";
import type { Contact as ContactRow, Prisma } from "./generated/client.ts";
import { literally } from "./like.ts";
import type { Db } from "./open.ts";

export type StoredContact = Contact & { readonly createdAt: Date; readonly updatedAt: Date };

export type ContactView = StoredContact & {
  readonly addresses: readonly { channel: string; value: string; suppressions: readonly SuppressionLine[] }[];
  readonly consents: readonly { channel: string; purpose: string; state: ConsentState; source: string; at: Date }[];
};
export type SuppressionLine = {
  readonly scope: string;
  readonly reason: string;
  readonly source: string;
  readonly at: Date;
};

/** In the order they came, those with an id above `after`. `q` is the beginning of an external id or a first name, or an address's hash. */
export async function listContacts(
  db: Db,
  of: {
    workspaceId: Id;
    limit: number;
    after: Id | null;
    q?: string | undefined;
    hashes?: readonly Uint8Array[] | undefined;
  },
): Promise<StoredContact[]> {
  const startsWith = { startsWith: literally(of.q ?? ""), mode: "insensitive" } as const;
  const found: Prisma.ContactWhereInput[] = [{ externalId: startsWith }, { firstName: startsWith }];
  if (of.hashes?.length)
    found.push({ addresses: { some: { hash: { in: of.hashes.map((hash) => new Uint8Array(hash)) } } } });
  const rows = await db.prisma.contact.findMany({
    where: {
      workspaceId: BigInt(of.workspaceId),
      id: { gt: BigInt(of.after ?? 0) },
      ...(of.q === undefined ? {} : { OR: found }),
    },
    orderBy: { id: "asc" },
    take: of.limit,
  });
  return rows.map(fromRow);
}

export async function getContact(db: Db, of: { workspaceId: Id; id: Id }): Promise<ContactView | null> {
  const row = await db.prisma.contact.findFirst({
    where: { id: BigInt(of.id), workspaceId: BigInt(of.workspaceId) },
    include: { addresses: { orderBy: { channelNo: "asc" } } },
  });
  if (!row) return null;
  const suppressions = await db.prisma.suppression.findMany({
    where: { workspaceId: row.workspaceId, addressHash: { in: row.addresses.map((each) => each.hash) } },
  });
  return {
    ...fromRow(row),
    addresses: row.addresses.map((each) => ({
      channel: db.channels.idOf(each.channelNo),
      value: each.value,
      suppressions: suppressions.filter(
        (line) => line.channelNo === each.channelNo && Buffer.from(line.addressHash).equals(each.hash),
      ),
    })),
    consents: await consentsOf(db, row.id),
  };
}

async function consentsOf(db: Db, contactId: bigint): Promise<ContactView["consents"]> {
  const { rows } = await db.sql.query<{
    channelNo: number;
    purpose: string;
    state: ConsentState;
    source: string;
    at: Date;
  }>(
    `select k.channel_no as "channelNo", k.purpose, k.state, coalesce(e.evidence ->> 'source', '') as source, e.at
       from consent k join consent_event e on e.contact_id = k.contact_id and e.id = k.event_id where k.contact_id = $1 order by k.channel_no, k.purpose`,
    [contactId],
  );
  return rows.map(({ channelNo, ...rest }) => ({ channel: db.channels.idOf(channelNo), ...rest }));
}

const fromRow = (row: ContactRow): StoredContact => ({
  id: row.id.toString(),
  externalId: row.externalId,
  firstName: row.firstName,
  fields: row.fields as Contact["fields"],
  locale: row.locale,
  timeZone: row.timeZone,
  country: row.country,
  profiling: row.profiling,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});
