/** Provider accounts that a workspace keeps itself, each change with its audit line, and which of them carried a run. */
import type { Id } from "@chorus/core/id";
import type pg from "pg";
import { type CarrierRecord, findCarrier } from "./carriers.ts";
import { type Db, inTransaction } from "./open.ts";

export type NewAccount = {
  readonly workspaceId: Id;
  readonly channel: string;
  readonly personId: Id;
  readonly provider: string;
  /** How the account is named to people. */
  readonly account: string;
  /** Settings with every secret masked. */
  readonly settings: Readonly<Record<string, string>>;
  /** All settings, sealed for this workspace, channel and provider. */
  readonly sealed: Uint8Array;
};

/**
 * From the next lease on it carries the channel, and whatever held the one before back no longer does. The sealed
 * settings before it are kept while the provider may still sign with them, if it is the same provider.
 */
export async function saveAccount(db: Db, of: NewAccount): Promise<CarrierRecord> {
  return await inTransaction(db, async (sql) => {
    await sql.query(
      `insert into carrier (workspace_id, channel_no, provider, account, settings, sealed, changed_at, changed_by)
       values ($1, $2, $3, $4, $5, $6, chorus_now(), $7)
       on conflict (workspace_id, channel_no) do update
          set provider = excluded.provider, account = excluded.account, settings = excluded.settings, sealed = excluded.sealed,
              previous_sealed = case when carrier.provider = excluded.provider then carrier.sealed end,
              revision = carrier.revision + 1, changed_at = excluded.changed_at, changed_by = excluded.changed_by,
              blocked_until = null, blocked_because = null, failures = 0`,
      [
        ...[of.workspaceId, db.channels.noOf(of.channel), of.provider, of.account],
        ...[JSON.stringify(of.settings), of.sealed, of.personId],
      ],
    );
    const record = await findCarrier(db, of, sql);
    if (!record) throw new Error("The account that was saved is gone.");
    await audit(sql, { ...of, action: "account.set", carrierId: record.id });
    return record;
  });
}

/** The environment's account carries the channel again, if there is one. False: there was none to remove. */
export async function removeAccount(db: Db, of: { workspaceId: Id; channel: string; personId: Id }): Promise<boolean> {
  return await inTransaction(db, async (sql) => {
    const { rows } = await sql.query<{ id: Id; provider: string; account: string }>(
      `update carrier set settings = null, sealed = null, previous_sealed = null, revision = revision + 1,
              changed_at = chorus_now(), changed_by = $3, blocked_until = null, blocked_because = null, failures = 0
        where workspace_id = $1 and channel_no = $2 and sealed is not null returning id, provider, account`,
      [of.workspaceId, db.channels.noOf(of.channel), of.personId],
    );
    const removed = rows[0];
    if (!removed) return false;
    await audit(sql, { ...of, ...removed, action: "account.remove", carrierId: removed.id });
    return true;
  });
}

type Change = Pick<NewAccount, "workspaceId" | "personId" | "channel" | "provider" | "account"> & {
  action: "account.set" | "account.remove";
  carrierId: Id;
};

const audit = (sql: pg.PoolClient, { workspaceId, personId, action, carrierId, ...detail }: Change) =>
  sql.query("insert into audit (workspace_id, person_id, action, subject, detail) values ($1, $2, $3, $4, $5)", [
    ...[workspaceId, personId, action, `carrier:${carrierId}`],
    JSON.stringify({ channel: detail.channel, provider: detail.provider, account: detail.account }),
  ]);

/** Before the first hand-over of a run through an account; again is the same as once. */
export async function nameAccountOnRun(
  db: Db,
  of: { runId: Id; channel: string; provider: string; account: string },
): Promise<void> {
  await db.sql.query(
    "insert into run_account (run_id, channel_no, provider, account) values ($1, $2, $3, $4) on conflict do nothing",
    [of.runId, db.channels.noOf(of.channel), of.provider, of.account],
  );
}

export type RunAccount = {
  readonly channel: string;
  readonly provider: string;
  readonly account: string;
  readonly since: Date;
};

/** By run, in the order in which they began to carry it. A run that has handed nothing over has none. */
export async function accountsOfRuns(db: Db, runIds: readonly Id[]): Promise<ReadonlyMap<Id, readonly RunAccount[]>> {
  const { rows } = await db.sql.query<RunAccount & { runId: Id }>(
    `select a.run_id as "runId", c.id as channel, a.provider, a.account, a.since
       from run_account a join channel c on c.no = a.channel_no where a.run_id = any($1) order by a.since, c.id`,
    [runIds],
  );
  const byRun = new Map<Id, RunAccount[]>(runIds.map((id) => [id, []]));
  for (const { runId, ...account } of rows) byRun.get(runId)?.push(account);
  return byRun;
}
