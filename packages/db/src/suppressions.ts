/** Which addresses must not be used. They are kept as keyed hashes, so they can be asked after and not listed. */
import type { Id } from "@chorus/core/id";
import type { SuppressionReason, SuppressionScope } from "@chorus/core/suppression";
import type { Db } from "./open.ts";

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
