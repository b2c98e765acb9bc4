/** What a token in a message stands for, read without a trace: looking at a link changes nothing. */
import type { Id } from "@chorus/core/id";
import type { LinkRef } from "@chorus/core/link-token";
import { pickAt } from "@chorus/core/picks";
import { linkUrlSql } from "./link-url-sql.ts";
import type { Db } from "./open.ts";

export type LinkTarget = {
  readonly workspaceId: Id;
  /** The language the message was written in. */
  readonly locale: string;
  /** The sender as the reader of the message knows it. */
  readonly brand: string;
  /** False for a public post, which nobody can be unsubscribed from. */
  readonly isToContact: boolean;
  /** Null for the unsubscribe link, and for a number the variant never had. */
  readonly url: string | null;
};

/** Works as long as the message's row stands, whatever became of its run. Null: there never was such a message. */
export async function findLink(db: Db, ref: LinkRef): Promise<LinkTarget | null> {
  const { rows } = await db.sql.query<LinkTarget>(
    `select m.workspace_id as "workspaceId", m.locale, coalesce(w.voice ->> 'brand', w.name) as brand,
            m.address_hash is not null as "isToContact", ${linkUrlSql} as url
       from message m join workspace w on w.id = m.workspace_id left join variant v on v.id = m.variant_id
       left join send s on s.run_id = m.run_id and s.message_id = m.id
       left join message_picks k on k.run_id = m.run_id and k.message_id = m.id
      where m.run_id = $1 and m.id = $2`,
    [ref.runId, ref.messageId, ref.link, pickAt(ref.link)],
  );
  const row = rows[0];
  return row ? { ...row, url: ref.link > 0 ? row.url : null } : null;
}
