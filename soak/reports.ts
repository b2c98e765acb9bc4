/**
 * A provider's reports on their way to the API: held back, brought in another order, some of them twice, and among them
 * forged ones that say the opposite under a signature that was made for something else.
 */
import { createServer, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "./random.ts";

export type Reports = {
  /** The public address that the provider is told. */
  readonly url: string;
  forwardTo(apiUrl: string): void;
  /** When every report that came was taken by the API, or a minute later: what is missing then is the judge's. */
  settled(): Promise<void>;
  /** How many forged ones were brought, and how many of those were not refused. */
  forged(): { readonly brought: number; readonly believed: number };
  close(): Promise<void>;
};

type Report = { readonly path: string; readonly body: string; readonly signature: string };

const heldMs = 200;
const twiceShare = 0.1;
const forgedShare = 0.05;
/** Longer than the provider takes between its first word and its last about a message. */
const quietMs = 2_000;
const settledWithinMs = 60_000;

export async function openReports(random: Random): Promise<Reports> {
  let apiUrl: string | null = null;
  let isOver = false;
  let lastCameAt = 0;
  let underWay = 0;
  let held: Report[] = [];
  const forged = { brought: 0, believed: 0 };

  const server = createServer(async (request, reply) => {
    const body = await textOf(request);
    reply.end();
    lastCameAt = performance.now();
    held.push({ path: request.url ?? "", body, signature: String(request.headers["x-twilio-signature"] ?? "") });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The reports have no port.");

  /** Status, or null while the API is away: a provider would come again. */
  const bring = async ({ path, body, signature }: Report): Promise<number | null> => {
    if (!apiUrl) return null;
    const headers = { "content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature };
    const answer = await fetch(new URL(path, apiUrl), { method: "POST", headers, body }).catch(() => null);
    await answer?.arrayBuffer();
    return answer && answer.status < 500 ? answer.status : null;
  };
  const forge = async (report: Report) => {
    const form = new URLSearchParams(report.body);
    form.set("MessageStatus", form.get("MessageStatus") === "undelivered" ? "delivered" : "undelivered");
    forged.brought++;
    const status = await bring({ ...report, body: form.toString() });
    if (status !== null && status < 300) forged.believed++;
  };
  const bringAll = async () => {
    for (; !isOver; await sleep(heldMs)) {
      const bunch = shuffle(random, held);
      underWay = bunch.length;
      held = [];
      for (const report of bunch) {
        if (random.next() < forgedShare) await forge(report);
        if ((await bring(report)) === null) held.push(report);
        else if (random.next() < twiceShare) await bring(report);
      }
      underWay = 0;
    }
  };
  const bringing = bringAll();
  return {
    url: `http://127.0.0.1:${address.port}`,
    forwardTo(url) {
      apiUrl = url;
    },
    async settled() {
      const until = performance.now() + settledWithinMs;
      const isUnsettled = () => held.length + underWay > 0 || performance.now() - lastCameAt < quietMs;
      while (isUnsettled() && performance.now() < until) await sleep(heldMs);
    },
    forged: () => ({ ...forged }),
    async close() {
      isOver = true;
      await bringing;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function shuffle<T>(random: Random, of: readonly T[]): T[] {
  const key = new Map(of.map((each) => [each, random.next()]));
  return [...of].sort((one, other) => (key.get(one) ?? 0) - (key.get(other) ?? 0));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}
