/** Takes single sends into the ledger: all of a request or nothing of it, and once for each key. */
import { createHash } from "node:crypto";
import type { Id } from "@chorus/core/id";
import { classNamed, messageClasses, messageStates } from "@chorus/core/message";
import { showsPicks } from "@chorus/core/picks";
import type { Lane } from "@chorus/core/plan";
import type pg from "pg";
import { expirySql, laneSql } from "./lanes-sql.ts";
import { pickForMessages } from "./message-picks.ts";
import type { NewSend, Sending } from "./new-send.ts";
import { type Db, inTransaction } from "./open.ts";
import { runOfToday } from "./run-of-day.ts";
import { type Judged, judgeSends } from "./send-verdict.ts";

export type Taken =
  | { is: "taken"; runId: Id; messageIds: Id[]; lanes: Lane[]; isReplay: boolean }
  /** The key was used for another body. */
  | { is: "mismatch"; firstAt: Date }
  /** A request of this key is being dealt with at this moment. */
  | { is: "in_flight" };

/** What it answers with `taken` has been committed. The sends of one request share a run. */
export async function takeSends(db: Db, of: Sending): Promise<Taken> {
  const runId = await runOfToday(db.ledger, of.workspace, of.channels);
  return await inTransaction({ sql: db.ledger }, async (sql): Promise<Taken> => {
    if (!(await lockKey(sql, of))) return { is: "in_flight" };
    const known = await readKey(sql, of);
    if (known) return known;
    const judged = await judgeSends(db, sql, of);
    return { is: "taken", runId, ...(await record(db, sql, { ...of, runId, judged })), isReplay: false };
  });
}

/** Looks the key up alone, for a request whose words would now be refused: what was taken once stays taken. */
export const findTaken = (db: Db, of: Pick<Sending, "workspace" | "key" | "bodyHash">): Promise<Taken | null> =>
  readKey(db.ledger, of);

async function lockKey(sql: pg.PoolClient, of: Sending): Promise<boolean> {
  const lock = createHash("sha256").update(`send:${of.workspace.id}:${of.key}`).digest().readBigInt64BE(0);
  const { rows } = await sql.query<{ mine: boolean }>({
    name: "lock-send-key",
    text: "select pg_try_advisory_xact_lock($1) as mine",
    values: [lock],
  });
  return rows[0]?.mine ?? false;
}

async function readKey(
  sql: Pick<pg.PoolClient, "query">,
  of: Pick<Sending, "workspace" | "key" | "bodyHash">,
): Promise<Taken | null> {
  const { rows } = await sql.query<{ bodyHash: Buffer; runId: Id; messageIds: Id[]; at: Date }>({
    name: "read-send-key",
    text: `select body_hash as "bodyHash", run_id as "runId", message_ids as "messageIds", at from idempotency
            where workspace_id = $1 and key = $2`,
    values: [of.workspace.id, of.key],
  });
  const known = rows[0];
  if (!known) return null;
  if (!known.bodyHash.equals(of.bodyHash)) return { is: "mismatch", firstAt: known.at };
  return { is: "taken", runId: known.runId, messageIds: known.messageIds, lanes: [], isReplay: true };
}

const columns = {
  contactId: "bigint[]",
  destinationId: "bigint[]",
  channelNo: "smallint[]",
  class: "smallint[]",
  addressHash: "bytea[]",
  locale: "text[]",
  variantId: "bigint[]",
  reason: "text[]",
  hold: "text[]",
  notBefore: "timestamptz[]",
  expiresAt: "timestamptz[]",
  address: "text[]",
  fields: "jsonb[]",
  content: "jsonb[]",
  facts: "jsonb[]",
  sender: "jsonb[]",
} as const;
type Row = Record<keyof typeof columns, unknown>;
const names = Object.keys(columns) as (keyof typeof columns)[];
/** Their own parameters come first: run, workspace, key, hash of the body. */
const own = 4;

