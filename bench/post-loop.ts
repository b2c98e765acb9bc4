/** Asks for messages over HTTP: as fast as the server answers, or so many a second however it answers. */
import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import { percentile } from "./frame.ts";
import { answerOrder, type LoopReport } from "./loop.ts";

export type PostOrder = {
  readonly url: string;
  readonly path: string;
  readonly key: string;
  readonly requests: number;
  /** Requests under way at once. */
  readonly connections: number;
  /** null: each connection asks again as soon as it is answered. */
  readonly perSecond: number | null;
};

const words = {
  subject: "Your code",
  headline: "Your code is 402113",
  paragraphs: ["Type it where you were asked for it. Nobody of ours will ever ask you for it."],
};

answerOrder(run);

async function run(order: PostOrder): Promise<LoopReport> {
  const pool = new Pool(order.url, { connections: order.connections });
  const took: number[] = [];
  const post = async (n: number) => {
    const began = performance.now();
    const headers = {
      ...{ authorization: `Bearer ${order.key}`, "content-type": "application/json" },
      "idempotency-key": `bench-${process.pid}-${n}`,
    };
    const to = { address: `code${process.pid}x${n}@example.com` };
    const body = JSON.stringify({ channel: "email", class: "security", to, content: words });
    const answer = await pool.request({ method: "POST", path: order.path, headers, body });
    const said = await answer.body.text();
    if (answer.statusCode !== 202) throw new Error(`A request was answered with ${answer.statusCode}: ${said}`);
    took.push(performance.now() - began);
  };
  const startedAt = Date.now();
  await (order.perSecond === null ? flatOut(order, post) : paced(order, order.perSecond, post));
  const endedAt = Date.now();
  await pool.close();
  const answerMs = { p50: percentile(took, 0.5) ?? 0, p99: percentile(took, 0.99) ?? 0 };
  return { startedAt, firstAt: startedAt + (took[0] ?? 0), endedAt, answerMs };
}

async function flatOut({ requests, connections }: PostOrder, post: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < requests) await post(next++);
  };
  await Promise.all(Array.from({ length: connections }, lane));
}

async function paced({ requests }: PostOrder, perSecond: number, post: (n: number) => Promise<void>): Promise<void> {
  const under: Promise<void>[] = [];
  const began = performance.now();
  for (let n = 0; n < requests; n++) {
    await sleep(Math.max(0, began + (n * 1000) / perSecond - performance.now()));
    under.push(post(n));
  }
  await Promise.all(under);
}
