/**
 * The one verdict: who is in the audience, in which segment, and whether each channel may reach them.
 * Preview, preflight and expansion all run this SQL; `judge` and `matches` in core are what it must agree with.
 */
import { messageClasses } from "@chorus/core/message";
import type { Plan } from "@chorus/core/plan";
import type { ChannelNumbers } from "./open.ts";
import { cappedSql, consentedSql, opensSql, quietSql, refusalSql, suppressedSql } from "./rules-sql.ts";
import { compileRule, type Params } from "./segment-sql.ts";

const hours = { local: "local", from: "hour_from", to: "hour_to" };

/**
 * Two common table expressions. `page`: contacts of the audience with `segment_id` and `message_locale`.
 * `judged`: page × channel with `address_hash, reason (null: may be sent), hold, not_before, class`.
 */
export function compileVerdict(
  plan: Plan,
  channels: ChannelNumbers,
  of: { params: Params; contacts: string; now?: string },
): string {
  const { params, contacts, now = "clock.now" } = of;
  return `clock as materialized (select chorus_now() as now),
  page as materialized (
    select c.id, c.workspace_id, c.time_zone, ${compileSegment(plan, params, now)} as segment_id, ${localeOf(plan, params)} as message_locale
      from contact c, clock
     where c.workspace_id = ${params.add(plan.workspaceId, "bigint")} and ${compileRule(plan.audience, params, now)} and ${contacts}
  ),
  rules as (${rulesTable(plan, channels, params)}),
  measured as (
    select p.id as contact_id, p.segment_id, p.message_locale, r.*, a.hash as address_hash,
           clock.now at time zone coalesce(p.time_zone, r.time_zone) as local,
           coalesce(p.time_zone, r.time_zone) as zone,
           ${suppressedSql({ workspace: "p.workspace_id", channel: "r.channel_no", addressHash: "a.hash", class: "r.class" })} as suppressed,
           ${consentedSql({ contact: "p.id", channel: "r.channel_no" })} as consented,
           ${cappedSql({ contact: "p.id", channel: "r.channel_no", count: "r.cap_count", days: "r.cap_days", now: "clock.now" })} as capped
      from clock, page p cross join rules r
      left join address a on a.contact_id = p.id and a.channel_no = r.channel_no
  ),
  judged as materialized (
    select contact_id, segment_id, message_locale, channel_no, address_hash, class, waits,
           coalesce(${refusalSql({ noAddress: "address_hash is null", suppressed: "suppressed", noConsent: "needs_consent and not consented" })},
                    case when capped and waits then 'frequency_cap' end) as reason,
           case when capped then 'frequency_cap'
                when quiet then 'quiet_hours' end as hold,
           case when quiet and waits then ${opensSql({ ...hours, zone: "zone" })} else clock.now end as not_before
      from clock, measured
     cross join lateral (select ${quietSql(hours)} as quiet) as of_place
  )`;
}

/** The segment of a contact row named `c`, by first match; null is everyone else, as is whoever declined profiling. */
export function compileSegment(plan: Plan, params: Params, now: string): string {
  const cases = plan.segments.map(
    (segment) => `when ${compileRule(segment.rule, params, now)} then ${params.add(segment.id, "bigint")}`,
  );
  return cases.length > 0 ? `(case when not c.profiling then null ${cases.join(" ")} end)` : "null::bigint";
}

/** The same choice as `pickLocale` in core/variant. */
function localeOf(plan: Plan, params: Params): string {
  const [first = null, ...others] = plan.locales;
  if (others.length === 0) return params.add(first, "text");
  const sameLanguage = plan.locales.map((locale) => {
    const language = params.add(locale.split("-")[0], "text");
    return `when ${language} then ${params.add(locale, "text")}`;
  });
  return `(case when c.locale = any(${params.add(plan.locales, "text[]")}) then c.locale
    else case split_part(c.locale, '-', 1) ${sameLanguage.join(" ")} else ${params.add(first, "text")} end end)`;
}

function rulesTable(plan: Plan, channels: ChannelNumbers, params: Params): string {
  const rules = Object.entries(plan.rules);
  const column = (type: string, pick: (each: (typeof rules)[number]) => unknown) =>
    params.add(rules.map(pick), `${type}[]`);
  return `select * from unnest(
      ${column("smallint", ([channel]) => channels.noOf(channel))}, ${column("smallint", ([, rule]) => messageClasses[rule.class])},
      ${column("boolean", ([, rule]) => rule.needsConsent)}, ${column("boolean", ([, rule]) => rule.holds === "wait")},
      ${column("integer", ([, rule]) => rule.hours?.from ?? null)}, ${column("integer", ([, rule]) => rule.hours?.to ?? null)},
      ${column("integer", ([, rule]) => rule.cap?.count ?? null)}, ${column("integer", ([, rule]) => rule.cap?.days ?? null)},
      ${column("text", ([, rule]) => rule.timeZone)})
    as r(channel_no, class, needs_consent, waits, hour_from, hour_to, cap_count, cap_days, time_zone)`;
}
