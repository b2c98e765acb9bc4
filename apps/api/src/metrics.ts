/** Prometheus metrics: how requests are answered, and what the ledger and the queue hold. */
import { readVitals, type Vitals } from "@chorus/db/vitals";
import type { Depths } from "@chorus/queue/depth";
import { Gauge, Histogram, Registry } from "prom-client";
import type { World } from "./world.ts";

export type Metrics = {
  /** `route` is the pattern, never the URL. */
  answered(of: { method: string; route: string; status: number; inSeconds: number }): void;
  text(): Promise<{ type: string; text: string }>;
};

/** Counting the ledger reads all of it, and several monitors may ask. */
const countedForMs = 10_000;

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
  const counted = keepFor(countedForMs, () => readVitals(world.db));
  return {
    answered: ({ method, route, status, inSeconds }) => answers.observe({ method, route, status }, inSeconds),
    text: async () => {
      const [vitals, depths] = await Promise.all([counted().catch(() => null), world.producer.depths()]);
      gauges.setVitals(vitals);
      gauges.setDepths(depths);
      return { type: register.contentType, text: await register.metrics() };
    },
  };
}

function openGauges(register: Registry) {
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `chorus_${name}`, help, labelNames, registers: [register] });
  const databaseUp = gauge("database_up", "1 while PostgreSQL answers");
  const queueUp = gauge("queue_up", "1 while the queue answers");
  const messages = gauge("messages", "Messages in the ledger", ["channel", "state"]);
  const runs = gauge("runs", "Runs", ["state"]);
  const due = gauge("due_messages", "Messages that could go out now", ["channel"]);
  const oldest = gauge("due_oldest_seconds", "How long the oldest of them has been able to", ["channel"]);
  const doubts = gauge("open_doubts", "Messages handed over whose answer is unknown");
  const workers = gauge("living_workers", "Worker processes that say they live");
  const imports = gauge("running_imports", "Imports that are not finished");
  const jobs = gauge("queue_jobs", "Jobs in each queue", ["queue", "state"]);
  return {
    setVitals: (vitals: Vitals | null) => {
      databaseUp.set(vitals ? 1 : 0);
      for (const each of [messages, runs, due, oldest]) each.reset();
      if (!vitals) return;
      for (const { channel, state, count } of vitals.messages) messages.set({ channel, state }, count);
      for (const { state, count } of vitals.runs) runs.set({ state }, count);
      for (const { channel, count, oldestInSeconds } of vitals.due) {
        due.set({ channel }, count);
        oldest.set({ channel }, oldestInSeconds);
      }
      doubts.set(vitals.openDoubts);
      workers.set(vitals.livingWorkers);
      imports.set(vitals.runningImports);
    },
    setDepths: (depths: Depths) => {
      queueUp.set(depths.is === "counted" ? 1 : 0);
      jobs.reset();
      if (depths.is !== "counted") return;
      for (const [queue, { waiting, active, delayed, failed }] of Object.entries(depths.queues)) {
        for (const [state, count] of Object.entries({ waiting, active, delayed, failed }))
          jobs.set({ queue, state }, count);
      }
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
