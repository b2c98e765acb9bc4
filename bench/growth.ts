/** `bench growth`: whether a hundred times the contacts cost a hundred times the time and not a byte of memory more. */
import { runChorus } from "./chorus-run.ts";
import { readConditions, whatIsNotDurable } from "./conditions.ts";
import { chorusResult } from "./figures.ts";
import { type Frame, inTurn, medianOf, type Result, ratio, rounded, voidOf } from "./frame.ts";
import { withHouse } from "./house.ts";
import { openRedis } from "./redis.ts";
import { openSink } from "./sink.ts";
import { setStage } from "./stage.ts";
import type { BenchWish } from "./wish.ts";

/** `--recipients` is the largest; the others are a tenth and a hundredth of it. */
const shares = [0.01, 0.1, 1];

export async function benchGrowth(wish: BenchWish): Promise<Frame> {
  return await withHouse(wish, async (house) => {
    const sink = await openSink(house, wish.sink);
    const redis = await openRedis(house);
    const accounts = { SMTP_URL: sink.url };
    const sizes = shares.map((share) => Math.max(1, Math.round(wish.recipients * share)));
    const stages = [];
    for (const contacts of sizes) stages.push(await setStage(house, { contacts, channel: "email", accounts }));
    const conditions = await readConditions(house, "postgres");
    const kinds = [
      { kind: "one worker", workers: 1, redis: null },
      { kind: "two workers", workers: 2, redis: null },
      ...(redis ? [{ kind: "on redis", workers: 1, redis }] : []),
    ];
    const all = stages.flatMap((stage) => kinds.map((kind) => ({ stage, ...kind })));
    const results: Result[] = [];
    const flaws: string[] = [];
    for (let round = 1; round <= wish.rounds; round++)
      for (const { kind, stage, ...how } of inTurn(all, round)) {
        const name = nameOf(stage.contacts, kind);
        const run = { stage, accounts, ...how, nodeOptions: wish.nodeOptions, seen: () => sink.seen() };
        const meter = { label: `${round}. ${kind}`, total: stage.contacts };
        const figures = await house.meter(meter, (set) => runChorus(house, run, set));
        results.push(chorusResult({ name, round, messages: stage.contacts }, figures));
        flaws.push(...figures.flaws);
      }
    const [smallest = 0, , largest = 0] = sizes;
    const grown = (figure: string, kind = "one worker") =>
      ratio(results, nameOf(largest, kind), nameOf(smallest, kind), figure);
    return {
      bench: "growth",
      conditions: { ...conditions, sizes, rounds: wish.rounds, sink: sink.name },
      results,
      ratios: {
        perSecondGrown: grown("perSecondAfterFirst"),
        residentGrown: grown("peakResidentMiB"),
        redisBytesGrown: redisGrown(results, smallest, largest),
        secondsToFirstGrown: grown("secondsToFirst"),
        twoWorkersToOne: ratio(results, nameOf(largest, "two workers"), nameOf(largest, "one worker")),
        redisToPostgres: ratio(results, nameOf(largest, "on redis"), nameOf(largest, "one worker")),
      },
      void: voidOf([...whatIsNotDurable(conditions), ...flaws]),
    };
  });
}

const nameOf = (contacts: number, kind: string): string => `${contacts.toLocaleString("en")}, ${kind}`;

/** In all, not for each message: Redis holds jobs, of which there are as many for ten thousand people as for a million. */
function redisGrown(results: readonly Result[], smallest: number, largest: number): number | null {
  const [before, after] = [smallest, largest].map(
    (contacts) => (medianOf(results, nameOf(contacts, "on redis"), "redisBytesPerMessage") ?? Number.NaN) * contacts,
  );
  const grown = (after ?? Number.NaN) / (before ?? Number.NaN);
  return Number.isFinite(grown) ? rounded(grown) : null;
}
