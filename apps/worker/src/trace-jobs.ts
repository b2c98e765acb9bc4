/** A span around every job, with the ids it carries; the stage finds it in its world and hangs what it does on it. */
import type { Handlers } from "@chorus/queue/consumer";
import type { Telemetry } from "@chorus/telemetry/telemetry";
import type { World } from "./world.ts";

type AnyHandler = (world: World, payload: object, how: { signal: AbortSignal }) => Promise<void>;

/** The handlers themselves when nothing is traced. */
export function traceJobs(handlers: Handlers<World>, telemetry: Telemetry): Handlers<World> {
  if (!telemetry.isOn) return handlers;
  const traced = Object.entries(handlers).map(([name, handler]) => [name, traceJob(name, handler as AnyHandler)]);
  return Object.fromEntries(traced) as Handlers<World>;
}

function traceJob(name: string, handler: AnyHandler): AnyHandler {
  return async (world, payload, how) => {
    const job = world.telemetry.begin(`job ${name}`, { job: name, ...payload }, { kind: "consumer" });
    try {
      await handler({ ...world, job }, payload, how);
      job.end({ outcome: how.signal.aborted ? "stopped" : "done" });
    } catch (error) {
      job.end({ outcome: "failed" }, { failed: true });
      throw error;
    }
  };
}
