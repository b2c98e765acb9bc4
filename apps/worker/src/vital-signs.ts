/** A worker's beat: that it lives, how busy it is, how far its clock is off, and what it was permitted since the beat before. */
import { performance } from "node:perf_hooks";
import { beat, believedForMs } from "@chorus/db/workers";
import { openClockWatch } from "./clock.ts";
import type { World } from "./world.ts";

export type VitalSigns = {
  tell(): Promise<void>;
  /** False when others may by now take this worker for dead: then it is not for it to judge who lives. */
  areFresh(): boolean;
};

export function openVitalSigns(world: World, runningJobs: () => number): VitalSigns {
  const readSkew = openClockWatch(world.db, world.log);
  let before = { at: performance.now(), loop: performance.eventLoopUtilization() };
  let toldAt = before.at;
  return {
    async tell() {
      const now = { at: performance.now(), loop: performance.eventLoopUtilization() };
      const overMs = now.at - before.at;
      const busy = performance.eventLoopUtilization(now.loop, before.loop).utilization;
      before = now;
      const clockSkewMs = await readSkew();
      const tallies = world.tally.take();
      const signs = { clockSkewMs, runningJobs: runningJobs(), busy, tallies, overMs };
      const wasBelieved = await beat(world.db, world.workerId, signs);
      if (!wasBelieved) world.log.warn({ silentForMs: Math.round(now.at - toldAt) }, "worker.revived");
      toldAt = now.at;
    },
    areFresh: () => performance.now() - toldAt < believedForMs / 2,
  };
}
