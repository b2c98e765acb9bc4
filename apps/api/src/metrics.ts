/** Prometheus metrics: how requests are answered, and what the ledger and the queue hold. */
import { readLanes } from "@chorus/db/lanes";
import { listCarrierSights } from "@chorus/db/sights";
import { readVitals } from "@chorus/db/vitals";
import { listWorkers } from "@chorus/db/workers";
import { Histogram, Registry } from "prom-client";
import { openGauges } from "./metric-gauges.ts";
import { openLaneGauges } from "./metric-lanes.ts";
import type { World } from "./world.ts";

export type Metrics = {
  /** `route` is the pattern, never the URL. */
  answered(of: { method: string; route: string; status: number; inSeconds: number }): void;
  text(): Promise<{ type: string; text: string }>;
};

/** Counting the ledger reads all of it, and several monitors may ask. */
const countedForMs = 10_000;
/** What is open is counted quickly; an alarm about it should not be told an old figure. */
const lookedAtForMs = 2_000;

export function openMetrics(world: World): Metrics {
  const register = new Registry();
  const answers = new Histogram({
    name: "chorus_http_request_seconds",
    help: "How long requests took to be answered, by route",
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [register],
  });
  const gauges = openGauges(register);
  const lanes = openLaneGauges(register);
  const looked = keepFor(lookedAtForMs, async () => {
    const [seen, workers, carriers] = await Promise.all([
      readLanes(world.db, null),
      listWorkers(world.db),
      listCarrierSights(world.db, null),
    ]);
    return { lanes: seen, workers, carriers };
  });
  const counted = keepFor(countedForMs, () => readVitals(world.db));
  return {
    answered: ({ method, route, status, inSeconds }) => answers.observe({ method, route, status }, inSeconds),
    text: async () => {
      const [vitals, sight, depths] = await Promise.all([
        counted().catch(() => null),
        looked().catch(() => null),
        world.producer.depths(),
      ]);
      lanes.set(sight);
      gauges.setVitals(vitals);
      gauges.setDepths(depths);
      return { type: register.contentType, text: await register.metrics() };
    },
  };
}

/** Asks again only when the answer is older than that; whoever asks meanwhile waits for the same answer. */
function keepFor<Value>(ms: number, ask: () => Promise<Value>): () => Promise<Value> {
  let kept: { at: number; answer: Promise<Value> } | null = null;
  return () => {
    if (!kept || performance.now() - kept.at > ms) {
      const answer = ask();
      kept = { at: performance.now(), answer };
      answer.catch(() => {
        kept = null;
      });
    }
    return kept.answer;
  };
}
