/**
 * `bench levers`: with a whole campaign planned and going out, how long a pause, a stop of everything and a cancel take to
 * answer, and how long after the answer the provider takes its last mail.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { campaignView } from "@chorus/core/wire-campaigns";
import { actedView, releasedView, stoppedView } from "@chorus/core/wire-runs";
import { readConditions, whatIsNotDurable } from "./conditions.ts";
import { type Frame, percentile, type Result, rounded, voidOf } from "./frame.ts";
import { type House, withHouse } from "./house.ts";
import { type Installation, startChorus } from "./installation.ts";
import { openSink, type Sink } from "./sink.ts";
import { type Stage, setStage } from "./stage.ts";
import type { BenchWish } from "./wish.ts";

const database = "pulled";
const workers = 2;
const pullsOfEach = 50;
/** It has been going out for so long when it is pulled, and what still comes is waited for so long. */
const goesOutMs = 500;
const watchedMs = 1_500;
const goesOnWithinMs = 10_000;
/** Fewer have all gone out before the last pull. */
const fewestRecipients = 200_000;

type Scene = { house: House; sink: Sink; stage: Stage };
type Lever = { readonly name: string; pull(): Promise<unknown>; readonly release: (() => Promise<unknown>) | null };
/** In milliseconds; `lastAfter` and `resumed` from the answers to the provider's last mail and to its next. */
type Pulled = { readonly answered: number; readonly lastAfter: number; readonly resumed: number | null };

export async function benchLevers(wish: BenchWish): Promise<Frame> {
  if (wish.recipients < fewestRecipients)
    throw new Error(`--recipients ${fewestRecipients} or more: fewer have all gone out before the last pull.`);
  if (wish.sink !== null) throw new Error("Only smtp-sink tells when it took its last mail: leave --sink out.");
  return await withHouse(wish, async (house) => {
    const sink = await openSink(house, wish.sink);
    const accounts = { SMTP_URL: sink.url };
    const stage = await setStage(house, { contacts: wish.recipients, channel: "email", accounts });
    const conditions = await readConditions(house, stage.database);
    const results: Result[] = [];
    for (let round = 1; round <= wish.rounds; round++) results.push(...(await pullAll({ house, sink, stage }, round)));
    return {
      bench: "levers",
      conditions: { ...conditions, recipients: wish.recipients, rounds: wish.rounds, workers, sink: sink.name },
      results,
      ratios: {},
      void: voidOf([...whatIsNotDurable(conditions), ...flawsOf(results)]),
    };
  });
}

async function pullAll({ house, sink, stage }: Scene, round: number): Promise<Result[]> {
  const databaseUrl = await house.createDatabase(database, stage.database);
  const accounts = { SMTP_URL: sink.url };
  const chorus = await startChorus(house, { databaseUrl, queueUrl: databaseUrl, key: stage.key, accounts, workers });
  const levers = leversOf(chorus, stage);
  await planAll({ house, chorus, stage });
  const pulls = { label: `${round}. pulls`, total: 2 * pullsOfEach };
  const results = await house.meter(pulls, async (set) => {
    const pulled = new Map<string, Pulled[]>();
    for (let no = 0; no < 2 * pullsOfEach; no++) {
      const lever = no % 2 === 0 ? levers.pause : levers.stop;
      pulled.set(lever.name, [...(pulled.get(lever.name) ?? []), await pullOnce({ house, sink, lever })]);
      set(no + 1);
    }
    pulled.set(levers.cancel.name, [await pullOnce({ house, sink, lever: levers.cancel })]);
    return [...pulled].map(([name, each]) => resultOf({ name, round }, each));
  });
  await chorus.stop();
  await house.dropDatabase(database);
  return results;
}

function leversOf(chorus: Installation, { campaignId, authorKey }: Stage) {
  const client = chorus.client(authorKey);
  const act = (action: string) => () => client.post(`/v1/campaigns/${campaignId}/${action}`, undefined, actedView);
  return {
    pause: { name: "pause", pull: act("pause"), release: act("resume") },
    stop: {
      name: "stop everything",
      pull: () => client.post("/v1/stop", {}, stoppedView),
      release: () => client.post("/v1/release", {}, releasedView),
    },
    cancel: { name: "cancel", pull: act("cancel"), release: null },
  } satisfies Record<string, Lever>;
}

/** Paused while it is planned, so that next to nothing has gone out when the levers are pulled. */
async function planAll({ house, chorus, stage }: Omit<Scene, "sink"> & { chorus: Installation }): Promise<void> {
  const { signal } = house.halt;
  const client = chorus.client(stage.authorKey);
  await client.post(`/v1/campaigns/${stage.campaignId}/schedule`, { at: "now" }, campaignView);
  const session = await house.session(database);
  const read = async () => await session.query<{ done: boolean }>("select done from run_expansion");
  while ((await read()).length === 0) await sleep(50, undefined, { signal });
  await client.post(`/v1/campaigns/${stage.campaignId}/pause`, undefined, actedView);
  await house.meter({ label: "planned", total: stage.contacts }, async (set) => {
    for (; !(await read()).every(({ done }) => done); await sleep(1_000, undefined, { signal })) {
      const [row] = await session.query<{ count: number }>("select count(*)::float8 as count from message");
      set(row?.count ?? 0);
    }
  });
  await session.end();
  await client.post(`/v1/campaigns/${stage.campaignId}/resume`, undefined, actedView);
}

async function pullOnce({ house, sink, lever }: Omit<Scene, "stage"> & { lever: Lever }): Promise<Pulled> {
  const { signal } = house.halt;
  await sleep(goesOutMs, undefined, { signal });
  const pulledAt = Date.now();
  await lever.pull();
  const answeredAt = Date.now();
  await sleep(watchedMs, undefined, { signal });
  const { accepted = 0, lastAt = Number.NaN } = sink.seen() ?? {};
  const of = { answered: answeredAt - pulledAt, lastAfter: lastAt - answeredAt };
  if (!lever.release) return { ...of, resumed: null };
  await lever.release();
  const releasedAt = Date.now();
  const giveUpAt = releasedAt + goesOnWithinMs;
  while ((sink.seen()?.accepted ?? 0) === accepted && Date.now() < giveUpAt) await sleep(5, undefined, { signal });
  return { ...of, resumed: Date.now() - releasedAt };
}

function resultOf(of: { name: string; round: number }, pulled: readonly Pulled[]): Result {
  const at = (figure: keyof Pulled, share: number) => {
    const values = pulled.map((each) => each[figure]).filter((value) => value !== null);
    const value = percentile(values, share);
    return value === null ? null : rounded(value);
  };
  return {
    ...of,
    pulls: pulled.length,
    ...{ answerP50Ms: at("answered", 0.5), answerP99Ms: at("answered", 0.99) },
    ...{ lastAfterP50Ms: at("lastAfter", 0.5), lastAfterMaxMs: at("lastAfter", 1) },
    ...{ resumedP50Ms: at("resumed", 0.5), resumedMaxMs: at("resumed", 1) },
  };
}

/** A last mail long before the pull: nothing was going out, and nothing was stopped. */
function flawsOf(results: readonly Result[]): string[] {
  const isIdle = results.some((each) => Number(each.lastAfterP50Ms) < -goesOutMs);
  return isIdle ? ["Nothing was going out when the levers were pulled."] : [];
}
