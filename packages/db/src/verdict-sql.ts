/**
 * The one verdict: who is in the audience, in which segment, and whether each channel may reach them.
 * Preview, preflight and expansion all run this SQL; `judge` and `matches` in core are what it must agree with.
 */
import { messageClasses } from "@chorus/core/message";
import type { Plan } from "@chorus/core/plan";
import { angleSql } from "./angle-sql.ts";
import type { ChannelNumbers } from "./open.ts";
import { cappedSql, consentedSql, opensSql, quietSql, refusalSql, suppressedSql, zonesSql } from "./rules-sql.ts";
import { compileRule, type Params } from "./segment-sql.ts";

const hours = { zones: "zones", from: "hour_from", to: "hour_to" };

/**
 * Two common table expressions. `page`: contacts of the audience with `segment_id`, `message_locale` and `angle_place`.
 * `judged`: page × channel with `address_hash, reason (null: may be sent), hold, not_before, class`.
 * `run`: the SQL of the run's id; without it everyone gets an angle as in some run.
 */
export function compileVerdict(
  plan: Plan,
  channels: ChannelNumbers,
  of: { params: Params; contacts: string; now?: string; run?: string },
): string {
  const { params, contacts, now = "clock.now", run = "0" } = of;
  return `clock as materialized (select chorus_now() as now),
  page as materialized (
    select c.id, c.workspace_id, ${zonesSql("c")} as zones, ${compileSegment(plan, params, now)} as segment_id, ${localeOf(plan, params)} as message_locale,
           ${angleSql(plan.angles, { run, reader: "c.id" })} as angle_place
      from contact c, clock
     where c.workspace_id = ${params.add(plan.workspaceId, "bigint")} and ${compileRule(plan.audience, params, now)} and ${contacts}
  ),
  rules as (${rulesTable(plan, channels, params)}),
  measured as materialized (
    select p.id as contact_id, p.segment_id, p.message_locale, p.angle_place, r.*, a.hash as address_hash,
           of_place.zones, ${quietSql({ ...hours, zones: "of_place.zones", at: "clock.now" })} as quiet,
           ${suppressedSql({ workspace: "p.workspace_id", channel: "r.channel_no", addressHash: "a.hash", class: "r.class" })} as suppressed,
           ${consentedSql({ contact: "p.id", channel: "r.channel_no" })} as consented,
           ${cappedSql({ contact: "p.id", channel: "r.channel_no", class: "r.class", count: "r.cap_count", days: "r.cap_days", now: "clock.now" })} as capped
      from clock, page p cross join rules r
      left join address a on a.contact_id = p.id and a.channel_no = r.channel_no
     cross join lateral (select coalesce(p.zones, array[r.time_zone]) as zones) of_place
  ),
  judged as (
    select contact_id, segment_id, message_locale, angle_place, channel_no, address_hash, class, waits,
           coalesce(${refusalSql({ noAddress: "address_hash is null", suppressed: "suppressed", noConsent: "needs_consent and not consented" })},
                    case when capped and waits then 'frequency_cap' end) as reason,
           case when capped then 'frequency_cap'
                when quiet then 'quiet_hours' end as hold,
           case when quiet and waits then ${opensSql({ ...hours, now: "clock.now" })} else clock.now end as not_before
      from clock, measured
  )`;
}

/** `variants`, in the plan's order: what there is to read. `angle_place`: which of the plan's angles it has. */
export function compileVariants({ variants, angles }: Plan, params: Params): string {
  const placeOf = (of: Plan["variants"][number]) =>
    angles.findIndex(({ angle, tone }) => angle === of.angle && tone === of.tone);
  const column = (type: string, pick: (each: Plan["variants"][number]) => unknown) =>
    params.add(variants.map(pick), `${type}[]`);
  return `variants as (
    select * from unnest(${column("bigint", (each) => each.id)}, ${column("bigint", (each) => each.segmentId)},
                         ${column("text", (each) => each.locale)}, ${column("integer", placeOf)})
      with ordinality as v(id, segment_id, locale, angle_place, place)
  )`;
}

/** `lines`: every message of the ledger to come. `judged` with the variant that is read; whom there is none for is skipped. */
export const linesSql = `lines as (
    select j.contact_id, j.channel_no, j.address_hash, j.segment_id, j.message_locale, v.id as variant_id, j.class, j.hold, j.not_before,
           case when v.id is null then coalesce(j.reason, 'no_variant') else j.reason end as reason
      from judged j left join variants v
        on v.segment_id is not distinct from j.segment_id and v.locale = j.message_locale and v.angle_place = j.angle_place
  )`;

/** `posts`: every public post to come. One for each destination and segment's variant, in the destination's own language. */
export function compilePosts(
  plan: Plan,
  channels: ChannelNumbers,
  { params, run = "0" }: { params: Params; run?: string },
): string {
  const numbers = plan.publicChannels.map((channel) => channels.noOf(channel));
  return `posts as (
    select distinct on (d.id, v.segment_id) d.id as destination_id, d.channel_no, v.id as variant_id, v.segment_id, v.locale
      from destination d cross join variants v
     where d.workspace_id = ${params.add(plan.workspaceId, "bigint")} and d.channel_no = any(${params.add(numbers, "smallint[]")})
       and v.angle_place = ${angleSql(plan.angles, { run, reader: "d.id" })}
     order by d.id, v.segment_id, v.locale = d.locale desc, split_part(v.locale, '-', 1) = split_part(d.locale, '-', 1) desc, v.place
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
