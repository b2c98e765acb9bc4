/**
 * `bench send`: a campaign by mail. A plain loop over nodemailer's pool, Chorus end to end on either queue and with two
 * workers, and the raw limit of the wire take turns in one run, on one machine, into one sink.
 */
import { runLoop } from "./child.ts";
import { runChorus } from "./chorus-run.ts";
import { readConditions, whatIsNotDurable } from "./conditions.ts";
import { chorusResult, loopResult } from "./figures.ts";
import { type Frame, inTurn, type Result, ratio, rounded, voidOf } from "./frame.ts";
import { type House, withHouse } from "./house.ts";
import { type BenchRedis, openRedis } from "./redis.ts";
import { lookAtMails, type Sample } from "./sample.ts";
import { openSink, type Sink } from "./sink.ts";
import { type Stage, setStage } from "./stage.ts";
import { sendRaw } from "./wire.ts";
import { type BenchWish, fewestRounds } from "./wish.ts";

type Pool = { readonly connections: number; readonly noDelay: boolean };
const pools: readonly Pool[] = [5, 10, 20].flatMap((connections) =>
  [true, false].map((noDelay) => ({ connections, noDelay })),
);
/** Enough to tell the pools apart, and no more than the campaign has. */
const tryMails = 4_000;

type Scene = { house: House; wish: BenchWish; sink: Sink; redis: BenchRedis | null; stage: Stage; sample: Sample };
type Measure = (scene: Scene, round: number) => Promise<{ result: Result; flaws: readonly string[] }>;

export async function benchSend(wish: BenchWish): Promise<Frame> {
  return await withHouse(wish, async (house) => {
    const sink = await openSink(house, wish.sink);
    const redis = await openRedis(house);
    const sample = await lookAtMails(house);
    const stage = await setStage(house, {
      contacts: wish.recipients,
      channel: "email",
      accounts: { SMTP_URL: sink.url },
    });
    const scene = { house, wish, sink, redis, stage, sample };
    const conditions = await readConditions(house, stage.database);
    const { best, tried } = await chooseBestPool(scene);
    const senders = [
      nodemailer(best),
      chorus("chorus", 1, null),
      ...(redis ? [chorus("chorus on redis", 1, redis)] : []),
    ];
    const all = [...senders, chorus("chorus, two workers", 2, null), wire];
    const done = [];
    for (let round = 1; round <= wish.rounds; round++)
      for (const measure of inTurn(all, round)) done.push(await measure(scene, round));
    const results = done.map(({ result }) => result);
    return {
      bench: "send",
      conditions: {
        ...conditions,
        ...{ recipients: wish.recipients, rounds: wish.rounds, sink: sink.name, nodeOptions: wish.nodeOptions ?? null },
        nodemailer: { best, tried },
        messageBytes: sample.meanBytes,
        sampled: { mails: sample.mails, linksThatResolve: sample.linksThatResolve },
      },
      results,
      ratios: {
        chorusToNodemailer: ratio(results, "chorus", "nodemailer"),
        chorusToWire: ratio(results, "chorus, two workers", "smtp-source"),
        oneWorkerToWire: ratio(results, "chorus", "smtp-source"),
        redisToPostgres: ratio(results, "chorus on redis", "chorus"),
        twoWorkersToOne: ratio(results, "chorus, two workers", "chorus"),
      },
      void: voidOf([
        ...tooFew(wish),
        ...whatIsNotDurable(conditions),
        ...sample.flaws,
        ...done.flatMap(({ flaws }) => flaws),
      ]),
    };
  });
}

const tooFew = ({ rounds }: BenchWish): string[] =>
  rounds < fewestRounds ? [`${rounds} rounds are too few to tell anything: ${fewestRounds} at least.`] : [];

async function chooseBestPool(scene: Scene): Promise<{ best: Pool; tried: (Pool & { perSecond: number })[] }> {
  const mails = Math.min(tryMails, scene.wish.recipients);
  const tried = [];
  for (const pool of pools) {
    const { result } = await runPool(scene, { pool, mails, round: 0 });
    tried.push({ ...pool, perSecond: Number(result.perSecond) });
  }
  const [best] = [...tried].sort((a, b) => b.perSecond - a.perSecond);
  if (!best) throw new Error("No pool was tried.");
  return { best: { connections: best.connections, noDelay: best.noDelay }, tried };
}

const nodemailer =
  (pool: Pool): Measure =>
  (scene, round) =>
    runPool(scene, { pool, mails: scene.wish.recipients, round });

async function runPool(scene: Scene, of: { pool: Pool; mails: number; round: number }) {
  const { house, sink, stage, sample, wish } = scene;
  const order = {
    ...{ databaseUrl: house.urlOf(stage.database), sinkUrl: sink.url, publicUrl: "http://127.0.0.1:40000" },
    ...{ words: sample.words, ...of.pool, limit: of.mails },
  };
  const label = of.round === 0 ? `nodemailer, pool of ${of.pool.connections}` : `${of.round}. nodemailer`;
  const loop = await house.meter({ label, total: of.mails }, async (set) => {
    const base = sink.seen()?.accepted ?? 0;
    const looking = setInterval(() => set((sink.seen()?.accepted ?? base) - base), 200);
    const run = { file: "nodemailer-loop.ts", order, nodeOptions: wish.nodeOptions };
    return await runLoop(house, run).finally(() => {
      clearInterval(looking);
      set(of.mails);
    });
  });
  return { result: loopResult({ name: "nodemailer", round: of.round, messages: of.mails }, loop), flaws: [] };
}

const chorus =
  (name: string, workers: number, redis: BenchRedis | null): Measure =>
  async ({ house, sink, stage, wish }, round) => {
    const mails = stage.contacts;
    const run = {
      ...{ stage, workers, redis, accounts: { SMTP_URL: sink.url } },
      ...{ nodeOptions: wish.nodeOptions, seen: () => sink.seen() },
    };
    const label = `${round}. ${name}`;
    const figures = await house.meter({ label, total: mails }, (set) => runChorus(house, run, set));
    return { result: chorusResult({ name, round, messages: mails }, figures), flaws: figures.flaws };
  };

const wire: Measure = async ({ house, sink, wish, sample }, round) => {
  const mails = wish.recipients;
  const startedAt = performance.now();
  await house.meter({ label: `${round}. smtp-source`, total: mails }, async (set) => {
    await sendRaw(house, { url: sink.url, mails, bytes: sample.rawBytes });
    set(mails);
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const result = { name: "smtp-source", round, perSecond: rounded(mails / seconds), seconds: rounded(seconds) };
  return { result, flaws: [] };
};
