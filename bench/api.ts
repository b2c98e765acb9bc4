/**
 * `bench api`: `POST /v1/messages` beside a Fastify server with one INSERT, alone and while a campaign is going out; and
 * how long a security code takes from its 202 to the provider while the campaign is going out.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { classNames, messageClasses, messageStates } from "@chorus/core/message";
import { campaignView } from "@chorus/core/wire-campaigns";
import { type LoopFigures, runLoop } from "./child.ts";
import { readConditions, whatIsNotDurable } from "./conditions.ts";
import { type Frame, inTurn, percentile, type Result, ratio, rounded, voidOf } from "./frame.ts";
import { type House, type Session, withHouse } from "./house.ts";
import { startInsertServer } from "./insert-server.ts";
import { type Installation, startChorus } from "./installation.ts";
import { openSink, type Sink } from "./sink.ts";
import { type Stage, setStage } from "./stage.ts";
import type { BenchWish } from "./wish.ts";

const database = "asked";
const connections = 20;
const flatOutRequests = 3_000;
const codes = { requests: 200, perSecond: 25 };
const settleMs = 3_000;

type Scene = { house: House; sink: Sink; stage: Stage };
type Measured = { readonly results: readonly Result[]; readonly flaws: readonly string[] };

export async function benchApi(wish: BenchWish): Promise<Frame> {
  return await withHouse(wish, async (house) => {
    const sink = await openSink(house, wish.sink);
    const stage = await setStage(house, {
      contacts: wish.recipients,
      channel: "email",
      accounts: { SMTP_URL: sink.url },
    });
    const scene = { house, sink, stage };
    const conditions = await readConditions(house, stage.database);
    const done: Measured[] = [];
    await house.meter({ label: "measurements", total: wish.rounds * 3 }, async (set) => {
      for (let round = 1; round <= wish.rounds; round++)
        for (const measure of inTurn([insertServer, alone, besideCampaign], round)) {
          done.push(await measure(scene, round));
          set(done.length);
        }
    });
    const results = done.flatMap((each) => each.results);
    return {
      bench: "api",
      conditions: { ...conditions, recipients: wish.recipients, rounds: wish.rounds, connections, codes },
      results,
      ratios: {
        apiToInsert: ratio(results, "POST /v1/messages", "fastify, one INSERT"),
        besideCampaignToAlone: ratio(results, "POST /v1/messages, campaign", "POST /v1/messages"),
        codesBesideCampaignToAlone: ratio(results, "codes, campaign", "codes", "toProviderP99Ms"),
      },
      void: voidOf([...whatIsNotDurable(conditions), ...done.flatMap(({ flaws }) => flaws)]),
    };
  });
}

async function insertServer({ house, stage }: Scene, round: number): Promise<Measured> {
  const server = await startInsertServer(house, await house.createDatabase(database, stage.database));
  const order = {
    url: server.url,
    path: "/messages",
    key: "bench",
    requests: flatOutRequests,
    connections,
    perSecond: null,
  };
  const figures = await runLoop(house, { file: "post-loop.ts", order });
  server.stop();
  await house.dropDatabase(database);
  return { results: [postResult("fastify, one INSERT", round, figures)], flaws: [] };
}

const alone = (scene: Scene, round: number): Promise<Measured> =>
  withChorus(scene, async (chorus, session) => {
    const ask = asking(scene, chorus);
    const flatOut = postResult("POST /v1/messages", round, await ask({ requests: flatOutRequests, perSecond: null }));
    await untilSent(scene, session);
    const paced = await codeResult("codes", { round, session, ask });
    return { results: [flatOut, paced], flaws: [] };
  });

/** The codes first: they are to meet a campaign that has just begun, and the flood of requests comes after. */
const besideCampaign = (scene: Scene, round: number): Promise<Measured> =>
  withChorus(scene, async (chorus, session) => {
    const ask = asking(scene, chorus);
    const path = `/v1/campaigns/${scene.stage.campaignId}/schedule`;
    await chorus.client(scene.stage.authorKey).post(path, { at: "now" }, campaignView);
    while (!(await isSending(session))) await sleep(50, undefined, { signal: scene.house.halt.signal });
    const paced = await codeResult("codes, campaign", { round, session, ask });
    const figures = await ask({ requests: flatOutRequests, perSecond: null });
    const flatOut = postResult("POST /v1/messages, campaign", round, figures);
    const isOver = !(await isSending(session));
    const flaws = isOver ? ["The campaign was over before its measurement was: it needs more --recipients."] : [];
    return { results: [flatOut, paced], flaws };
  });

