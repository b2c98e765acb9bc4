/** What the queue promises when things break: killed workers, lost jobs, and backends that are away or silent. */
import { expect, vi } from "vitest";
import { openConnection } from "./connect.ts";
import { inspectQueue } from "./health.ts";
import { openQueueWorker } from "./queue-worker.ts";
import { lane, onBothBackends, recording, soon } from "./test-bench.ts";
import { startWorkerProcess } from "./test-process.ts";

/** For what takes its time: a lock must expire, a silent line must be given up. */
const later = { timeout: 40_000, interval: 50 };

onBothBackends((_, __, promise) => {
  promise("the job of a killed worker process is taken up by another within 20 s", async ({ home, consume, done }) => {
    const killed = startWorkerProcess(home.url, "hang");
    await killed.says("took email 7");
    consume();
    killed.process.kill("SIGKILL");
    const killedAt = performance.now();
    await vi.waitFor(() => expect(done).toEqual([{ job: "pumpLane", payload: { channel: "email", lane: 7 } }]), later);
    expect(performance.now() - killedAt).toBeLessThan(20_000);
  });

  promise("knocks are answered as before after every job was lost", async ({ home, produce, consume, done }) => {
    const producer = produce();
    consume();
    await producer.knock("pumpLane", lane);
    await vi.waitFor(() => expect(done).toHaveLength(1), soon);
    await home.wipe();
    await producer.knock("pumpLane", lane);
    await vi.waitFor(() => expect(done).toHaveLength(2), soon);
  });

  promise("a handler whose job was lost under it is told to stop, and the next knock runs", async (bench) => {
    const producer = bench.produce();
    let started = 0;
    let stopped = 0;
    bench.consume({
      async pumpLane(_world, _payload, { signal }) {
        started += 1;
        if (started > 1) return;
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        stopped += 1;
      },
    });
    await producer.knock("pumpLane", lane);
    await vi.waitFor(() => expect(started).toBe(1), soon);
    await bench.home.wipe();
    await vi.waitFor(() => expect(stopped).toBe(1), later);
    await producer.knock("pumpLane", lane);
    await vi.waitFor(() => expect(started).toBe(2), soon);
  });

  promise("a knock at a closed port is answered with unreachable within 3 s", async ({ home, produce }) => {
    const { url, line } = await home.byLine();
    line.cut();
    const producer = produce(url);
    const startedAt = performance.now();
    expect(await producer.knock("pumpLane", lane)).toEqual({ is: "unreachable", detail: expect.any(String) });
    expect(await producer.depths()).toEqual({ is: "unreachable", detail: expect.any(String) });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    line.mend();
    await vi.waitFor(async () => expect(await producer.knock("pumpLane", lane)).toEqual({ is: "knocked" }), soon);
  });

  promise("a knock on a line that went silent is answered with unreachable within 3 s", async ({ home, produce }) => {
    const { url, line } = await home.byLine();
    const producer = produce(url);
    await vi.waitFor(async () => expect(await producer.knock("pumpLane", lane)).toEqual({ is: "knocked" }), later);
    line.silence();
    const startedAt = performance.now();
    expect(await producer.knock("pumpLane", lane)).toMatchObject({ is: "unreachable" });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    await vi.waitFor(async () => expect(await producer.knock("pumpLane", lane)).toEqual({ is: "knocked" }), later);
  });

  promise("a backend that was away at the start is used as soon as it is there", async (bench) => {
    const { url, line } = await bench.home.byLine();
    line.cut();
    const consumer = bench.consume({}, url);
    await vi.waitFor(() => expect(bench.troubles.length).toBeGreaterThan(0), soon);
    expect(consumer.isRunning()).toBe(false);
    const producer = bench.produce();
    await vi.waitFor(async () => expect(await producer.knock("pumpLane", lane)).toEqual({ is: "knocked" }), later);
    line.mend();
    await vi.waitFor(() => expect(bench.done).toHaveLength(1), later);
    await vi.waitFor(() => expect(consumer.isRunning()).toBe(true), later); // the other queues' workers follow
  });

  promise("jobs run again after an outage, also those knocked during it", async ({ home, produce, consume, done }) => {
    const { url, line } = await home.byLine();
    const consumer = consume({}, url);
    const producer = produce();
    await vi.waitFor(() => expect(consumer.isRunning()).toBe(true), soon);
    line.cut();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await vi.waitFor(async () => expect(await producer.knock("pumpLane", lane)).toEqual({ is: "knocked" }), later);
    line.mend();
    await vi.waitFor(() => expect(done).toHaveLength(1), later);
    await producer.knock("expandAudience", { runId: "1" });
    await vi.waitFor(() => expect(done).toHaveLength(2), later);
  });

  promise("an inspection says that a backend is away, in time", async ({ home }) => {
    const { url, line } = await home.byLine();
    for (const breakLine of [line.cut, line.swallow]) {
      breakLine();
      const startedAt = performance.now();
      expect(await inspectQueue(url)).toMatchObject({
        version: "unknown",
        warnings: [expect.stringContaining("the queue cannot be reached")],
        usable: false,
      });
      expect(performance.now() - startedAt).toBeLessThan(8_000);
    }
  });

  promise("jobs run again after lines went silent without ending", async ({ home, produce, consume, done }) => {
    const { url, line } = await home.byLine();
    const consumer = consume({}, url);
    await vi.waitFor(() => expect(consumer.isRunning()).toBe(true), soon);
    line.silence();
    await produce().knock("pumpLane", lane);
    await vi.waitFor(() => expect(done).toHaveLength(1), later);
  });

  promise("a consumer closes within seconds while its backend is away", async ({ home, consume }) => {
    const { url, line } = await home.byLine();
    const consumer = consume({}, url);
    await vi.waitFor(() => expect(consumer.isRunning()).toBe(true), soon);
    line.cut();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const startedAt = performance.now();
    expect(await consumer.close()).toEqual({ is: "finished" });
    expect(performance.now() - startedAt).toBeLessThan(8_000);
  });

  promise("a worker that takes nothing while jobs wait is replaced", async ({ home, produce, done, troubles }) => {
    const connection = openConnection(home.url, "consume");
    let opened = 0;
    const worker = openQueueWorker({
      queue: "send",
      handlers: recording(done),
      world: null,
      concurrency: 1,
      tell: (trouble) => void troubles.push(trouble),
      connection: {
        ...connection,
        // The first worker is a real one that was never set going: connected, healthy to look at, and idle.
        async worker(name, settings) {
          opened += 1;
          const real = await connection.worker(name, settings);
          return opened === 1 ? { ...real, run: () => {}, isRunning: () => true } : real;
        },
      },
    });
    await produce().knock("pumpLane", lane);
    await vi.waitFor(() => expect(done).toHaveLength(1), later);
    expect(troubles).toEqual([{ is: "worker-replaced", queue: "send", waiting: 1 }]);
    await worker.close(1_000);
    await connection.close();
  });
});
