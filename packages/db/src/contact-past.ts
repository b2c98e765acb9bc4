/** A contact as it was at some moment, as far as that was kept. */
import type { Contact } from "@chorus/core/contact";
import type { Id } from "@chorus/core/id";
import type { Db } from "./open.ts";

export type ContactThen = Contact | "since_changed" | "erased";

/**
 * A change is kept where a message had been planned by what was before; until that was done, any change hides it.
 * `steadyMs`: for so long before, it must have been the same.
 */
export async function contactAt(db: Db, contactId: Id, at: Date, steadyMs = 0): Promise<ContactThen> {
  const { rows } = await db.sql.query<Contact & { isKnown: boolean }>(
    `select c.id, t.external_id as "externalId", t.first_name as "firstName", t.fields, t.locale, t.time_zone as "timeZone",
            t.country, t.profiling, (k.contacts_kept_from <= $2 or c.updated_at <= $3) and not exists (
              select 1 from contact_past where contact_id = c.id and until > $3 and until <= $2) as "isKnown"
       from contact c cross join books_check k
      cross join lateral (
        select external_id, first_name, fields, locale, time_zone, country, profiling, until
          from contact_past where contact_id = c.id and until > $2
         union all
        select c.external_id, c.first_name, c.fields, c.locale, c.time_zone, c.country, c.profiling, 'infinity'
         order by until limit 1) t
      where c.id = $1`,
    [contactId, at, new Date(at.getTime() - steadyMs)],
  );
  const row = rows[0];
  if (!row) return "erased";
  const { isKnown, ...contact } = row;
  return isKnown ? contact : "since_changed";
}
