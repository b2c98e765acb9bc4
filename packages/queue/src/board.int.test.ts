/** What stays of a job, and what a person at the board can do with it, on PostgreSQL and on Redis. */
import { expect, vi } from "vitest";
import { type BoardQueue, openBoard } from "./board.ts";
import { onBothBackends, soon } from "./test-bench.ts";

type Failed = {
  readonly id?: string | undefined;
  readonly failedReason?: string;
  retry(state: "failed"): Promise<void>;
};

async function withBoard(url: string, look: (of: (name: string) => BoardQueue) => Promise<void>): Promise<void> {
  const board = openBoard({ url });
  try {
    const seen = await board.queues();
    if (seen.is !== "open") throw new Error(seen.detail);
    await look((name) => {
      const queue = seen.queues.find((each) => each.getName() === name);
      if (!queue) throw new Error(`no queue ${name}`);
      return queue;
    });
  } finally {
    await board.close();
  }
}

const kept = async (queue: BoardQueue, state: "completed" | "failed") =>
  (await queue.getJobs([state], 0, 50)) as unknown as Failed[];

onBothBackends((promise) => {
  promise("a failed job is found on the board and can be tried again from there", async (bench) => {
    let isMended = false;
    bench.consume({
      async expandAudience(_world, payload) {
        if (!isMended) throw new Error("ada@example.com could not be planned");
        bench.done.push({ job: "expandAudience", payload });
      },
    });
    await bench.produce().knock("expandAudience", { runId: "7" });
    await withBoard(bench.home.url, async (of) => {
      await vi.waitFor(async () => expect(await kept(of("expand"), "failed")).toHaveLength(1), soon);
      const [job] = await kept(of("expand"), "failed");
      expect(job?.id).toMatch(/^expand-7\./);
      expect(JSON.stringify(job)).not.toContain("ada@example.com");
      expect(job?.failedReason).toBe("expandAudience failed");
      isMended = true;
      const found = await of("expand").getJob(job?.id ?? "");
      await found?.retry("failed");
      await vi.waitFor(() => expect(bench.done).toEqual([{ job: "expandAudience", payload: { runId: "7" } }]), soon);
      await vi.waitFor(async () => expect(await kept(of("expand"), "completed")).toHaveLength(1), soon);
      expect(await kept(of("expand"), "failed")).toEqual([]);
    });
  });

  promise("a job that is kept, failed or finished, never blocks the next knock of its id", async (bench) => {
    const producer = bench.produce();
    let started = 0;
    bench.consume({
      async writeVariant() {
        started += 1;
        if (started === 1) throw new Error("the model is away");
      },
    });
    await withBoard(bench.home.url, async (of) => {
      for (const round of [1, 2, 3]) {
        expect(await producer.knock("writeVariant", { variantId: "4", revision: 1 })).toEqual({ is: "knocked" });
        await vi.waitFor(() => expect(started).toBe(round), soon);
        await vi.waitFor(async () => {
          const all = [...(await kept(of("write"), "failed")), ...(await kept(of("write"), "completed"))];
          expect(all).toHaveLength(round);
        }, soon);
      }
    });
  });

  promise("knocks of a kept job that waits or runs are one knock all the same", async (bench) => {
    const producer = bench.produce();
    const knock = () => producer.knock("expandAudience", { runId: "9" });
    for (let count = 0; count < 20; count++) await knock();
    let started = 0;
    let release = () => {};
    bench.consume({
      expandAudience: () =>
        new Promise((resolve) => {
          started += 1;
          release = resolve;
        }),
    });
    await vi.waitFor(() => expect(started).toBe(1), soon);
    for (let count = 0; count < 20; count++) await knock();
    release();
    await withBoard(bench.home.url, async (of) => {
      await vi.waitFor(async () => expect(await kept(of("expand"), "completed")).toHaveLength(1), soon);
      expect(started).toBe(1);
    });
  });

  promise("pumps leave nothing on the board, whether they finish or fail", async (bench) => {
    let ended = 0;
    bench.consume({
      async pumpLane(_world, { lane }) {
        ended += 1;
        if (lane === 1) throw new Error("no");
      },
    });
    for (const lane of [0, 1]) await bench.produce().knock("pumpLane", { channel: "email", lane });
    await vi.waitFor(() => expect(ended).toBe(2), soon);
    await withBoard(bench.home.url, async (of) => {
      const empty = async () =>
        expect(await of("send").getJobCounts()).toMatchObject({ active: 0, completed: 0, failed: 0 });
      await vi.waitFor(empty, soon);
    });
  });
});
