/**
 * Each rule of `judge` in core, once, as SQL over column expressions: preview, preflight and expansion ask them of
 * contacts, permit asks them again of messages.
 */
import { messageClasses } from "@chorus/core/message";

const { marketing } = messageClasses;

export const suppressedSql = (of: { workspace: string; channel: string; addressHash: string; class: string }): string =>
  `exists (select 1 from suppression u where u.workspace_id = ${of.workspace} and u.channel_no = ${of.channel}
            and u.address_hash = ${of.addressHash} and (u.scope = 'all' or ${of.class} = ${marketing}))`;

export const consentedSql = (of: { contact: string; channel: string }): string =>
  `exists (select 1 from consent k where k.contact_id = ${of.contact} and k.channel_no = ${of.channel}
            and k.purpose = 'marketing' and k.state = 'granted')`;

/** Why a message is skipped whenever it is asked; null: no rule is against it. The first reason wins. */
export const refusalSql = (of: { noAddress: string; suppressed: string; noConsent: string }): string =>
  `case when ${of.noAddress} then 'no_address' when ${of.suppressed} then 'suppressed' when ${of.noConsent} then 'no_consent' end`;

/** A cap that a plan may find reached; permits count for a whole batch at once (prisma/migrations/0011_caps). */
export const cappedSql = (of: {
  contact: string;
  channel: string;
  class: string;
  count: string;
  days: string;
  now: string;
}): string =>
  `${of.count} is not null and ${of.count} <= (
     select sent from sent_since(${of.contact}, ${of.channel}, ${of.class}, ${of.now} - make_interval(days => ${of.days})))`;

/** Where a contact may live: their own zone, else every one of their country; null when nobody knows. */
export const zonesSql = (contact: string): string =>
  `case when ${contact}.time_zone is not null then array[${contact}.time_zone]
        else (select o.zones from country_zone o where o.country = ${contact}.country) end`;

type Hours = { zones: string; from: string; to: string };

/** Quiet is what is quiet in any of the zones. Never null: a rule without hours is never quiet. */
export const quietSql = (of: Hours & { at: string }): string =>
  `(${of.from} is not null and exists (
     select 1 from unnest(${of.zones}) z cross join lateral (select date_part('hour', ${of.at} at time zone z) as hour) l
      where l.hour < ${of.from} or l.hour >= ${of.to}))`;

/**
 * The next moment that is quiet in none of them, which is when one of them opens next. Where no moment fits them all it is looked
 * for again in a day, until the message's life is over.
 */
export const opensSql = (of: Hours & { now: string }): string =>
  `coalesce((
     select min(o.at) from unnest(${of.zones}) z cross join lateral (select ${of.now} at time zone z as now) l
      cross join lateral (select (date_trunc('day', l.now) + make_interval(
        days => (date_part('hour', l.now) >= ${of.from})::int, hours => ${of.from})) at time zone z as at) o
      where not ${quietSql({ ...of, at: "o.at" })}), ${of.now} + interval '1 day')`;
