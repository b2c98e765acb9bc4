/**
 * Whether a provider account may be used now, for all workers alike: its row says until when it is left alone. An account
 * that has failed is tried with one message before the others follow; one that was paused waits for a person.
 */
import type { Id } from "@chorus/core/id";
import type { Db, Sql } from "./open.ts";

type OfChannel = { readonly workspaceId: Id; readonly channel: string };

/** Nobody knows when: until a person releases it. The end of a block that stands for that. */
export const untilReleased = "'infinity'::timestamptz";

/** Longer than most answers take; a probe whose worker died holds the account up no longer than this. */
const probeMs = 10_000;

export type Block = {
  readonly forMs: number;
  readonly because: string;
  /** How often in a row it could not be used, as the caller saw it; those that fail together count as one. */
  readonly failures: number;
  /** The message that went ahead was answered like this: its block takes the place of what it was held up for. */
  readonly isProbe?: boolean;
};

/** Nobody hands it anything for so long. A block that lasts longer stays, with its reason. */
export async function blockCarrier(db: Pick<Db, "channels">, sql: Sql, of: OfChannel & Block): Promise<void> {
  const standing = `case when $6 and k.blocked_until <= chorus_now() + make_interval(secs => ${probeMs / 1000})
                         then null else k.blocked_until end`;
  await sql.query(
    `update carrier k
        set failures = greatest(k.failures, $5), blocked_until = greatest(${standing}, n.until),
            blocked_because = case when coalesce(${standing}, '-infinity') < n.until then $4 else k.blocked_because end
       from (select chorus_now() + make_interval(secs => $3) as until) n where k.workspace_id = $1 and k.channel_no = $2`,
    [
      ...[of.workspaceId, db.channels.noOf(of.channel), of.forMs / 1000, of.because.slice(0, 300), of.failures],
      of.isProbe ?? false,
    ],
  );
}

/** Until a person releases it. True: it was not paused before. */
export async function pauseCarrier(
  db: Pick<Db, "channels">,
  sql: Sql,
  of: OfChannel & { because: string },
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update carrier set failures = greatest(failures, 1), blocked_until = ${untilReleased}, blocked_because = $3
      where workspace_id = $1 and channel_no = $2 and blocked_until is distinct from ${untilReleased}`,
    [of.workspaceId, db.channels.noOf(of.channel), of.because.slice(0, 300)],
  );
  return rowCount === 1;
}

/** After a failure and its block, one asker is told yes, and whoever comes during the probe is told no. */
export async function takeProbe(db: Db, of: OfChannel): Promise<{ forMs: number } | null> {
  const { rowCount } = await db.sql.query(
    `update carrier set blocked_until = chorus_now() + make_interval(secs => $3)
      where workspace_id = $1 and channel_no = $2 and failures > 0 and coalesce(blocked_until, '-infinity') <= chorus_now()`,
    [of.workspaceId, db.channels.noOf(of.channel), probeMs / 1000],
  );
  return rowCount === 1 ? { forMs: probeMs } : null;
}

/** The probe came to nothing, so another may be taken at once. */
export async function returnProbe(db: Db, of: OfChannel): Promise<void> {
  await db.sql.query(
    `update carrier set blocked_until = null where workspace_id = $1 and channel_no = $2
        and blocked_until is distinct from ${untilReleased}`,
    [of.workspaceId, db.channels.noOf(of.channel)],
  );
}

/** The probe was answered: everybody may use the account again. One that was paused meanwhile stays paused. */
export async function closeCircuit(db: Db, of: OfChannel): Promise<void> {
  await db.sql.query(
    `update carrier set failures = 0, blocked_until = null, blocked_because = null
      where workspace_id = $1 and channel_no = $2 and blocked_until is distinct from ${untilReleased}`,
    [of.workspaceId, db.channels.noOf(of.channel)],
  );
}

/** A person lets an account go on: with one message first. False: it was not left alone. */
export async function releaseCarrier(db: Db, of: OfChannel): Promise<boolean> {
  const { rowCount } = await db.sql.query(
    `update carrier set failures = greatest(failures, 1), blocked_until = null, blocked_because = null, released_at = chorus_now()
      where workspace_id = $1 and channel_no = $2 and blocked_until > chorus_now()`,
    [of.workspaceId, db.channels.noOf(of.channel)],
  );
  return rowCount === 1;
}
