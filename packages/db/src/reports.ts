/** The books of a run, always counted from the ledger. */
import type { Id } from "@chorus/core/id";
import { type Books, messageStates } from "@chorus/core/message";
import type { HoldReason } from "@chorus/core/permission";
import type { ChannelReport, RunReport, SegmentReport } from "@chorus/core/report";
import { accountsOfRuns } from "./accounts.ts";
import type { Db } from "./open.ts";

type CountRow = {
  channel: string;
  state: number;
  reason: string | null;
  hold: HoldReason | null;
  delivery: string | null;
  cancelling: boolean;
  count: string;
  clicked: string;
};

/** null when the workspace has no such run. */
export async function runReport(db: Db, of: { workspaceId: Id; runId: Id }): Promise<RunReport | null> {
  const run = await db.sql.query<{
    id: Id;
    state: string;
    startedAt: Date;
    finishedAt: Date | null;
    campaignId: Id;
    name: string;
  }>(
    `select r.id, r.state, r.started_at as "startedAt", r.finished_at as "finishedAt", c.id as "campaignId", c.name
       from run r join campaign c on c.id = r.campaign_id where r.id = $1 and r.workspace_id = $2`,
    [of.runId, of.workspaceId],
  );
  const head = run.rows[0];
  if (!head) return null;
  const [accounts, counts, segments, optedOut, doubts] = await Promise.all([
    accountsOfRuns(db, [of.runId]),
    countMessages(db, of.runId),
    countSegments(db, of.runId),
    countOptOuts(db, of.runId),
    countDoubts(db, of.runId),
  ]);
  const channels = Object.fromEntries(
    [...new Set(counts.map((row) => row.channel))].sort().map((channel) => [
      channel,
      reportChannel(
        counts.filter((row) => row.channel === channel),
        optedOut[channel] ?? 0,
      ),
    ]),
  );
  return {
    run: {
      id: head.id,
      state: head.state,
      startedAt: head.startedAt.toISOString(),
      finishedAt: head.finishedAt?.toISOString() ?? null,
    },
    campaign: { id: head.campaignId, name: head.name },
    accounts: (accounts.get(of.runId) ?? []).map((each) => ({ ...each, since: each.since.toISOString() })),
    books: reportChannel(counts, 0),
    channels,
    segments,
    ...doubts,
  };
}

async function countMessages(db: Db, runId: Id): Promise<CountRow[]> {
  const { rows } = await db.sql.query<CountRow>(
    `select c.id as channel, m.state, m.reason, m.hold, m.delivery, r.state = 'cancelling' and d.state < 2 as cancelling,
            count(*), count(k.message_id) as clicked
       from message m
       join run r on r.id = m.run_id
       join channel c on c.no = m.channel_no
       left join due d on d.message_id = m.id
       left join (select distinct run_id, message_id from click where run_id = $1) k on k.run_id = m.run_id and k.message_id = m.id
      where m.run_id = $1 group by 1, 2, 3, 4, 5, 6`,
    [runId],
  );
  return rows;
}

function reportChannel(rows: readonly CountRow[], optedOut: number): ChannelReport {
  const of = (state: keyof typeof messageStates) => rows.filter((row) => row.state === messageStates[state]);
  const waiting = of("waiting");
  const books: Books = {
    planned: sum(rows),
    accepted: sum(of("accepted")),
    skipped: tally(of("skipped"), (row) => row.reason),
    failed: tally(of("failed"), (row) => row.reason),
    expired: sum(of("expired")),
    cancelled: sum(of("cancelled")) + sum(waiting.filter((row) => row.cancelling)),
    inDoubt: sum(of("in_doubt")) + sum(of("in_doubt_final")),
    open: sum(waiting.filter((row) => !row.cancelling)),
  };
  return {
    ...books,
    delivery: tally(rows, (row) => row.delivery),
    clicked: rows.reduce((total, row) => total + Number(row.clicked), 0),
    optedOut,
    wouldHold: tally(rows, (row) => row.hold),
  };
}

