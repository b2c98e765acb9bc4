/** Writes the ledger rows of a run, a page of contacts a transaction: resumable, exact, and never twice. */
import type { Id } from "@chorus/core/id";
import { messageClasses, messageStates } from "@chorus/core/message";
import { channelsOf, type Plan } from "@chorus/core/plan";
import type pg from "pg";
import { expirySql, laneSql } from "./lanes-sql.ts";
import { pickForMessages } from "./message-picks.ts";
import { type Db, inTransaction } from "./open.ts";
import { openParams } from "./segment-sql.ts";
import { reopenPage } from "./send-unsent.ts";
import { compilePosts, compileVariants, compileVerdict, linesSql } from "./verdict-sql.ts";

const pageSize = 5_000;
/** To pick products for a contact who bought 65 different ones takes 2 ms, and a page may not take long. */
const pageSizeWithPicks = 500;
/** The first is small, so that the first message leaves at once. */
const firstPageSize = 200;

/**
 * A page asks of its own people alone. The planner would rather read everybody's addresses and consents once more for each
 * page, and keep them in memory: cheap for one page, and for a million people two hundred times the whole of both tables.
 */
const alongIndexes = [
  "enable_seqscan = off",
  "enable_bitmapscan = off",
  "enable_mergejoin = off",
  "work_mem = '1MB'",
  "hash_mem_multiplier = 1",
]
  .map((setting) => `set local ${setting}`)
  .join("; ");

/** "page": call again. "done": everyone up to the recorded high-water contact has their rows. `channels`: those of the run. */
export type ExpandStep =
  | { is: "page"; planned: number; channels: readonly string[] }
  | { is: "done"; channels: readonly string[] }
  | { is: "not_sending" };

export async function expandPage(db: Db, runId: Id): Promise<ExpandStep> {
  return await inTransaction(db, async (sql) => {
    await sql.query(alongIndexes);
    const expansion = await lockExpansion(sql, runId);
    if (!expansion || expansion.done) return { is: "done", channels: expansion ? channelsOf(expansion.plan) : [] };
    if (!["sending", "paused"].includes(expansion.state)) return { is: "not_sending" };
    if (expansion.reopenCursor !== null)
      return await reopen(db, sql, runId, { ...expansion, after: expansion.reopenCursor });
    const isFirst = expansion.cursor === "0";
    const posts = isFirst ? await planPosts(db, sql, runId, expansion.plan) : 0;
    const size = isFirst ? firstPageSize : expansion.hasPicks ? pageSizeWithPicks : pageSize;
    const page = await planPage(db, sql, runId, { ...expansion, size });
    const isLast = page.contacts < size;
    if (expansion.hasPicks && page.cursor !== null)
      await pickForMessages(sql, {
        ...{ runId, which: "m.contact_id > $2 and m.contact_id <= $3 and m.step >= 0" },
        values: [expansion.cursor, page.cursor],
      });
    await sql.query(
      `update run_expansion set cursor_contact = $2, planned = planned + $3, done = $4 where run_id = $1`,
      [runId, isLast ? expansion.high : page.cursor, page.planned + posts, isLast],
    );
    return { is: "page", planned: page.planned + posts, channels: channelsOf(expansion.plan) };
  });
}

/** A run that is sent on to the unsent: first those that were planned, then whoever never was. */
async function reopen(db: Db, sql: pg.PoolClient, runId: Id, of: Expansion & { after: Id }): Promise<ExpandStep> {
  const page = await reopenPage(db, sql, { runId, plan: of.plan, after: of.after });
  await sql.query(
    `update run_expansion set reopen_cursor = $2, done = $2::bigint is null and cursor_contact >= high_contact where run_id = $1`,
    [runId, page.cursor],
  );
  return { is: "page", planned: page.count, channels: channelsOf(of.plan) };
}

type Expansion = {
  cursor: Id;
  high: Id;
  done: boolean;
  reopenCursor: Id | null;
  state: string;
  plan: Plan;
  hasPicks: boolean;
};

