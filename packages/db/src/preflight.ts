/** What would happen if a campaign went out now: counted by the very SQL that plans it. */
import type { Id } from "@chorus/core/id";
import { channelsOf, type Plan } from "@chorus/core/plan";
import { answeredWithin, type Db } from "./open.ts";
import { compileRule, openParams } from "./segment-sql.ts";
import { compilePosts, compileVariants, compileVerdict, linesSql } from "./verdict-sql.ts";

export type ChannelPreflight = {
  readonly planned: number;
  readonly willSend: number;
  readonly skipped: Readonly<Record<string, number>>;
  /** Messages that a live workspace holds back for a while; a sandbox shows them and sends. */
  readonly hold: Readonly<Record<string, number>>;
};
export type Preflight = {
  /** Contacts in the audience, before anyone is excluded. */
  readonly audienceSize: number;
  readonly channels: Readonly<Record<string, ChannelPreflight>>;
  readonly segments: readonly { readonly id: Id | null; readonly contacts: number }[];
};

/** It looks at everyone: what may rightly take long. */
const countedWithinMs = 120_000;

export async function preflight(db: Db, plan: Plan): Promise<Preflight> {
  const params = openParams();
  const verdict = compileVerdict(plan, db.channels, { params, contacts: "true" });
  const statement = `with ${verdict}, ${compileVariants(plan, params)}, ${linesSql}, ${compilePosts(plan, db.channels, { params })}
     select channel_no, null::bigint as segment_id, reason, hold, count(*) from lines group by channel_no, reason, hold
     union all
     select channel_no, null, null, null, count(*) from posts group by channel_no
     union all
     select null, segment_id, null, null, count(*) from page group by segment_id`;
  const { rows } = await db.sql.query<{
    channel_no: number | null;
    segment_id: Id | null;
    reason: string | null;
    hold: string | null;
    count: string;
  }>(answeredWithin(countedWithinMs, statement, params.values));
  const segments = rows
    .filter((row) => row.channel_no === null)
    .map((row) => ({ id: row.segment_id, contacts: Number(row.count) }));
  return {
    audienceSize: segments.reduce((sum, segment) => sum + segment.contacts, 0),
    segments,
    channels: Object.fromEntries(
      channelsOf(plan).map((channel) => {
        const no = db.channels.noOf(channel);
        return [channel, countChannel(rows.filter((row) => row.channel_no === no))];
      }),
    ),
  };
}

/** Contacts in the audience: all that a launch asks, which a million people are waiting for. */
export async function countAudience(db: Db, plan: Plan): Promise<number> {
  const params = openParams();
  const rule = compileRule(plan.audience, params, "clock.now");
  const statement = `with clock as materialized (select chorus_now() as now)
     select count(*) from contact c, clock where c.workspace_id = ${params.add(plan.workspaceId, "bigint")} and ${rule}`;
  const { rows } = await db.sql.query<{ count: string }>(answeredWithin(countedWithinMs, statement, params.values));
  return Number(rows[0]?.count);
}

function countChannel(
  rows: readonly { reason: string | null; hold: string | null; count: string }[],
): ChannelPreflight {
  const skipped: Record<string, number> = {};
  const hold: Record<string, number> = {};
  let planned = 0;
  for (const row of rows) {
    const count = Number(row.count);
    planned += count;
    if (row.reason) skipped[row.reason] = (skipped[row.reason] ?? 0) + count;
    else if (row.hold) hold[row.hold] = (hold[row.hold] ?? 0) + count;
  }
  const willSend = planned - Object.values(skipped).reduce((a, b) => a + b, 0);
  return { planned, willSend, skipped, hold };
}
