/** Which provider account carries a channel for a workspace, and whether that provider asked us to wait. */
import type { Id } from "@chorus/core/id";
import { untilReleased } from "./circuit.ts";
import type { Db, Sql } from "./open.ts";

export type CarrierRecord = {
  readonly id: Id;
  readonly workspaceId: Id;
  readonly channel: string;
  /** The channel package's name of the provider, such as "twilio". */
  readonly provider: string;
  /** Which of the provider's accounts, in words that may be shown: never a secret. */
  readonly account: string;
  /** Settings as they may be shown, secrets masked. Null: the account is the environment's. */
  readonly settings: Readonly<Record<string, string>> | null;
  /** All settings as JSON, sealed with the installation's key. */
  readonly sealed: Uint8Array | null;
  /** What was sealed before, for a day: the provider may still report and sign with it. */
  readonly previousSealed: Uint8Array | null;
  /** Grows with every change of the account. */
  readonly revision: number;
  readonly changedAt: Date | null;
  /** Null for one that is not blocked, or is until a person releases it. */
  readonly blockedUntil: Date | null;
  readonly blockedBecause: string | null;
  /** Only a person lets it go on. */
  readonly isPaused: boolean;
};

type Row = Omit<CarrierRecord, "channel"> & { channelNo: number };

const columns = `id, workspace_id as "workspaceId", channel_no as "channelNo", provider, account, settings, sealed, revision,
  case when changed_at > chorus_now() - interval '24 hours' then previous_sealed end as "previousSealed",
  changed_at as "changedAt", case when isfinite(blocked_until) then blocked_until end as "blockedUntil",
  blocked_because as "blockedBecause", coalesce(blocked_until = ${untilReleased}, false) as "isPaused"`;

const fromRow = (db: Pick<Db, "channels">, { channelNo, ...row }: Row): CarrierRecord => ({
  ...row,
  channel: db.channels.idOf(channelNo),
});

type OfChannel = { readonly workspaceId: Id; readonly channel: string };

/** One carrier per workspace and channel; null before the first account. */
export async function findCarrier(
  db: Pick<Db, "channels" | "sql">,
  of: OfChannel,
  sql: Sql = db.sql,
): Promise<CarrierRecord | null> {
  const { rows } = await sql.query<Row>(`select ${columns} from carrier where workspace_id = $1 and channel_no = $2`, [
    of.workspaceId,
    db.channels.noOf(of.channel),
  ]);
  return rows[0] ? fromRow(db, rows[0]) : null;
}

/**
 * The carrier of an account that the environment gives. Another provider or account takes the place of the one before,
 * and its block; an account that the workspace keeps itself is left as it is, and answered.
 */
export async function ensureCarrier(
  db: Db,
  of: OfChannel & { provider: string; account: string },
): Promise<CarrierRecord> {
  await db.sql.query(
    `insert into carrier (workspace_id, channel_no, provider, account) values ($1, $2, $3, $4)
     on conflict (workspace_id, channel_no) do update
        set provider = excluded.provider, account = excluded.account, blocked_until = null, blocked_because = null,
            failures = 0
      where carrier.sealed is null and (carrier.provider, carrier.account) <> (excluded.provider, excluded.account)`,
    [of.workspaceId, db.channels.noOf(of.channel), of.provider, of.account],
  );
  const record = await findCarrier(db, of);
  if (!record) throw new Error(`The carrier of workspace ${of.workspaceId} on ${of.channel} is gone.`);
  return record;
}

/** The account's revision, 0 before there is a carrier, and how often in a row it could not be used. */
export async function carrierStanding(db: Db, of: OfChannel): Promise<{ revision: number; failures: number }> {
  const { rows } = await db.sql.query<{ revision: number; failures: number }>(
    "select revision, failures from carrier where workspace_id = $1 and channel_no = $2",
    [of.workspaceId, db.channels.noOf(of.channel)],
  );
  return rows[0] ?? { revision: 0, failures: 0 };
}

export async function listCarriers(db: Db, workspaceId: Id): Promise<CarrierRecord[]> {
  const { rows } = await db.sql.query<Row>(`select ${columns} from carrier where workspace_id = $1 order by id`, [
    workspaceId,
  ]);
  return rows.map((row) => fromRow(db, row));
}

/** For a provider's callback, which names a carrier and no workspace. */
export async function getCarrier(db: Db, id: Id): Promise<CarrierRecord | null> {
  const { rows } = await db.sql.query<Row>(`select ${columns} from carrier where id = $1`, [id]);
  return rows[0] ? fromRow(db, rows[0]) : null;
}

/** Whether the carrier's provider can be asked later if it took a message; doubts of others are left to a person. */
export async function noteCanAsk(db: Db, id: Id, canAsk: boolean): Promise<void> {
  await db.sql.query("update carrier set can_ask = $2 where id = $1", [id, canAsk]);
}
