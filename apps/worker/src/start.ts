/** The worker's process: settings in, ready line out, and a stop that finishes or hands back within its bound. */
import { readConfig } from "./config.ts";
import { startWorker } from "./worker.ts";

/** Orchestrators usually kill after 30 s. */
const stopWithinMs = 25_000;

const worker = await startWorker(readConfig(process.env));
const ready = { event: "worker.ready" };
process.send?.(ready);
console.log(JSON.stringify(ready));

let stopping = false;
function stop() {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(1), stopWithinMs).unref();
  void worker.stop().then(() => process.exit(0));
}
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
process.once("disconnect", stop);
