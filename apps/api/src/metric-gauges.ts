/** The figures of the whole ledger and of the queue, as Prometheus reads them. */
import type { Vitals } from "@chorus/db/vitals";
import type { Depths } from "@chorus/queue/depth";
import { Gauge, type Registry } from "prom-client";

export function openGauges(register: Registry) {
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
  const broken = gauge("broken_invariants", "Promises of the ledger that did not hold when last looked at, each hour");
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
      broken.set(vitals.brokenInvariants.length);
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