/** Two expanders of one run meet at this lock; the second sees what the first committed. */
async function lockExpansion(sql: pg.PoolClient, runId: Id): Promise<Expansion | undefined> {
  const { rows } = await sql.query<Expansion>(
    `select e.cursor_contact as cursor, e.high_contact as high, e.done, e.reopen_cursor as "reopenCursor", r.state, r.plan, r.has_picks as "hasPicks"
       from run_expansion e join run r on r.id = e.run_id where e.run_id = $1 for update of e`,
    [runId],
  );
  return rows[0];
}

async function planPage(db: Db, sql: pg.PoolClient, runId: Id, of: Expansion & { size: number }) {
  const params = openParams();
  const run = params.add(runId, "bigint");
  // The cursor is a parameter: joining it in made the planner rescan, and planning a million rows took four times as long.
  const contacts = `c.id > ${params.add(of.cursor, "bigint")} and c.id <= ${params.add(of.high, "bigint")} order by c.id limit ${of.size}`;
  const verdict = compileVerdict(of.plan, db.channels, { params, contacts, run });
  const { rows } = await sql.query<{ contacts: string; cursor: Id | null; planned: string }>(
    `with ${verdict}, ${compileVariants(of.plan, params)}, ${linesSql},
     recorded as (
       insert into message (run_id, workspace_id, contact_id, channel_no, address_hash, segment_id, locale, variant_id,
                            class, state, reason, hold, settled_at)
       select ${run}, ${params.add(of.plan.workspaceId, "bigint")}, contact_id, channel_no, address_hash, segment_id, message_locale, variant_id,
              class, case when reason is null then ${messageStates.waiting} else ${messageStates.skipped} end,
              reason, case when reason is null then hold end, case when reason is not null then clock.now end
         from lines, clock order by contact_id, channel_no
       on conflict (run_id, contact_id, channel_no, step) where step >= 0 do nothing
       returning id, contact_id, channel_no, class, state
     ),
     queued as (
       insert into due (message_id, run_id, channel_no, lane, class, not_before, expires_at)
       select m.id, ${run}, m.channel_no, ${laneSql("m.class", "m.contact_id")}, m.class, l.not_before, ${expirySql("m.class", "l.not_before")}
         from recorded m join lines l on l.contact_id = m.contact_id and l.channel_no = m.channel_no
        where m.state = ${messageStates.waiting}
     )
     select (select count(*) from page) as contacts, (select max(id) from page) as cursor, (select count(*) from recorded) as planned`,
    params.values,
  );
  const counted = rows[0];
  if (!counted) throw new Error("The plan statement answered nothing.");
  return { contacts: Number(counted.contacts), cursor: counted.cursor, planned: Number(counted.planned) };
}

async function planPosts(db: Db, sql: pg.PoolClient, runId: Id, plan: Plan): Promise<number> {
  const params = openParams();
  const run = params.add(runId, "bigint");
  const { rows } = await sql.query<{ count: string }>(
    `with ${compileVariants(plan, params)}, ${compilePosts(plan, db.channels, { params, run })},
     recorded as (
       insert into message (run_id, workspace_id, destination_id, channel_no, segment_id, locale, variant_id, class, state)
       select ${run}, ${params.add(plan.workspaceId, "bigint")}, destination_id, channel_no, segment_id, locale, variant_id,
              ${messageClasses.marketing}, ${messageStates.waiting} from posts
       on conflict do nothing returning id, destination_id, channel_no, class
     ),
     queued as (
       insert into due (message_id, run_id, channel_no, lane, class, not_before, expires_at)
       select id, ${run}, channel_no, ${laneSql("class", "destination_id")}, class, chorus_now(), ${expirySql("class", "chorus_now()")} from recorded
     )
     select count(*) from recorded`,
    params.values,
  );
  return Number(rows[0]?.count ?? 0);
}
