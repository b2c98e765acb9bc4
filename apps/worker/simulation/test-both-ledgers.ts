/** A small world that is in PostgreSQL and in the simulated ledger alike, with one clock for both that only a test moves. */
import type { Id } from "@chorus/core/id";
import type { Entry } from "@chorus/core/ledger";
import { type MessageClass, type MessageState, messageClasses, messageStates } from "@chorus/core/message";
import { lifeHours, type Plan } from "@chorus/core/plan";
import { laneSql } from "@chorus/db/lanes-sql";
import type { Db } from "@chorus/db/open";
import {
  openTestLedger,
  type TestWorkspace,
  testContacts,
  testRules,
  testRun,
  testWorkspace,
} from "@chorus/db/test-run";
import { believedForMs, registerWorker } from "@chorus/db/workers";
import { openSimulatedLedger, type SimulatedLedger } from "./ledger.ts";
import type { Message, Rows } from "./ledger-rows.ts";
import { machine } from "./machine.ts";
import type { Random } from "./random.ts";

export type BothLedgers = {
  readonly db: Db;
  readonly rows: Rows;
  readonly simulated: SimulatedLedger;
  readonly workspaceId: Id;
  readonly carriers: ReadonlyMap<string, Id>;
  now(): number;
  pass(ms: number): Promise<void>;
};

const channels = ["email", "sms"] as const;
const classes: readonly MessageClass[] = ["marketing", "marketing", "transactional", "security"];
const contacts = 10;
const epoch = "timestamptz '2030-01-01'";
const at = (ms: string) => `${epoch} + make_interval(secs => ${ms}::float8 / 1000)`;
const msOf = (column: string) => `round(extract(epoch from ${column} - ${epoch}) * 1000)::float8`;

export async function openBothDatabases() {
  const { db, close } = await openTestLedger();
  await db.sql.query(
    `create table test_clock (at timestamptz not null); insert into test_clock values (${epoch});
     create or replace function chorus_now() returns timestamptz language sql volatile as 'select at from test_clock'`,
  );
  const workspace = await testWorkspace(db);
  const people = await testContacts(db, workspace.id, contacts);
  await db.sql.query(
    `insert into address (workspace_id, contact_id, channel_no, value, hash)
     select workspace_id, contact_id, $1, 'sms ' || value, sha256(('sms ' || value)::bytea) from address`,
    [db.channels.noOf("sms")],
  );
  const carriers = new Map<string, Id>();
  for (const channel of channels) {
    const { rows } = await db.sql.query<{ id: Id }>(
      "insert into carrier (workspace_id, channel_no, provider, account, can_ask) values ($1, $2, 'test', 'test', $3) returning id",
      [workspace.id, db.channels.noOf(channel), channel === "sms"],
    );
    carriers.set(channel, rows[0]?.id ?? "");
  }
  return { close, begin: (random: Random) => begin({ db, workspace, people, carriers }, random) };
}

type Place = {
  readonly db: Db;
  readonly workspace: TestWorkspace;
  readonly people: readonly Id[];
  readonly carriers: ReadonlyMap<string, Id>;
};

/** Empties both and fills them with the same. */
async function begin({ db, workspace, people, carriers }: Place, random: Random): Promise<BothLedgers> {
  let now = 0;
  const setClock = () => db.sql.query(`update test_clock set at = ${at("$1")}`, [now]);
  await db.sql.query(
    `truncate due, doubt, attempt, message, suppression, provider_event;
     update carrier set failures = 0, blocked_until = null; delete from worker; update run set state = 'cancelled'`,
  );
  await setClock();
  const rules = {
    email: { ...testRules, holds: "wait", cap: { count: 1, days: 30 } },
    sms: { ...testRules, holds: "wait", cap: { count: 2, days: 30 }, needsConsent: false },
  } satisfies Plan["rules"];
  const rows: Rows = {
    messages: new Map(),
    runs: new Map(),
    workers: new Map(),
    accounts: new Map(channels.map((channel) => [channel, { failures: 0, blockedUntil: 0 }])),
    suppressed: new Set(),
    caps: new Map(Object.entries(rules).map(([channel, { cap }]) => [channel, cap.count])),
  };
  for (let count = 0; count < 2; count++) {
    const { runId } = await testRun(db, { workspace, rules });
    await db.sql.query("update run_expansion set done = true where run_id = $1", [runId]);
    rows.runs.set(runId, { id: runId, state: "sending", servedAt: -1 });
    const workerId = await registerWorker(db, `worker ${count}`);
    rows.workers.set(workerId, { aliveUntil: believedForMs, beatAt: 0, lanes: [] });
  }
  for (const person of people) {
    const alike = { channel: random.pick(channels), class: random.pick(classes) };
    for (const runId of someRuns([...rows.runs.keys()], random)) {
      const message = await insertMessage(db, { workspace, person, random, runId, ...alike });
      rows.messages.set(message.id, message);
    }
  }
  const simulated = openSimulatedLedger({
    ...{ rows, machine, random },
    now: () => now,
    onMove: () => {},
    onNews: () => {},
  });
  return {
    ...{ db, rows, simulated, carriers },
    workspaceId: workspace.id,
    now: () => now,
    async pass(ms) {
      now += ms;
      await setClock();
    },
  };
}

