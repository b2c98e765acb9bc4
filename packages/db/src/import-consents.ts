/** Consents that come with contacts: a line in the ledger for each that changed, and never a withdrawal undone. */
import type { Id } from "@chorus/core/id";
import type { Slot } from "./contact-merge.ts";
import type { ChannelNumbers, Sql } from "./open.ts";

/**
 * A file says what somebody agreed to once. Who has withdrawn since is not signed up again by an old list: only they
 * themselves can do that. Answers how many withdrawals were kept against the file.
 */
export async function importConsents(
  sql: Sql,
  of: { workspaceId: Id; channels: ChannelNumbers; slots: readonly Slot[]; ids: ReadonlyMap<Slot, Id> },
): Promise<number> {
  const wanted = of.slots.flatMap((slot) =>
    (slot.entry?.consents ?? []).map((each) => ({
      contactId: of.ids.get(slot),
      channelNo: of.channels.noOf(each.channel),
      state: each.state,
      source: slot.entry?.consentSource,
    })),
  );
  if (wanted.length === 0) return 0;
  const { rows } = await sql.query<{ kept: string }>(
    `with wanted as (
       select * from unnest($2::bigint[], $3::smallint[], $4::text[], $5::text[]) as w(contact_id, channel_no, state, source)
     ),
     compared as (
       select w.*, k.state as present from wanted w
         left join lateral (
           select state from consent where contact_id = w.contact_id and channel_no = w.channel_no and purpose = 'marketing' limit 1
         ) as k on true
     ),
     line as (
       insert into consent_event (workspace_id, contact_id, channel_no, purpose, state, evidence)
       select $1, contact_id, channel_no, 'marketing', case state when 'granted' then state else 'withdrawn' end,
              jsonb_build_object('source', source)
         from compared
        where (present = 'granted' and state <> 'granted') or (coalesce(present, 'none') = 'none' and state <> 'declined')
       returning id, contact_id, channel_no, purpose, state
     ),
     newest as (
       insert into consent (contact_id, channel_no, purpose, state, event_id)
       select contact_id, channel_no, purpose, state, id from line
       on conflict (contact_id, channel_no, purpose) do update set state = excluded.state, event_id = excluded.event_id
     )
     select count(*) as kept from compared where present = 'withdrawn' and state = 'granted'`,
    [
      of.workspaceId,
      wanted.map((each) => each.contactId),
      wanted.map((each) => each.channelNo),
      wanted.map((each) => each.state),
      wanted.map((each) => each.source),
    ],
  );
  return Number(rows[0]?.kept ?? 0);
}
