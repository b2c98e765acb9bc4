/** The worker's process: settings in, ready line out, and a stop that finishes or hands back within its bound. */
import { setFlagsFromString } from "node:v8";
import { readConfig } from "./config.ts";
import { startAgain } from "./start-again.ts";
import { readSwitchedOff } from "./switch-off.ts";
import { startWorker } from "./worker.ts";

/** Orchestrators usually kill after 30 s. */
const stopWithinMs = 25_000;

/**
 * Between two collections of its whole heap a worker lets it grow by so many percent, where V8 would let it grow fourfold: what
 * a message leaves behind made 260 MiB of 165, for the same processor time (20,000 mails, 2026-11-27).
 */
setFlagsFromString("--heap-growing-percent=60");

async function main(): Promise<void> {
  const worker = await startWorker(readConfig(process.env), readSwitchedOff(process.env));
  const ready = { event: "worker.ready" };
  process.send?.(ready);
  console.log(JSON.stringify(ready));

  let isStopping = false;
  const stop = (codes: { done: number; late: number }) => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(codes.late), stopWithinMs).unref();
    void worker.stop().then(() => process.exit(codes.done));
  };
  for (const asked of ["SIGTERM", "SIGINT", "disconnect"]) process.once(asked, () => stop({ done: 0, late: 1 }));
  void worker.givenUp.then((because) => {
    console.error(`This worker ends, to be started again: ${because}.`);
    stop({ done: startAgain, late: startAgain });
  });
}

function fail(error: Error & { code?: string }): void {
  console.error(error.message || error.code);
  process.exit(1);
}

main().catch(fail);
