/** What only PostgreSQL has: tables that must be made first, and settings in its URL. */
import { expect, inject, it, vi } from "vitest";
import { migrateQueue } from "./connect.ts";
import { openConsumer } from "./consumer.ts";
import { inspectQueue } from "./health.ts";
import { openProducer } from "./producer.ts";
import { type Done, lane, oneEach, recording, soon } from "./test-bench.ts";
import { onPostgres } from "./test-home.ts";
import type { Trouble } from "./trouble.ts";

it("a database without the queue's tables hangs no process, and is used once they are there", async () => {
  const home = await onPostgres(inject("postgresUrl")).openHome({ isEmpty: true });
  const { url } = home;
  const troubles: Trouble[] = [];
  const done: Done[] = [];
  const onError = (trouble: Trouble) => void troubles.push(trouble);
  const consumer = openConsumer({ url, handlers: recording(done), world: null, concurrency: oneEach, onError });
  const producer = openProducer({ url });
  try {
    expect(await producer.knock("pumpLane", lane)).toMatchObject({ is: "unreachable" });
    expect(await inspectQueue(url)).toMatchObject({
      version: expect.stringMatching(/^PostgreSQL/),
      warnings: [expect.stringContaining("not initialized")],
      usable: false,
    });
    await vi.waitFor(() => expect(troubles.length).toBeGreaterThanOrEqual(4), soon);
    await Promise.all([migrateQueue(url), migrateQueue(url)]);
    expect(await producer.knock("pumpLane", lane)).toEqual({ is: "knocked" });
    await vi.waitFor(() => expect(done).toHaveLength(1), { timeout: 15_000 });
  } finally {
    await Promise.all([producer.close(), consumer.close()]);
    await home.close();
  }
});

it("session options in the URL are joined with the queue's own", async () => {
  const home = await onPostgres(inject("postgresUrl")).openHome();
  const url = new URL(home.url);
  url.searchParams.set("options", "-c statement_timeout=30000");
  const producer = openProducer({ url: url.href });
  try {
    expect(await producer.knock("pumpLane", lane)).toEqual({ is: "knocked" });
  } finally {
    await producer.close();
    await home.close();
  }
});
