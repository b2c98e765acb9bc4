/** What the queue promises while its backend is well, on PostgreSQL and on Redis. */
import { expect, vi } from "vitest";
import { openConnection } from "./connect.ts";
import { openConsumer } from "./consumer.ts";
import { inspectQueue } from "./health.ts";
import { lane, onBothBackends, recording, sendDepth, soon } from "./test-bench.ts";
import { startWorkerProcess } from "./test-process.ts";

onBothBackends((promise, backend) => {
  promise("every handler gets the payload its job was knocked with", async ({ produce, consume, done, troubles }) => {
    const producer = produce();
    consume();
    const knocks = [
      producer.knock("planCampaign", { campaignId: "9007199254740993" }),
      producer.knock("writeVariant", { variantId: "12", revision: 0 }),
      producer.knock("launchRuns", {}),
      producer.knock("expandAudience", { runId: "5" }),
      producer.knock("pumpLane", lane),
    ];
    for (const knock of knocks) expect(await knock).toEqual({ is: "knocked" });
    await vi.waitFor(() => expect(done).toHaveLength(5), soon);
    expect(done).toEqual(
      expect.arrayContaining([
        { job: "planCampaign", payload: { campaignId: "9007199254740993" } },
        { job: "writeVariant", payload: { variantId: "12", revision: 0 } },
        { job: "launchRuns", payload: {} },
        { job: "expandAudience", payload: { runId: "5" } },
        { job: "pumpLane", payload: lane },
      ]),
    );
    expect(troubles).toEqual([]);
  });

  promise("fifty knocks of a job that waits are one, and a knock after it is done is another", async (bench) => {
    const producer = bench.produce();
    for (let knock = 0; knock < 50; knock++) {
      expect(await producer.knock("pumpLane", lane)).toEqual({ is: "knocked" });
    }
    expect(await sendDepth(producer)).toMatchObject({ waiting: 1, active: 0 });
    bench.consume();
    await vi.waitFor(() => expect(bench.done).toHaveLength(1), soon);
    await vi.waitFor(async () => expect(await sendDepth(producer)).toMatchObject({ waiting: 0, active: 0 }), soon);
    expect(bench.done).toHaveLength(1);
    await producer.knock("pumpLane", lane);
    await vi.waitFor(() => expect(bench.done).toHaveLength(2), soon);
  });

  promise("a payload that is not the job's is refused before anything is queued", async ({ produce }) => {
    const producer = produce();
    await expect(producer.knock("pumpLane", { channel: "email", lane: 16 })).rejects.toThrow("lane");
    await expect(producer.knock("pumpLane", { channel: "e:mail", lane: 1 })).rejects.toThrow("channel");
    await expect(producer.knock("planCampaign", { campaignId: "x" })).rejects.toThrow("internal id");
    expect(await sendDepth(producer)).toMatchObject({ waiting: 0 });
  });

  promise("closing tells a long handler to stop, and waits for it", async ({ produce, consume }) => {
    const producer = produce();
    let state = "not started";
    const consumer = consume({
      async pumpLane(_world, _payload, { signal }) {
        state = "running";
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        state = "stopped in order";
      },
    });
    await producer.knock("pumpLane", lane);
    await vi.waitFor(() => expect(state).toBe("running"), soon);
    const startedAt = performance.now();
    expect(await consumer.close()).toEqual({ is: "finished" });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(state).toBe("stopped in order");
    expect(await sendDepth(producer)).toMatchObject({ waiting: 0, active: 0 });
  });

  promise("a handler that throws because it was told to stop is no failure", async ({ produce, consume, troubles }) => {
    let isRunning = false;
    const consumer = consume({
      pumpLane: (_world, _payload, { signal }) =>
        new Promise((_, reject) => {
          isRunning = true;
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
    });
    await produce().knock("pumpLane", lane);
    await vi.waitFor(() => expect(isRunning).toBe(true), soon);
    expect(await consumer.close()).toEqual({ is: "finished" });
    expect(troubles).toEqual([]);
  });

  promise("a handler that will not stop is abandoned in time, and named", async ({ produce, consume }) => {
    let release = () => {};
    let isRunning = false;
    const consumer = consume({
      pumpLane: () =>
        new Promise((resolve) => {
          isRunning = true;
          release = resolve;
        }),
    });
    await produce().knock("pumpLane", lane);
    await vi.waitFor(() => expect(isRunning).toBe(true), soon);
    const startedAt = performance.now();
    const closed = await consumer.close({ withinMs: 300 });
    expect(performance.now() - startedAt).toBeLessThan(6_000);
    expect(closed).toEqual({ is: "abandoned", jobs: [{ job: "pumpLane", id: "pump-email-3" }] });
    release();
  });

  promise("a failing handler is told of by job and id, and its next knock runs", async (bench) => {
    const producer = bench.produce();
    const failure = new Error("no such lane");
    let started = 0;
    bench.consume({
      async pumpLane() {
        started += 1;
        throw failure;
      },
    });
    for (const round of [1, 2]) {
      await vi.waitFor(async () => expect(await sendDepth(producer)).toMatchObject({ waiting: 0, active: 0 }), soon);
      await producer.knock("pumpLane", lane);
      await vi.waitFor(() => expect(started).toBe(round), soon);
    }
    const told = { is: "handler-failed", job: "pumpLane", id: "pump-email-3", error: failure };
    await vi.waitFor(() => expect(bench.troubles).toEqual([told, told]), soon);
    await vi.waitFor(async () => expect(await sendDepth(producer)).toMatchObject({ active: 0, failed: 0 }), soon);
  });

  promise("a job that this release does not know is dropped and told of, without its payload", async (bench) => {
    const connection = openConnection(bench.home.url, "produce");
    const queue = await connection.queue("send");
    await queue.add("lane.paint", { colour: "secret" }, { jobId: "paint-1" });
    await queue.add("lane.pump", { channel: "email", lane: "secret" }, { jobId: "pump-1" });
    bench.consume();
    await vi.waitFor(() => expect(bench.troubles).toHaveLength(2), soon);
    await connection.close();
    expect(bench.troubles).toEqual([
      { is: "job-refused", name: "lane.paint", id: "paint-1", detail: "no such job in this release" },
      { is: "job-refused", name: "lane.pump", id: "pump-1", detail: "lane: invalid_type" },
    ]);
  });

  promise("replacing all workers disturbs no running handler and keeps no more connections", async (bench) => {
    const { url, line } = await bench.home.byLine();
    const producer = bench.produce();
    const finish: (() => void)[] = [];
    const ends: string[] = [];
    const busy = async (_world: null, _payload: unknown, { signal }: { signal: AbortSignal }) => {
      if (ends.length === 0 && finish.length < 4) await new Promise<void>((resolve) => finish.push(resolve));
      ends.push(signal.aborted ? "told to stop" : "left alone");
    };
    const consumer = bench.consume(
      { planCampaign: busy, writeVariant: busy, expandAudience: busy, pumpLane: busy },
      url,
    );
    const knockAll = async (id: string) => {
      await producer.knock("planCampaign", { campaignId: id });
      await producer.knock("writeVariant", { variantId: id, revision: 1 });
      await producer.knock("expandAudience", { runId: id });
      await producer.knock("pumpLane", { channel: "email", lane: Number(id) });
    };
    await knockAll("1");
    await vi.waitFor(() => expect(finish).toHaveLength(4), soon);
    const before = line.openConnections();
    await consumer.rebuild();
    await knockAll("2");
    await vi.waitFor(() => expect(ends).toHaveLength(4), soon);
    for (const release of finish) release();
    await vi.waitFor(() => expect(ends).toEqual(Array(8).fill("left alone")), soon);
    await vi.waitFor(async () => expect(await sendDepth(producer)).toMatchObject({ waiting: 0, active: 0 }), soon);
    await vi.waitFor(() => expect(line.openConnections()).toBeLessThanOrEqual(before + 2), soon);
    expect(bench.troubles).toEqual([]);
  });

  promise("a process keeps to fourteen connections under load, and closing leaves none", async (bench) => {
    const { url, line } = await bench.home.byLine();
    const producer = bench.produce(url);
    const consumer = openConsumer({
      url,
      world: null,
      concurrency: { plan: 4, write: 16, expand: 4, send: 32, urgent: 32 },
      onError: (trouble) => void bench.troubles.push(trouble),
      handlers: recording(bench.done),
    });
    let most = 0;
    for (let variant = 1; variant <= 200; variant += 20) {
      const ids = Array.from({ length: 20 }, (_, index) => String(variant + index));
      await Promise.all(ids.map((variantId) => producer.knock("writeVariant", { variantId, revision: 1 })));
      most = Math.max(most, line.openConnections());
    }
    await vi.waitFor(() => expect(bench.done).toHaveLength(200), soon);
    expect(most).toBeLessThanOrEqual(14);
    await Promise.all([producer.close(), consumer.close()]);
    await vi.waitFor(() => expect(line.openConnections()).toBe(0), soon);
    expect(bench.troubles).toEqual([]);
  });

  promise("a process ends by itself once producer and consumer are closed", async ({ home }) => {
    const worker = startWorkerProcess(home.url, "finish");
    await worker.says("closed finished");
    expect(await worker.ended).toBe(0);
  });

  promise("waiting jobs are counted the same whether or not the queue is paused", async ({ home, produce }) => {
    const producer = produce();
    await producer.knock("pumpLane", lane);
    await producer.knock("pumpLane", { channel: "sms", lane: 0 });
    expect(await sendDepth(producer)).toEqual({ waiting: 2, active: 0, delayed: 0, failed: 0, isPaused: false });
    await home.pause("send");
    expect(await sendDepth(producer)).toEqual({ waiting: 2, active: 0, delayed: 0, failed: 0, isPaused: true });
  });

  promise("an inspection finds a good queue usable and says its version", async ({ home }) => {
    expect(await inspectQueue(home.url)).toEqual({
      backend: backend.name === "Redis" ? "redis" : "postgres",
      version: expect.stringMatching(/^(PostgreSQL|Redis|Valkey) \d+\.\d+/),
      warnings: [],
      usable: true,
    });
  });
});
