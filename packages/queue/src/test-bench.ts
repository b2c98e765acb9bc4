/** What every integration test of this package stands on: an empty queue, and producers and consumers closed after it. */
import { describe, inject, it } from "vitest";
import { type Consumer, type Handlers, openConsumer } from "./consumer.ts";
import type { JobName } from "./jobs.ts";
import { openProducer, type Producer } from "./producer.ts";
import { type Backend, type Home, onPostgres, onRedis } from "./test-home.ts";
import type { Trouble } from "./trouble.ts";

export type Done = { readonly job: JobName; readonly payload: unknown };

export type Bench = {
  readonly home: Home;
  /** What handlers were given, in order, save handlers that a test brings itself. */
  readonly done: Done[];
  readonly troubles: Trouble[];
  produce(url?: string): Producer;
  consume(own?: Partial<Handlers<null>>, url?: string): Consumer;
};

/** One job at a time of each queue. */
export const oneEach = { plan: 1, write: 1, expand: 1, send: 1, urgent: 1 };
export const lane = { channel: "email", lane: 3 };
/** How long a test waits for what should happen at once, on a busy machine. */
export const soon = { timeout: 8_000, interval: 20 };

/** Takes a title and what to do on a bench of the test's own. */
export type Promised = (title: string, body: (bench: Bench) => Promise<void>) => void;

/** The same promises on both backends. `concurrently` is for those that spend their time waiting. */
export function onBothBackends(promises: (promise: Promised, backend: Backend, concurrently: Promised) => void): void {
  const on = (backend: Backend) => () =>
    promises(
      (title, body) => it(title, () => withBench(backend, body)),
      backend,
      (title, body) => it.concurrent(title, () => withBench(backend, body), 60_000),
    );
  const postgres = onPostgres(inject("postgresUrl"));
  const redisUrl = inject("redisUrl");
  describe("the queue on PostgreSQL", on(postgres));
  if (redisUrl === null) describe.skip("the queue on Redis: LEFT OUT, there is no Redis here", on(postgres));
  else describe("the queue on Redis", on(onRedis(redisUrl)));
}

async function withBench(backend: Backend, body: (bench: Bench) => Promise<void>): Promise<void> {
  const home = await backend.openHome();
  const opened: { close(): Promise<unknown> }[] = [];
  const done: Done[] = [];
  const troubles: Trouble[] = [];
  const keep = <Opened extends Producer | Consumer>(one: Opened) => {
    opened.push(one);
    return one;
  };
  const onError = (trouble: Trouble) => void troubles.push(trouble);
  try {
    await body({
      home,
      done,
      troubles,
      produce: (url = home.url) => keep(openProducer({ url })),
      consume: (own = {}, url = home.url) =>
        keep(openConsumer({ url, handlers: recording(done, own), world: null, concurrency: oneEach, onError })),
    });
  } finally {
    await Promise.all(opened.map((one) => one.close()));
    await home.close();
  }
}

/** Handlers that write down what they were given, save those a test brings itself. */
export function recording(done: Done[], own: Partial<Handlers<null>> = {}): Handlers<null> {
  const record = (job: JobName) => async (_world: null, payload: unknown) => void done.push({ job, payload });
  return {
    planCampaign: record("planCampaign"),
    writeVariant: record("writeVariant"),
    writeCopy: record("writeCopy"),
    launchRuns: record("launchRuns"),
    expandAudience: record("expandAudience"),
    pumpLane: record("pumpLane"),
    pumpUrgent: record("pumpUrgent"),
    ...own,
  };
}

/** The depth of the queue that pumpLane waits in. */
export async function sendDepth(producer: Producer) {
  const depths = await producer.depths();
  return depths.is === "counted" ? depths.queues.send : depths;
}