/** Message, words, due row and key in one statement. Ids are given in the order of the request. */
const recordStatement = `with clock as materialized (select chorus_now() as now),
     given as materialized (
       select nextval('message_id') as id, g.* from unnest(${names.map((name, index) => `$${index + own + 1}::${columns[name]}`).join(", ")})
         with ordinality as g(${names.map((name) => `"${name}"`).join(", ")}, place)
     ),
     dated as materialized (
       select g.*, greatest(coalesce(g."notBefore", clock.now), clock.now) as starts from given g, clock
     ),
     recorded as (
       insert into message (run_id, id, workspace_id, contact_id, destination_id, channel_no, step, address_hash, locale, variant_id,
                            class, state, reason, hold, settled_at)
       select $1, id, $2, "contactId", "destinationId", "channelNo", -1, "addressHash", locale, "variantId", class,
              case when reason is null then ${messageStates.waiting} else ${messageStates.skipped} end, reason, hold,
              case when reason is not null then clock.now end
         from dated, clock
     ),
     said as (
       insert into send (run_id, message_id, workspace_id, address, fields, content, facts, sender, expires_at)
       select $1, id, $2, address, fields, content, facts, sender, coalesce("expiresAt", ${expirySql("class", "starts")}) from dated
     ),
     queued as (
       insert into due (message_id, run_id, channel_no, lane, class, not_before, expires_at)
       select id, $1, "channelNo", ${laneSql("class", `coalesce("contactId", "destinationId", id)`)}, class, starts,
              coalesce("expiresAt", ${expirySql("class", "starts")})
         from dated where reason is null
       returning channel_no, class, lane
     ),
     noted as (
       insert into idempotency (workspace_id, key, body_hash, run_id, message_ids)
       select $2, $3, $4, $1, array_agg(id order by place) from dated
     )
     select (select array_agg(id order by place) from dated) as ids,
            (select coalesce(jsonb_agg(distinct jsonb_build_array(channel_no, class, lane)), '[]') from queued) as lanes`;

type Recording = Sending & { readonly runId: Id; readonly judged: readonly Judged[] };

async function record(db: Db, sql: pg.PoolClient, of: Recording): Promise<{ messageIds: Id[]; lanes: Lane[] }> {
  const rows = of.sends.map((send, index) => toRow(db, send, of.judged[index]));
  // Prepared: planning it takes several times as long as running it.
  const { rows: recorded } = await sql.query<{ ids: Id[]; lanes: [number, number, number][] }>({
    name: "record-sends",
    text: recordStatement,
    values: [of.runId, of.workspace.id, of.key, of.bodyHash, ...names.map((name) => rows.map((row) => row[name]))],
  });
  const written = recorded[0];
  if (!written) throw new Error("The ledger did not say what it recorded.");
  if (of.sends.some(({ content }) => showsPicks(content))) await pick(sql, of.runId, written.ids);
  return {
    messageIds: written.ids,
    lanes: written.lanes.map(([channelNo, classNo, lane]) => ({
      channel: db.channels.idOf(channelNo),
      class: classNamed(classNo),
      lane,
    })),
  };
}

/** In the transaction that records them: a lease of the run asks for picks from the moment there are any. */
async function pick(sql: pg.PoolClient, runId: Id, messageIds: readonly Id[]): Promise<void> {
  await pickForMessages(sql, { runId, which: "m.id = any($2::bigint[])", values: [messageIds] });
  await sql.query("update run set has_picks = true where id = $1 and not has_picks", [runId]);
}

function toRow(db: Db, send: NewSend, judged: Judged | undefined): Row {
  const starts = [send.notBefore, judged?.notBefore].filter((each) => each instanceof Date);
  return {
    contactId: send.contactId,
    destinationId: send.destinationId,
    channelNo: db.channels.noOf(send.channel),
    class: messageClasses[send.class],
    addressHash: send.address?.hash ?? judged?.addressHash ?? null,
    locale: send.locale,
    variantId: send.variantId,
    reason: judged?.reason ?? null,
    hold: judged?.hold ?? null,
    notBefore: starts.length > 0 ? new Date(Math.max(...starts.map(Number))) : null,
    expiresAt: send.expiresAt,
    address: send.address?.value ?? null,
    fields: JSON.stringify(send.fields),
    content: JSON.stringify(send.content),
    facts: JSON.stringify(send.facts),
    sender: send.sender && JSON.stringify(send.sender),
  };
}
