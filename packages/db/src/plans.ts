/** Builds the plan of a campaign: what preflight counts now and a run is frozen to at launch. */
import type { Angle } from "@chorus/core/angle";
import type { Channel } from "@chorus/core/channel";
import type { Id } from "@chorus/core/id";
import { permissionRules } from "@chorus/core/permission";
import type { Plan } from "@chorus/core/plan";
import type { Rule } from "@chorus/core/segment";
import type { Sql } from "./open.ts";

type CampaignRow = {
  workspaceId: Id;
  kind: "live" | "sandbox";
  timeZone: string;
  audience: Rule;
  channels: string[];
  locales: string[];
  angles: Angle[];
  segmentIds: Id[];
};

/** null when there is no such campaign. Reads segments in their newest version, in the campaign's order. */
export async function buildPlan(sql: Sql, campaignId: Id, channels: readonly Channel[]): Promise<Plan | null> {
  const { rows } = await sql.query<CampaignRow>(
    `select w.id as "workspaceId", w.kind, w.time_zone as "timeZone", c.audience, c.channels, c.locales, c.angles, c.segment_ids as "segmentIds"
       from campaign c join workspace w on w.id = c.workspace_id where c.id = $1`,
    [campaignId],
  );
  const campaign = rows[0];
  if (!campaign) return null;
  const segments = await sql.query<{ id: Id; version: number; rule: Rule }>(
    `select s.id, s.version, s.rule from unnest($1::bigint[]) with ordinality as wanted(id, place)
       join segment s on s.id = wanted.id where s.workspace_id = $2 order by wanted.place`,
    [campaign.segmentIds, campaign.workspaceId],
  );
  const variants = await sql.query<Plan["variants"][number]>(
    `select id, segment_id as "segmentId", locale, angle, tone, revision from variant where campaign_id = $1 and state = 'written' order by id`,
    [campaignId],
  );
  const used = channels.filter((channel) => campaign.channels.includes(channel.id));
  return {
    workspaceId: campaign.workspaceId,
    audience: campaign.audience,
    segments: segments.rows,
    rules: Object.fromEntries(
      used
        .filter((channel) => channel.traits.reach === "one_contact")
        .map((channel) => [
          channel.id,
          permissionRules(channel.traits, { class: "marketing", kind: campaign.kind, timeZone: campaign.timeZone }),
        ]),
    ),
    publicChannels: used.filter((channel) => channel.traits.reach === "public").map((channel) => channel.id),
    locales: campaign.locales,
    angles: campaign.angles,
    variants: variants.rows,
  };
}

/** `{ segmentId: version }`: what an approval and a run are bound to. */
export const segmentVersions = (plan: Plan): Record<Id, number> =>
  Object.fromEntries(plan.segments.map((segment) => [segment.id, segment.version]));
