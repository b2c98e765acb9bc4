/** The book of model calls, and what a workspace lets them cost. */
import type { Id } from "@chorus/core/id";
import { type Db, inTransaction, type Sql } from "./open.ts";

/** Micros of the currency of the model's prices; null: no cap. */
export type CopyCaps = {
  readonly month: number | null;
  readonly campaign: number | null;
  readonly callsPerMinute: number | null;
};

export type CallOf = {
  readonly workspaceId: Id;
  readonly campaignId: Id | null;
  readonly variantId: Id | null;
  readonly key: string;
  readonly prompt: string;
  readonly model: string;
  /** What it may cost at most, in micros; null where the model has no price. */
  readonly atMost: number | null;
};

/** "over": the scopes that have no room, such as `2026-11` or `campaign:17`. "unpriced": there is a cap, and nothing to hold against it. */
export type Opened =
  | { readonly is: "known"; readonly model: string; readonly answer: string }
  | { readonly is: "open"; readonly id: Id }
  | { readonly is: "over"; readonly scopes: readonly string[] }
  | { readonly is: "unpriced" }
  | { readonly is: "busy"; readonly retryAfterMs: number };

const minuteMs = 60_000;

/** Looks and takes under one lock of the workspace's spending, so that two calls never share the last of it. */
export async function openCall(db: Pick<Db, "sql">, call: CallOf): Promise<Opened> {
  return await inTransaction(db, async (sql): Promise<Opened> => {
    const known = await readKnown(sql, call);
    if (known) return { is: "known", ...known };
    const { rows: scopes } = await sql.query<{ scope: string; cap: string | null; perMinute: number | null }>(
      `select s.scope, s.cap, w.copy_calls_per_minute as "perMinute"
         from workspace w
        cross join lateral (values (to_char(chorus_now() at time zone 'utc', 'YYYY-MM'), w.copy_month_cap),
                                   ('campaign:' || $2::text, w.copy_campaign_cap)) as s(scope, cap)
        where w.id = $1 and s.scope is not null`,
      [call.workspaceId, call.campaignId],
    );
    if (call.atMost === null && scopes.some(({ cap }) => cap !== null)) return { is: "unpriced" };
    const atMost = call.atMost ?? 0;
    const names = scopes.map(({ scope }) => scope).sort();
    await sql.query(
      "insert into copy_spend (workspace_id, scope) select $1, unnest($2::text[]) on conflict do nothing",
      [call.workspaceId, names],
    );
    const { rows: spent } = await sql.query<{ scope: string; total: string }>(
      "select scope, spent + reserved as total from copy_spend where workspace_id = $1 and scope = any($2) order by scope for update",
      [call.workspaceId, names],
    );
    const over = spent.filter(({ scope, total }) => {
      const cap = scopes.find((each) => each.scope === scope)?.cap ?? null;
      return cap !== null && Number(total) + atMost > Number(cap);
    });
    if (over.length > 0) return { is: "over", scopes: over.map(({ scope }) => scope) };
    const busyMs = await waitOf(sql, call.workspaceId, scopes[0]?.perMinute ?? null);
    if (busyMs !== null) return { is: "busy", retryAfterMs: busyMs };
    await sql.query("update copy_spend set reserved = reserved + $3 where workspace_id = $1 and scope = any($2)", [
      call.workspaceId,
      names,
      atMost,
    ]);
    const { rows } = await sql.query<{ id: Id }>(
      `insert into model_call (workspace_id, campaign_id, variant_id, key, prompt, model, scopes, reserved)
       values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
      [call.workspaceId, call.campaignId, call.variantId, call.key, call.prompt, call.model, names, atMost],
    );
    return { is: "open", id: rows[0]?.id ?? "" };
  });
}

/** What was answered to the same before; that it served once more is noted, and costs nothing. */
async function readKnown(sql: Sql, call: CallOf): Promise<{ model: string; answer: string } | null> {
  const { rows } = await sql.query<{ model: string; answer: string }>(
    `with known as (
       select model, answer, parameters, request_id from model_call
        where workspace_id = $1 and key = $2 and outcome = 'answered' order by id desc limit 1
     ),
     noted as (
       insert into model_call (workspace_id, campaign_id, variant_id, key, prompt, model, scopes, reserved, cost, outcome, parameters, request_id, settled_at)
       select $1, $3, $4, $2, $5, model, '{}', 0, 0, 'known', parameters, request_id, chorus_now() from known
     )
     select model, answer from known`,
    [call.workspaceId, call.key, call.campaignId, call.variantId, call.prompt],
  );
  return rows[0] ?? null;
}

/** Until the oldest of the last minute's calls is a minute old; null: there is room for one. */
async function waitOf(sql: Sql, workspaceId: Id, perMinute: number | null): Promise<number | null> {
  if (perMinute === null) return null;
  const { rows } = await sql.query<{ ageMs: number }>(
    `select extract(epoch from chorus_now() - at)::float8 * 1000 as "ageMs" from model_call
      where workspace_id = $1 and outcome is distinct from 'known' and at > chorus_now() - interval '1 minute' order by at desc offset $2 - 1 limit 1`,
    [workspaceId, perMinute],
  );
  return rows[0] ? Math.max(1, Math.ceil(minuteMs - rows[0].ageMs)) : null;
}

export type CallCost = {
  readonly tokensIn: number;
  readonly tokensCached: number;
  readonly tokensOut: number;
  readonly latencyMs: number;
  readonly requestId: string | null;
  readonly micros: number;
};

export type CallEnded = {
  readonly id: Id;
  readonly outcome: string;
  readonly model: string;
  readonly answer: string | null;
  /** As they were sent. */
  readonly parameters: Readonly<Record<string, string | number>>;
  /** Null: nobody knows, and all that was reserved is spent. */
  readonly cost: CallCost | null;
};

/** Never more than was reserved: what a server claims beyond its limit is noted in tokens. Only once: a call that was given up is not settled again. */
export async function settleCall(db: Pick<Db, "sql">, of: CallEnded): Promise<void> {
  const { cost } = of;
  await db.sql.query(
    `with settled as (
       update model_call set outcome = $2, model = $3, answer = $4, cost = least($5, reserved), tokens_in = $6, tokens_cached = $7,
              tokens_out = $8, latency_ms = $9, request_id = $10, parameters = $11, settled_at = chorus_now()
        where id = $1 and settled_at is null returning workspace_id, scopes, reserved, cost
     )
     update copy_spend s set reserved = s.reserved - c.reserved, spent = s.spent + c.cost
       from settled c where s.workspace_id = c.workspace_id and s.scope = any(c.scopes)`,
    [
      ...[of.id, of.outcome, of.model, of.answer, cost?.micros ?? null, cost?.tokensIn ?? null],
      ...[cost?.tokensCached ?? null, cost?.tokensOut ?? null, cost?.latencyMs ?? null, cost?.requestId ?? null],
      JSON.stringify(of.parameters),
    ],
  );
}

/** Longer than any call may take. */
const givenUpAfter = "15 minutes";

/** Calls that nobody lived to settle. */
export async function giveUpCalls(sql: Sql): Promise<void> {
  await sql.query(
    `with lost as (
       update model_call set outcome = 'lost', cost = reserved, settled_at = chorus_now()
        where settled_at is null and at < chorus_now() - interval '${givenUpAfter}' returning workspace_id, scopes, reserved
     ),
     sums as (
       select workspace_id, scope, sum(reserved) as total from lost cross join unnest(scopes) as scope group by 1, 2
     )
     update copy_spend s set reserved = s.reserved - t.total, spent = s.spent + t.total
       from sums t where s.workspace_id = t.workspace_id and s.scope = t.scope`,
  );
}

export type CopyBudget = {
  readonly caps: CopyCaps;
  readonly month: string;
  readonly spent: number;
  readonly reserved: number;
};

export async function readCopyBudget(db: Pick<Db, "sql">, workspaceId: Id): Promise<CopyBudget> {
  const { rows } = await db.sql.query<{
    month: string;
    monthCap: string | null;
    campaignCap: string | null;
    perMinute: number | null;
    spent: string;
    reserved: string;
  }>(
    `select m.month, w.copy_month_cap as "monthCap", w.copy_campaign_cap as "campaignCap", w.copy_calls_per_minute as "perMinute",
            coalesce(s.spent, 0) as spent, coalesce(s.reserved, 0) as reserved
       from workspace w cross join (values (to_char(chorus_now() at time zone 'utc', 'YYYY-MM'))) as m(month)
       left join copy_spend s on s.workspace_id = w.id and s.scope = m.month where w.id = $1`,
    [workspaceId],
  );
  const row = rows[0];
  if (!row) throw new Error(`There is no workspace ${workspaceId}.`);
  const number = (text: string | null) => (text === null ? null : Number(text));
  return {
    caps: { month: number(row.monthCap), campaign: number(row.campaignCap), callsPerMinute: row.perMinute },
    month: row.month,
    spent: Number(row.spent),
    reserved: Number(row.reserved),
  };
}

export async function setCopyCaps(db: Pick<Db, "sql">, workspaceId: Id, caps: CopyCaps): Promise<void> {
  await db.sql.query(
    "update workspace set copy_month_cap = $2, copy_campaign_cap = $3, copy_calls_per_minute = $4 where id = $1",
    [workspaceId, caps.month, caps.campaign, caps.callsPerMinute],
  );
}