/** One, or all: whoever gets the same of several runs may reach a cap. */
const someRuns = (runs: readonly Id[], random: Random) => (random.chance(0.6) ? runs : [random.pick(runs)]);

type NewMessage = {
  workspace: TestWorkspace;
  person: Id;
  runId: Id;
  channel: string;
  class: MessageClass;
  random: Random;
};

async function insertMessage(db: Db, of: NewMessage): Promise<Message> {
  const { workspace, person, runId, channel, class: messageClass, random } = of;
  const expiresAt = random.between(60_000, 1_200_000);
  const notBefore = random.between(0, 5_000);
  const { rows } = await db.sql.query<{ id: Id; lane: number }>(
    `with made as (
       insert into message (run_id, workspace_id, contact_id, channel_no, class, state, locale, address_hash, created_at)
       select $1, $2, $3, $4, $5, 0, 'en', a.hash, ${at("$6")} from address a where a.contact_id = $3 and a.channel_no = $4
       returning id
     )
     insert into due (message_id, run_id, channel_no, lane, class, not_before, expires_at)
     select id, $1, $4, ${laneSql("$5::smallint", "$3::bigint")}, $5, ${at("$7")}, ${at("$8")} from made
     returning message_id as id, lane`,
    [
      ...[runId, workspace.id, person, db.channels.noOf(channel), messageClasses[messageClass]],
      ...[expiresAt - lifeHours[messageClass] * 3_600_000, notBefore, expiresAt],
    ],
  );
  const { id, lane } = rows[0] ?? { id: "", lane: 0 };
  const entry: Entry = {
    ...{ class: messageClass, state: "waiting", reason: null, attempt: 0, notBefore, expiresAt },
    ...{ lease: null, sendUntil: null, isReported: false, doubts: [] },
  };
  return { id, runId, channel, lane, address: person, canAsk: channel === "sms", entry };
}

/** Everything that matters of a message, in one form for both. `tokenOf` translates the simulated ledger's lease tokens. */
export function simulatedState(rows: Rows, tokenOf: (token: string) => string): unknown {
  const messages = [...rows.messages.values()].map(({ id, entry }) => ({
    ...{ id, state: entry.state, attempt: entry.attempt, reason: entry.reason, isReported: entry.isReported },
    notBefore: entry.state === "waiting" ? entry.notBefore : null,
    lease: entry.lease && { ...entry.lease, token: tokenOf(entry.lease.token) },
    sendUntil: entry.sendUntil,
    doubts: entry.doubts,
  }));
  const accounts = Object.fromEntries(
    [...rows.accounts].map(([id, { failures, blockedUntil }]) => [id, { failures, blockedUntil }]),
  );
  return { messages, accounts, runs: [...rows.runs.values()].map(({ id, state }) => ({ id, state })) };
}

type Stored = {
  id: Id;
  stateNo: number;
  attempt: number;
  reason: string | null;
  isReported: boolean;
  notBefore: number | null;
  token: string | null;
  until: number;
  workerId: Id;
  sendUntil: number | null;
  doubts: Entry["doubts"];
};

const stateNames = Object.keys(messageStates) as MessageState[];

export async function storedState({ db, rows }: Pick<BothLedgers, "db" | "rows">): Promise<unknown> {
  const [messages, accounts, runs] = await Promise.all([
    db.sql.query<Stored>(
      `select m.id, coalesce(d.state, m.state) as "stateNo", coalesce(d.attempt, m.attempt) as attempt, m.reason, m.delivery_rank > 0 as "isReported",
              case when d.state = 0 then ${msOf("d.not_before")} end as "notBefore", case when d.state > 0 then d.lease_token end as token,
              ${msOf("d.lease_until")} as until, d.worker_id as "workerId", ${msOf("d.send_until")} as "sendUntil",
              (select coalesce(json_agg(json_build_object('attempt', x.attempt, 'workerId', x.worker_id::text, 'permittedAt', ${msOf("x.permitted_at")}, 'askAt', ${msOf("x.ask_at")},
                 'asked', x.asked, 'resolution', x.resolution) order by x.attempt), '[]') from doubt x where x.message_id = m.id) as doubts
         from message m left join due d on d.message_id = m.id order by m.id`,
    ),
    db.sql.query<{ channel: string; failures: number; until: number }>(
      `select c.id as channel, k.failures, case when k.blocked_until = 'infinity' then 'infinity'::float8 else coalesce(${msOf("nullif(k.blocked_until, 'infinity')")}, 0) end as until
         from carrier k join channel c on c.no = k.channel_no order by c.no`,
    ),
    db.sql.query<{ id: Id; state: string }>("select id, state from run where id = any($1) order by id", [
      [...rows.runs.keys()],
    ]),
  ]);
  return {
    messages: messages.rows.map(({ stateNo, token, until, workerId, ...row }) => ({
      ...row,
      state: stateNames[stateNo],
      lease: token === null ? null : { token, workerId, until },
    })),
    accounts: Object.fromEntries(
      accounts.rows.map(({ channel, failures, until }) => [channel, { failures, blockedUntil: until }]),
    ),
    runs: runs.rows,
  };
}
