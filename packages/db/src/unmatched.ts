/** Reports of providers and mail servers that name no message of ours: kept as they came, for a person to read. */
import type { Id } from "@chorus/core/id";
import type { Db } from "./open.ts";

export type UnmatchedReport = {
  readonly channel: string;
  readonly receivedAt: Date;
  /** What could be read of it, in our words. */
  readonly detail: string;
  /** Its beginning, as it came. Anybody may have written it. */
  readonly raw: string;
  /** Where it stands in the list, to go on behind it. */
  readonly position: string;
};

/** Newest first. */
export async function listUnmatched(
  db: Db,
  of: { workspaceId: Id; limit: number; after: string | null },
): Promise<UnmatchedReport[]> {
  const { rows } = await db.sql.query<UnmatchedReport>(
    `select c.id as channel, e.received_at as "receivedAt", e.detail ->> 'detail' as detail, e.detail ->> 'raw' as raw,
            concat_ws('/', e.received_at, e.carrier_id, e.key) as position
       from carrier k join provider_event e on e.carrier_id = k.id and e.kind = 'unmatched' join channel c on c.no = k.channel_no
      where k.workspace_id = $1
        and ($3::text is null or (e.received_at, e.carrier_id, e.key) <
             (split_part($3, '/', 1)::timestamptz, split_part($3, '/', 2)::bigint, split_part($3, '/', 3)))
      order by e.received_at desc, e.carrier_id desc, e.key desc limit $2`,
    [of.workspaceId, of.limit, of.after],
  );
  return rows;
}
