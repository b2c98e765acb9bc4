/** One campaign, end to end, on a fresh copy of its stage: from the moment it is scheduled to the last message taken. */
import { setTimeout as sleep } from "node:timers/promises";
import { messageStates } from "@chorus/core/message";
import { campaignView } from "@chorus/core/wire-campaigns";
import type { House, Session } from "./house.ts";
import { startChorus } from "./installation.ts";
import type { BenchRedis } from "./redis.ts";
import type { Stage } from "./stage.ts";
import { cpuSeconds, residentBytes } from "./usage.ts";

export type Taken = { readonly accepted: number; readonly lastAt: number };

export type ChorusWish = {
  readonly stage: Stage;
  readonly accounts: Readonly<Record<string, string>>;
  readonly workers: number;
  /** null: the queue lives in PostgreSQL. */
  readonly redis: BenchRedis | null;
  readonly nodeOptions?: string | undefined;
  /** What the provider has taken since it was opened; null where only the ledger knows. */
  readonly seen: () => Taken | null;
  /** While the installation is still up. */
  readonly afterwards?: (apiUrl: string) => Promise<void>;
};

export type ChorusFigures = {
  readonly seconds: number;
  readonly secondsToFirst: number;
  readonly senderCpuSeconds: number;
  readonly postgresCpuSeconds: number;
  readonly peakResidentBytes: number;
  readonly redisBytes: number | null;
  readonly tableBytes: number;
  /** Why this measurement is none. */
  readonly flaws: readonly string[];
};

const database = "measured";
/** A worker that has just started is still finding its feet: its first beat, its first sweep, its connections. */
const settleMs = 3_000;
const lookEveryMs = 100;
/** How exactly the first message's time is known. */
const lookForFirstEveryMs = 5;

export async function runChorus(house: House, of: ChorusWish, set: (sent: number) => void): Promise<ChorusFigures> {
  const { stage, redis } = of;
  const databaseUrl = await house.createDatabase(database, stage.database);
  await redis?.empty();
  const chorus = await startChorus(house, { ...of, databaseUrl, queueUrl: redis?.url ?? databaseUrl, key: stage.key });
  const session = await house.session(database);
  const use = { house, session, of };
  await sleep(settleMs, undefined, { signal: house.halt.signal });
  const before = await look(use, chorus.workerPids);
  const base = of.seen()?.accepted ?? 0;
  const peaks = watchPeaks(chorus.workerPids, redis);
  const startedAt = Date.now();
  await chorus.client(stage.authorKey).post(`/v1/campaigns/${stage.campaignId}/schedule`, { at: "now" }, campaignView);
  const firstAt = await watch(use, (accepted) => set(accepted - base), base);
  const after = await look(use, chorus.workerPids);
  const books = await readBooks(session);
  const { residentBytes: peakResidentBytes, redisBytes } = await peaks.end();
  const taken = of.seen();
  await of.afterwards?.(chorus.apiUrl);
  await session.end();
  await chorus.stop();
  await house.dropDatabase(database);
  return {
    seconds: ((taken?.lastAt ?? books.lastAt) - startedAt) / 1000,
    secondsToFirst: ((firstAt ?? books.firstAt) - startedAt) / 1000,
    senderCpuSeconds: after.senderCpu - before.senderCpu,
    postgresCpuSeconds: after.postgresCpu - before.postgresCpu,
    peakResidentBytes,
    redisBytes: redis ? Math.max(0, redisBytes - before.redisBytes) : null,
    tableBytes: after.tableBytes - before.tableBytes,
    flaws: flawsOf(stage.contacts, { ledger: books.accepted, sink: taken && taken.accepted - base }),
  };
}

function flawsOf(planned: number, of: { ledger: number; sink: number | null }): string[] {
  const flaws = [];
  if (of.ledger !== planned) flaws.push(`The ledger says ${of.ledger} of ${planned} messages were accepted.`);
  if (of.sink !== null && of.sink !== planned) flaws.push(`${of.sink} of ${planned} messages arrived.`);
  return flaws;
}

type Use = { readonly house: House; readonly session: Session; readonly of: ChorusWish };

async function look({ house, session, of }: Use, workers: readonly number[]) {
  const [row] = await session.query<{ bytes: number }>(
    "select sum(pg_total_relation_size(oid))::float8 as bytes from pg_class where relname in ('message', 'due')",
  );
  return {
    senderCpu: cpuSeconds(workers),
    postgresCpu: cpuSeconds([house.postgresPid]),
    tableBytes: row?.bytes ?? 0,
    redisBytes: (await of.redis?.usedBytes()) ?? 0,
  };
}

/** Until the ledger has closed the run. Answers when the first message was taken, where the provider tells. */
async function watch(
  { house, session, of }: Use,
  set: (accepted: number) => void,
  base: number,
): Promise<number | null> {
  const { signal } = house.halt;
  let first = of.seen();
  for (; first && first.accepted === base; first = of.seen()) await sleep(lookForFirstEveryMs, undefined, { signal });
  const finished = "select 1 from run where state = 'finished' and campaign_id is not null";
  while ((await session.query(finished)).length === 0) {
    const now = of.seen();
    if (now) set(now.accepted);
    await sleep(lookEveryMs, undefined, { signal });
  }
  return first?.lastAt ?? null;
}

async function readBooks(session: Session): Promise<{ accepted: number; firstAt: number; lastAt: number }> {
  const [row] = await session.query<{ accepted: number; firstAt: number; lastAt: number }>(
    `select count(*)::int as accepted, extract(epoch from min(settled_at))::float8 * 1000 as "firstAt",
            extract(epoch from max(settled_at))::float8 * 1000 as "lastAt" from message where state = $1`,
    [messageStates.accepted],
  );
  return row ?? { accepted: 0, firstAt: 0, lastAt: 0 };
}

function watchPeaks(pids: readonly number[], redis: BenchRedis | null) {
  const peaks = { residentBytes: 0, redisBytes: 0 };
  const look = async () => {
    peaks.residentBytes = Math.max(peaks.residentBytes, ...pids.map(residentBytes));
    if (redis) peaks.redisBytes = Math.max(peaks.redisBytes, await redis.usedBytes());
  };
  const timer = setInterval(() => void look().catch(() => {}), lookEveryMs);
  return {
    async end() {
      clearInterval(timer);
      await look();
      return peaks;
    },
  };
}