const sum = (rows: readonly CountRow[]): number => rows.reduce((total, row) => total + Number(row.count), 0);

function tally(rows: readonly CountRow[], by: (row: CountRow) => string | null): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) {
    const name = by(row);
    if (name) counts[name] = (counts[name] ?? 0) + Number(row.count);
  }
  return counts;
}

async function countSegments(db: Db, runId: Id): Promise<SegmentReport[]> {
  const { rows } = await db.sql.query<{
    id: Id | null;
    name: string;
    contacts: string;
    accepted: string;
    clicked: string;
  }>(
    `select m.segment_id as id, coalesce(s.name, 'Everyone else') as name, count(distinct m.contact_id) as contacts,
            count(*) filter (where m.state = ${messageStates.accepted}) as accepted,
            count(distinct k.message_id) as clicked
       from message m left join segment s on s.id = m.segment_id
       left join click k on k.run_id = m.run_id and k.message_id = m.id
      where m.run_id = $1 group by m.segment_id, s.name order by m.segment_id nulls last`,
    [runId],
  );
  return rows.map((row) => ({
    ...row,
    contacts: Number(row.contacts),
    accepted: Number(row.accepted),
    clicked: Number(row.clicked),
  }));
}

/** Addresses of the run's messages that were suppressed on the reader's own wish since it started. */
async function countOptOuts(db: Db, runId: Id): Promise<Record<string, number>> {
  const { rows } = await db.sql.query<{ channel: string; count: string }>(
    `select c.id as channel, count(distinct s.address_hash) from run r
       join suppression s on s.workspace_id = r.workspace_id and s.at >= r.started_at and s.reason in ('stop', 'unsubscribed')
       join message m on m.run_id = r.id and m.workspace_id = s.workspace_id and m.address_hash = s.address_hash and m.channel_no = s.channel_no
       join channel c on c.no = s.channel_no
      where r.id = $1 group by c.id`,
    [runId],
  );
  return Object.fromEntries(rows.map((row) => [row.channel, Number(row.count)]));
}

async function countDoubts(db: Db, runId: Id): Promise<Pick<RunReport, "doubts" | "maybeTwice">> {
  const { rows } = await db.sql.query<Pick<RunReport, "doubts" | "maybeTwice">>(
    `select count(*)::int as doubts, count(distinct message_id) filter (where resolution = 'resent')::int as "maybeTwice"
       from doubt where run_id = $1`,
    [runId],
  );
  return rows[0] ?? { doubts: 0, maybeTwice: 0 };
}

export type ListedDoubt = {
  readonly messageId: Id;
  readonly runId: Id;
  readonly channel: string;
  readonly attempt: number;
  readonly since: Date;
  readonly worker: string | null;
  readonly detail: string;
  readonly resolution: string | null;
  /** Where it stands in the list, to go on behind it. */
  readonly position: string;
};

/** Every doubt of a run, the open ones first: when, by which worker, why, and what became of it. */
export async function listDoubts(
  db: Db,
  of: { workspaceId: Id; runId: Id; limit: number; after?: string | null },
): Promise<ListedDoubt[]> {
  const { rows } = await db.sql.query<ListedDoubt>(
    `select d.message_id as "messageId", d.run_id as "runId", c.id as channel, d.attempt, d.since, w.name as worker, d.detail,
            d.resolution, concat_ws('/', d.resolved_at is not null, d.since, d.message_id, d.attempt) as position
       from doubt d join run r on r.id = d.run_id join channel c on c.no = d.channel_no left join worker w on w.id = d.worker_id
      where d.run_id = $1 and r.workspace_id = $2
        and ($4::text is null or (d.resolved_at is not null, d.since, d.message_id, d.attempt) >
             (split_part($4, '/', 1)::boolean, split_part($4, '/', 2)::timestamptz, split_part($4, '/', 3)::bigint,
              split_part($4, '/', 4)::smallint))
      order by d.resolved_at is not null, d.since, d.message_id, d.attempt limit $3`,
    [of.runId, of.workspaceId, of.limit, of.after ?? null],
  );
  return rows;
}
