/** A loop that is measured: a process of its own, so that neither its work nor its memory is mixed with ours. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { House } from "./house.ts";
import { type LoopReport, mayGo } from "./loop.ts";
import { cpuSeconds, residentBytes } from "./usage.ts";

export type LoopFigures = {
  readonly report: LoopReport;
  readonly cpuSeconds: number;
  readonly postgresCpuSeconds: number;
  readonly peakResidentBytes: number;
};

/** Starts the file, gives it its order when it is up, and answers with its report and what it used from then on. */
export async function runLoop(
  house: House,
  of: { file: string; order: object; nodeOptions?: string | undefined },
): Promise<LoopFigures> {
  const env = of.nodeOptions ? { ...process.env, NODE_OPTIONS: of.nodeOptions } : process.env;
  const child = fork(fileURLToPath(new URL(of.file, import.meta.url)), { env, detached: true });
  const pid = child.pid ?? 0;
  const kill = () => child.kill("SIGKILL");
  house.undo(kill);
  house.halt.onSecond(kill);
  const signal = house.halt.signal;
  const ended = once(child, "exit", { signal }).then(() => {
    throw new Error(`${of.file} ended before it had done its work.`);
  });
  ended.catch(() => {}); // it ends after its report, too
  await Promise.race([once(child, "message", { signal }), ended]);
  const before = { own: cpuSeconds([pid]), postgres: cpuSeconds([house.postgresPid]) };
  let peakResidentBytes = 0;
  const look = () => {
    peakResidentBytes = Math.max(peakResidentBytes, residentBytes(pid));
  };
  const timer = setInterval(look, 100);
  try {
    child.send(of.order);
    const [report] = (await Promise.race([once(child, "message", { signal }), ended])) as [LoopReport];
    look();
    const used = cpuSeconds([pid]) - before.own;
    return {
      report,
      cpuSeconds: used,
      postgresCpuSeconds: cpuSeconds([house.postgresPid]) - before.postgres,
      peakResidentBytes,
    };
  } finally {
    clearInterval(timer);
    child.send(mayGo, () => {}); // it may be gone already
  }
}