async function withChorus<T>(
  { house, sink, stage }: Scene,
  use: (chorus: Installation, session: Session) => Promise<T>,
) {
  const databaseUrl = await house.createDatabase(database, stage.database);
  const accounts = { SMTP_URL: sink.url };
  const chorus = await startChorus(house, { databaseUrl, queueUrl: databaseUrl, key: stage.key, accounts, workers: 1 });
  const session = await house.session(database);
  await sleep(settleMs, undefined, { signal: house.halt.signal });
  const result = await use(chorus, session);
  await session.end();
  await chorus.stop();
  await house.dropDatabase(database);
  return result;
}

type Ask = (of: { requests: number; perSecond: number | null }) => Promise<LoopFigures>;

const asking =
  ({ house, stage }: Scene, chorus: Installation): Ask =>
  (of) => {
    const order = { url: chorus.apiUrl, path: "/v1/messages", key: stage.authorKey, connections, ...of };
    return runLoop(house, { file: "post-loop.ts", order });
  };

/** Whether marketing is still waiting to go out. */
async function isSending(session: Session): Promise<boolean> {
  const rows = await session.query("select 1 from due where class = $1 limit 1", [messageClasses.marketing]);
  return rows.length > 0;
}

async function untilSent({ house }: Scene, session: Session): Promise<void> {
  while ((await session.query("select 1 from due limit 1")).length > 0)
    await sleep(100, undefined, { signal: house.halt.signal });
}

function postResult(name: string, round: number, { report, cpuSeconds, postgresCpuSeconds }: LoopFigures): Result {
  const seconds = (report.endedAt - report.startedAt) / 1000;
  return {
    ...{ name, round, perSecond: rounded(flatOutRequests / seconds) },
    ...{ answerP50Ms: rounded(report.answerMs?.p50 ?? 0), answerP99Ms: rounded(report.answerMs?.p99 ?? 0) },
    askerCpuPer1000: rounded((cpuSeconds / flatOutRequests) * 1000),
    postgresCpuPer1000: rounded((postgresCpuSeconds / flatOutRequests) * 1000),
  };
}

/** From the row that the 202 stands for to the row that says the provider took it, both by the database's clock. */
async function codeResult(name: string, of: { round: number; session: Session; ask: Ask }): Promise<Result> {
  const [before] = await of.session.query<{ id: string }>("select coalesce(max(id), 0) as id from message");
  const { report } = await of.ask(codes);
  const security = messageClasses[classNames[0]];
  for (;;) {
    const rows = await of.session.query<{ ms: number }>(
      `select extract(epoch from settled_at - created_at)::float8 * 1000 as ms from message
        where id > $1 and class = $2 and state = $3`,
      [before?.id, security, messageStates.accepted],
    );
    const took = rows.map(({ ms }) => ms);
    if (took.length >= codes.requests)
      return {
        ...{ name, round: of.round, perSecond: codes.perSecond },
        ...{ answerP50Ms: rounded(report.answerMs?.p50 ?? 0), answerP99Ms: rounded(report.answerMs?.p99 ?? 0) },
        ...{
          toProviderP50Ms: rounded(percentile(took, 0.5) ?? 0),
          toProviderP99Ms: rounded(percentile(took, 0.99) ?? 0),
        },
      };
    await sleep(50);
  }
}
