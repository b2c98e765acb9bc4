/** Finds what single sends name: contacts, destinations, owners of addresses, and approved copy. */
import type { FactSheet } from "@chorus/core/fact";
import type { Id } from "@chorus/core/id";
import type { Contents } from "@chorus/core/variant";
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
    db.sql.query<Known & { externalId: string }>(
      `select id, external_id as "externalId", locale from contact
        where workspace_id = $1 and (id = any($2) or external_id = any($3))`,
      [of.workspaceId, of.contactIds, of.externalIds],
    ),
    db.sql.query<Known & { channelNo: number; hash: Buffer }>(
      `select c.id, c.locale, a.channel_no as "channelNo", a.hash from address a join contact c on c.id = a.contact_id
        where a.workspace_id = $1 and a.hash = any($2) and a.channel_no = any($3)`,
      [
        of.workspaceId,
        of.addresses.map((each) => each.hash),
        [...new Set(of.addresses.map((each) => db.channels.noOf(each.channel)))],
      ],
    ),
    db.sql.query<Known & { channelNo: number }>(
      `select id, locale, channel_no as "channelNo" from destination where workspace_id = $1 and id = any($2)`,
      [of.workspaceId, of.destinationIds],
    ),
  ]);
  return {
    byId: new Map(contacts.rows.map((row) => [row.id, row])),
    byExternalId: new Map(contacts.rows.map((row) => [row.externalId, row])),
    owners: new Map(owners.rows.map((row) => [`${db.channels.idOf(row.channelNo)} ${row.hash.toString("hex")}`, row])),
    destinations: new Map(
      destinations.rows.map((row) => [row.id, { ...row, channel: db.channels.idOf(row.channelNo) }]),
    ),
  };
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
