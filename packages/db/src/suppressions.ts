/** Which addresses must not be used. They are kept as keyed hashes, so they can be asked after and not listed. */
import type { Id, MessageRef } from "@chorus/core/id";
import { type SuppressionReason, type SuppressionScope, scopeOf } from "@chorus/core/suppression";
import { notifySql } from "./fence.ts";
import type { Db, Sql } from "./open.ts";

export type Suppression = {
  readonly scope: SuppressionScope;
  readonly reason: SuppressionReason;
  /** Who or what said so: `api`, `reply`, `link`, … */
  readonly source: string;
  readonly at: Date;
};

export type AddressOf = { readonly workspaceId: Id; readonly channel: string; readonly addressHash: Uint8Array };

export async function listSuppressions(db: Db, of: AddressOf): Promise<Suppression[]> {
  const { rows } = await db.sql.query<Suppression>(
    `select scope, reason, source, at from suppression
      where workspace_id = $1 and channel_no = $2 and address_hash = $3 order by scope`,
    [of.workspaceId, db.channels.noOf(of.channel), of.addressHash],
  );
  return rows;
}

type Channels = Pick<Db, "channels">;
type Because = { readonly reason: SuppressionReason; readonly source: string };

/** Writes a suppression; one that is there already stays as it is. */
export async function suppress(db: Channels, sql: Sql, of: AddressOf & Because): Promise<void> {
  await sql.query(
    `insert into suppression (workspace_id, channel_no, address_hash, scope, reason, source) values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing returning ${notifySql("addressHash", "encode(address_hash, 'hex')")}`,
    [of.workspaceId, db.channels.noOf(of.channel), of.addressHash, scopeOf(of.reason), of.reason, of.source],
  );
}

type Reader = Because & { readonly workspaceId: Id; readonly channel: string; readonly message: MessageRef };

/** Of the address the message went to, whichever a report names: a report is anybody's text, the ledger is ours. */
export async function suppressReader(db: Channels, sql: Sql, { message, ...of }: Reader): Promise<void> {
  const { rows } = await sql.query<{ address_hash: Buffer }>(
    `select address_hash from message
      where run_id = $1 and id = $2 and workspace_id = $3 and channel_no = $4 and address_hash is not null`,
    [message.runId, message.messageId, of.workspaceId, db.channels.noOf(of.channel)],
  );
  const [reader] = rows;
  if (reader) await suppress(db, sql, { ...of, addressHash: reader.address_hash });
}
