/** Finds what single sends name: contacts, destinations, owners of addresses, and approved copy. */
import type { FactSheet } from "@chorus/core/fact";
import type { Id } from "@chorus/core/id";
import type { Contents } from "@chorus/core/variant";
import type { QueryConfig, QueryResultRow } from "pg";
import type { Db } from "./open.ts";
import { hashOf } from "./runs.ts";

export type Known = { readonly id: Id; readonly locale: string };
export type Recipients = {
  readonly byId: ReadonlyMap<Id, Known>;
  readonly byExternalId: ReadonlyMap<string, Known>;
  /** By channel and hash in hex, with a space between. */
  readonly owners: ReadonlyMap<string, Known>;
  readonly destinations: ReadonlyMap<Id, Known & { readonly channel: string }>;
};

/** What another workspace has is not found. */
export async function findRecipients(
  db: Db,
  of: {
    workspaceId: Id;
    contactIds: readonly Id[];
    externalIds: readonly string[];
    destinationIds: readonly Id[];
    addresses: readonly { channel: string; hash: Uint8Array }[];
  },
): Promise<Recipients> {
  const [contacts, owners, destinations] = await Promise.all([
    findNamed<Known & { externalId: string }>(db, [...of.contactIds, ...of.externalIds], {
      name: "named-contacts",
      text: `select id, external_id as "externalId", locale from contact
              where workspace_id = $1 and (id = any($2) or external_id = any($3))`,
      values: [of.workspaceId, of.contactIds, of.externalIds],
    }),
    findNamed<Known & { channelNo: number; hash: Buffer }>(db, of.addresses, {
      name: "owners-of-addresses",
      text: `select c.id, c.locale, a.channel_no as "channelNo", a.hash from address a join contact c on c.id = a.contact_id
              where a.workspace_id = $1 and a.hash = any($2) and a.channel_no = any($3)`,
      values: [
        of.workspaceId,
        of.addresses.map((each) => each.hash),
        [...new Set(of.addresses.map((each) => db.channels.noOf(each.channel)))],
      ],
    }),
    findNamed<Known & { channelNo: number }>(db, of.destinationIds, {
      name: "named-destinations",
      text: `select id, locale, channel_no as "channelNo" from destination where workspace_id = $1 and id = any($2)`,
      values: [of.workspaceId, of.destinationIds],
    }),
  ]);
  return {
    byId: new Map(contacts.map((row) => [row.id, row])),
    byExternalId: new Map(contacts.map((row) => [row.externalId, row])),
    owners: new Map(owners.map((row) => [`${db.channels.idOf(row.channelNo)} ${row.hash.toString("hex")}`, row])),
    destinations: new Map(destinations.map((row) => [row.id, { ...row, channel: db.channels.idOf(row.channelNo) }])),
  };
}

/** Asks nothing for a request that names nobody of the kind. */
async function findNamed<Row extends QueryResultRow>(
  db: Db,
  named: readonly unknown[],
  statement: QueryConfig,
): Promise<Row[]> {
  return named.length === 0 ? [] : (await db.ledger.query<Row>(statement)).rows;
}

export type ApprovedVariant = Known & {
  readonly contents: Contents;
  readonly facts: FactSheet;
  /** Whether a person said yes to exactly what it holds now. */
  readonly isApproved: boolean;
};

/** Null when the workspace has no such variant. */
export async function findApprovedVariant(db: Db, of: { workspaceId: Id; id: Id }): Promise<ApprovedVariant | null> {
  const { rows } = await db.sql.query<
    Omit<ApprovedVariant, "isApproved"> & { campaignId: Id; approvedHash: string | null }
  >(
    `select v.id, v.locale, v.contents, v.facts, v.campaign_id as "campaignId",
            (select a.content_hash from approval a where a.campaign_id = v.campaign_id and a.voided_at is null order by a.id desc limit 1) as "approvedHash"
       from variant v where v.id = $1 and v.workspace_id = $2`,
    [of.id, of.workspaceId],
  );
  const row = rows[0];
  if (!row) return null;
  return {
    ...row,
    isApproved: row.approvedHash !== null && row.approvedHash === (await hashOf(db.sql, row.campaignId)),
  };
}
