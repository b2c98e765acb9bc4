/** One soak: a real installation sends to many while everything it stands on breaks, and a referee counts what arrives. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { launchTo, newestRun, openSendingPlace, type SendingPlace } from "@chorus/cli/sending-place";
import { releasedView } from "@chorus/core/wire-runs";
import { checkInvariants, type Invariant } from "@chorus/db/invariants";
import { migrate } from "@chorus/db/migrate";
import type { FaultRule } from "@chorus/sandbox/faults";
import type { WireCount } from "@chorus/sandbox/wire-count";
import { readDepartures } from "./departures.ts";
import { judge, type Verdict } from "./judge.ts";
import { letPeopleLeave } from "./leave.ts";
import { askForPosts } from "./posts.ts";
import { openRandom } from "./random.ts";
import { openReports } from "./reports.ts";
import { planFaults, type Weather } from "./schedule.ts";
import { openPostgres, openRedis } from "./servers.ts";
import { type Fault, type Struck, strike } from "./strike.ts";
import { openWorkers } from "./workers.ts";

export type SoakWish = {
  readonly recipients: number;
  readonly seed: string;
  readonly queue: "postgres" | "redis";
  readonly weather: Weather;
  /** A promise that is left out, to see that the referee notices: it ends as soon as something came twice. */
  readonly without?: string | undefined;
  /** Mistakes of the stand-ins, before the usual ones. */
  readonly standIns?: readonly FaultRule[];
  /** After so long it is judged as it stands. */
  readonly withinMs: number;
  readonly tell: (arrived: number, planned: number, what: string) => void;
};

export type SoakResult = Verdict & {
  readonly seed: string;
  readonly queue: string;
  readonly faults: readonly Fault[];
  readonly seconds: number;
  readonly invariants: { readonly samples: number; readonly broken: readonly (Invariant & { at: string })[] };
  readonly void: boolean;
};

/** Long enough that a kill finds something under way. */
const providerMs = 40;
/** A text with its reports, held back and shuffled and brought twice, costs the two processors ten times what a mail does. */
const textsOf = (recipients: number): number => Math.min(10_000, Math.round(recipients / 10));
/** So that texts are held to their limit for half a minute, or as long as so many take at a hundred a second. */
const textsPerSecond = (texts: number): number => Math.min(100, Math.ceil(texts / 30));

type Env = Readonly<Record<string, string>>;

/** The whole account rests for a second each time: so many rests are a part of any run, and no more of a long one. */
const rests = 200;

const standInFaults = (recipients: number): readonly FaultRule[] => [
  {
    provider: "smtp",
    match: { share: Math.min(0.02, rests / recipients) },
    fault: { is: "rate_limited", retryAfterSeconds: 1, times: 1 },
  },
  { provider: "smtp", match: { share: 0.02 }, fault: { is: "server_error", times: 1 } },
  { provider: "smtp", match: { share: 0.01 }, fault: { is: "hang", ms: 2_000 } },
  { provider: "twilio", match: { share: 0.002 }, fault: { is: "rate_limited", retryAfterSeconds: 1, times: 1 } },
  { provider: "twilio", match: { share: 0.02 }, fault: { is: "server_error", times: 1 } },
  { provider: "twilio", match: { share: 0.01 }, fault: { is: "hang", ms: 2_000 } },
  { provider: "twilio", match: { share: 0.01 }, fault: { is: "hard_bounce" } },
  { provider: "slack", match: { to: "#storm-1" }, fault: { is: "rate_limited", retryAfterSeconds: 1, times: 2 } },
  { provider: "slack", match: { to: "#storm-2" }, fault: { is: "server_error", times: 1 } },
  { provider: "slack", match: { to: "#storm-3" }, fault: { is: "accept_then_hang_up" }, times: 1 },
  { provider: "smtp", match: {}, fault: { is: "hang", ms: providerMs } },
  { provider: "twilio", match: {}, fault: { is: "hang", ms: providerMs } },
  { provider: "slack", match: {}, fault: { is: "hang", ms: providerMs } },
];

export async function soak(of: SoakWish): Promise<SoakResult> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    return await run(of, undo);
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

