/** `bench sms`: a campaign by text message into one stand-in for Twilio, beside plain loops over undici and Twilio's SDK. */
import { runLoop } from "./child.ts";
import { runChorus } from "./chorus-run.ts";
import { readConditions, whatIsNotDurable } from "./conditions.ts";
import { chorusResult, loopResult } from "./figures.ts";
import { type Frame, inTurn, type Result, ratio, voidOf } from "./frame.ts";
import { type House, withHouse } from "./house.ts";
import { firstName, phoneOf } from "./people.ts";
import { type Stage, setStage } from "./stage.ts";
import { accountsOf, openTwilioSink, type TwilioSink } from "./twilio-sink.ts";
import type { BenchWish } from "./wish.ts";
import { openWords } from "./words.ts";

type Over = "undici" | "twilio";
type Words = {
  readonly fields: Readonly<Record<string, string>>;
  readonly meanBytes: number;
  readonly flaws: readonly string[];
};
type Scene = { house: House; wish: BenchWish; sink: TwilioSink; stage: Stage; words: Words };

const names = { undici: "undici loop", twilio: "Twilio SDK loop" } as const;
const connectionsTried = [10, 20, 50];
const tryTexts = 4_000;
const sampled = 100;

export async function benchSms(wish: BenchWish): Promise<Frame> {
  return await withHouse(wish, async (house) => {
    const words = await lookAtTexts(house);
    const sink = await openTwilioSink(house);
    const stage = await setStage(house, { contacts: wish.recipients, channel: "sms", accounts: accountsOf(sink) });
    const scene = { house, wish, sink, stage, words };
    const conditions = await readConditions(house, stage.database);
    const best = { undici: await bestOf(scene, "undici"), twilio: await bestOf(scene, "twilio") };
    const all = [
      ...(["undici", "twilio"] as const).map((over) => (round: number) => loop(scene, { over, ...best[over], round })),
      ...[1, 2].map((workers) => (round: number) => chorus(scene, workers, round)),
    ];
    const done: Measured[] = [];
    for (let round = 1; round <= wish.rounds; round++)
      for (const measure of inTurn(all, round)) done.push(await measure(round));
    const results = done.map(({ result }) => result);
    return {
      bench: "sms",
      conditions: {
        ...conditions,
        recipients: wish.recipients,
        rounds: wish.rounds,
        best,
        messageBytes: words.meanBytes,
      },
      results,
      ratios: {
        chorusToTwilioSdk: ratio(results, "chorus", names.twilio),
        chorusToUndici: ratio(results, "chorus", names.undici),
        twoWorkersToOne: ratio(results, "chorus, two workers", "chorus"),
      },
      void: voidOf([...whatIsNotDurable(conditions), ...words.flaws, ...done.flatMap(({ flaws }) => flaws)]),
    };
  });
}

type Measured = { readonly result: Result; readonly flaws: readonly string[] };

/** An untimed look at a hundred texts: what a loop must send to send the same, and whether they differ. */
async function lookAtTexts(house: House): Promise<Words> {
  const sink = await openTwilioSink(house);
  const stage = await setStage(house, { contacts: sampled, channel: "sms", accounts: accountsOf(sink) });
  const run = { stage, accounts: accountsOf(sink), workers: 1, redis: null, seen: () => sink.seen() };
  const { flaws } = await house.meter({ label: "sampled texts", total: sampled }, (set) => runChorus(house, run, set));
  const forms = sink.sampled();
  const own = forms.map((form) => Object.fromEntries(new URLSearchParams(form))).find(({ To }) => To === phoneOf(0));
  if (!own) throw new Error(`No text to ${phoneOf(0)} arrived.`);
  const bodies = new Set(forms.map((form) => new URLSearchParams(form).get("Body")));
  return {
    fields: Object.fromEntries(Object.entries(own).map(([name, value]) => [name, openWords(value, firstName(0))])),
    meanBytes: Math.round(forms.reduce((sum, form) => sum + form.length, 0) / forms.length),
    flaws: bodies.size === sampled ? flaws : [...flaws, `Of ${sampled} sampled texts only ${bodies.size} differ.`],
  };
}

async function bestOf(scene: Scene, over: Over): Promise<{ connections: number }> {
  const limit = Math.min(tryTexts, scene.wish.recipients);
  const tried = [];
  for (const connections of connectionsTried) {
    const { result } = await loop(scene, { over, connections, round: 0, limit });
    tried.push({ connections, perSecond: Number(result.perSecond) });
  }
  const best = tried.reduce((a, b) => (b.perSecond > a.perSecond ? b : a));
  return { connections: best.connections };
}

async function loop(
  { house, wish, sink, stage, words }: Scene,
  of: { over: Over; connections: number; round: number; limit?: number },
): Promise<Measured> {
  const limit = of.limit ?? wish.recipients;
  const order = { databaseUrl: house.urlOf(stage.database), sinkUrl: sink.url, fields: words.fields, ...of, limit };
  const label = of.round === 0 ? `${of.over}, ${of.connections} at once` : `${of.round}. ${names[of.over]}`;
  const figures = await house.meter({ label, total: limit }, async (set) => {
    const base = sink.seen().accepted;
    const looking = setInterval(() => set(sink.seen().accepted - base), 200);
    return await runLoop(house, { file: "sms-loop.ts", order, nodeOptions: wish.nodeOptions }).finally(() => {
      clearInterval(looking);
      set(limit);
    });
  });
  return { result: loopResult({ name: names[of.over], round: of.round, messages: limit }, figures), flaws: [] };
}

async function chorus({ house, wish, sink, stage }: Scene, workers: number, round: number): Promise<Measured> {
  const name = workers === 1 ? "chorus" : "chorus, two workers";
  const run = {
    ...{ stage, workers, redis: null, accounts: accountsOf(sink) },
    ...{ nodeOptions: wish.nodeOptions, seen: () => sink.seen() },
  };
  const label = `${round}. ${name}`;
  const figures = await house.meter({ label, total: stage.contacts }, (set) => runChorus(house, run, set));
  return { result: chorusResult({ name, round, messages: stage.contacts }, figures), flaws: figures.flaws };
}
