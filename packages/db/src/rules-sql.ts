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

/** Never null: a rule without hours, or a place without a local time, is never quiet. */
export const quietSql = (of: { local: string; from: string; to: string }): string =>
  `coalesce(extract(hour from ${of.local}) < ${of.from} or extract(hour from ${of.local}) >= ${of.to}, false)`;

/** The moment a quiet hour ends, as seen on the clock of that place. */
export const opensSql = (of: { local: string; zone: string; from: string; to: string }): string =>
  `(date_trunc('day', ${of.local}) + make_interval(hours => ${of.from})
     + case when extract(hour from ${of.local}) >= ${of.to} then interval '1 day' else interval '0' end) at time zone ${of.zone}`;