async function run(of: SoakWish, undo: (() => Promise<unknown>)[]): Promise<SoakResult> {
  const folder = await mkdtemp(join(tmpdir(), "chorus-soak-"));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const postgres = await openPostgres(join(folder, "postgres"));
  undo.push(() => postgres.stop());
  await migrate(postgres.url);
  const redis = of.queue === "redis" ? await openRedis(folder) : null;
  if (redis) undo.push(() => redis.stop());
  const reports = await openReports(openRandom(of.seed).branch("reports"));
  undo.push(() => reports.close());
  const place = await openSendingPlace({
    databaseUrl: postgres.url,
    queueUrl: redis?.url ?? postgres.url,
    publicUrl: reports.url,
    providerMs: 0,
  });
  undo.push(() => place.close());
  reports.forwardTo(place.apiUrl);
  await place.hurryProviders();
  await place.addFaults([...(of.standIns ?? []), ...standInFaults(of.recipients)]);
  const texts = textsOf(of.recipients);
  const contacts = of.recipients - texts;
  const campaignId = await launchTo(place, { contacts, texts, channels: ["email", "sms"] });
  const env = {
    TEST_DEPARTURES: join(folder, "departures"),
    NODE_OPTIONS: `--import ${new URL("./test-departures.mjs", import.meta.url)}`,
    WORKER_GATE_FOLDER: join(folder, "gates"),
    SMTP_CONCURRENCY: "30",
    TWILIO_PER_SECOND: String(textsPerSecond(texts)),
    ...(of.without ? { NODE_ENV: "test", TEST_SWITCH_OFF: of.without } : {}),
  };
  await mkdir(env.TEST_DEPARTURES);
  const workers = await openWorkers({ place, databaseUrl: postgres.url, redisUrl: redis?.url ?? null, env, folder });
  undo.push(() => workers.stop());
  const run = await untilRun(place, campaignId);
  const startedAt = performance.now();
  const until = startedAt + of.withinMs;
  const faults: Fault[] = [];
  let isOver = false;
  let posted = false;
  const samples = sample(place, () => isOver);
  const leaving = letPeopleLeave({ place, runId: run, isOver: () => isOver });
  const posting = askForPosts({ place, isOver: () => posted });
  const struck: Struck = { place, workers, postgres, redis, runId: run };
  const isShown = async () => of.without !== undefined && (await countWire(place)).repeatedIds > 0;
  await breakThings(of, { struck, faults, until, isShown });
  posted = true;
  const promised = await posting;
  while (performance.now() < until && !(await isShown()) && (await isUnderWay(place))) {
    await sleep(300);
    of.tell(await arrived(place), of.recipients, "what is due goes out");
  }
  isOver = true;
  await workers.stop();
  for (const ahead of later) {
    if (performance.now() > until || (await isShown()) || (await newestRun(place, campaignId))?.state === "finished")
      break;
    await playLater(place, { ahead, env, until });
    of.tell(await arrived(place), of.recipients, "what was put off goes out");
  }
  const left = await leaving;
  await reports.settled();
  const limits = [
    { channel: "sms", perSecond: textsPerSecond(texts), each: "account" },
    { channel: "slack", perSecond: 1, each: "address" },
  ] as const;
  const departures = await readDepartures(env.TEST_DEPARTURES);
  const verdict = await judge({ place, faults, left, promised, forged: reports.forged(), limits, departures });
  const kills = faults.filter(({ kind }) => kind === "worker killed");
  return {
    ...verdict,
    seed: of.seed,
    queue: of.queue,
    faults,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    invariants: await samples,
    void: kills.filter(({ inFlight }) => inFlight > 0).length < kills.length / 2,
  };
}

type Breaking = { struck: Struck; faults: Fault[]; until: number; isShown: () => Promise<boolean> };

async function breakThings(of: SoakWish, by: Breaking): Promise<void> {
  const planned = planFaults(openRandom(of.seed).branch("faults"), of.weather);
  const under: Promise<void>[] = [];
  for (const next of planned) {
    for (let now = 0; performance.now() < by.until; await sleep(100)) {
      now = await arrived(by.struck.place);
      of.tell(now, of.recipients, by.faults.at(-1)?.kind ?? "");
      if (now >= next.share * of.recipients) break;
    }
    if (performance.now() >= by.until || (await by.isShown())) break;
    under.push(strike(by.struck, next, (fault) => by.faults.push(fault)));
    if (!next.kind.startsWith("worker stopped")) await Promise.race([under.at(-1), sleep(3_000)]);
  }
  await Promise.all(under);
}

async function untilRun(place: SendingPlace, campaignId: string): Promise<string> {
  for (;;) {
    const run = await newestRun(place, campaignId);
    if (run) return run.id;
    await sleep(100);
  }
}

async function countWire({ sandbox }: SendingPlace): Promise<Pick<WireCount, "distinct" | "repeatedIds">> {
  const answer = await fetch(new URL("/wire/count", sandbox.http));
  return (await answer.json()) as WireCount;
}

const arrived = async (place: SendingPlace): Promise<number> => (await countWire(place)).distinct;

/** Something is due, in a worker's hands or to be asked about, were the database's clock so far ahead. */
async function isUnderWay({ db }: SendingPlace, ahead = "0"): Promise<boolean> {
  const question = `select exists (select 1 from due where state > 0 or not_before <= chorus_now() + $1::interval)
      or exists (select 1 from run_expansion where not done)
      or exists (select 1 from doubt where resolved_at is null and ask_at <= chorus_now() + $1::interval) as found`;
  return await db.sql.query<{ found: boolean }>(question, [ahead]).then(
    ({ rows }) => rows[0]?.found ?? true,
    () => true, // the database is away
  );
}

/** What was put off waits for minutes and hours: the database's clock is moved on for one more worker, instead. */
const later = ["3 minutes", "30 minutes", "3 hours", "9 hours"];

async function playLater(place: SendingPlace, of: { ahead: string; env: Env; until: number }): Promise<void> {
  const database = new URL(place.databaseUrl).pathname.slice(1);
  await place.db.sql.query(`alter database ${database} set chorus.clock_shift = '${of.ahead}'`);
  const worker = await place.startWorker(of.env);
  await place.client.post("/v1/release", undefined, releasedView); // so long without a worker, the engine holds
  do await sleep(3_000);
  while (performance.now() < of.until && (await isUnderWay(place, of.ahead)));
  await worker.stop();
}

/** Every second, or as often as leaves most of the machine to the run. */
async function sample({ db }: SendingPlace, isOver: () => boolean): Promise<SoakResult["invariants"]> {
  const broken: (Invariant & { at: string })[] = [];
  let samples = 0;
  while (!isOver()) {
    const began = performance.now();
    const found = await checkInvariants(db).catch(() => null); // the database is away
    if (found) samples++;
    for (const each of found ?? []) if (each.broken > 0) broken.push({ ...each, at: new Date().toISOString() });
    await sleep(Math.max(1_000, 9 * (performance.now() - began)));
  }
  return { samples, broken };
}
