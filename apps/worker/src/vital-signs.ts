/** A worker's beat: that it lives, how busy it is, how far its clock is off, and what it was permitted since the beat before. */
import { performance } from "node:perf_hooks";
import { believedForMs } from "@chorus/db/workers";
import { realTime, type Time } from "./time.ts";
import type { World } from "./world.ts";

export type VitalSigns = {
  tell(): Promise<void>;
  /** False when others may by now take this worker for dead: then it is not for it to judge who lives. */
  areFresh(): boolean;
};

type Place = {
  readonly world: World;
  readonly runningJobs: () => number;
  /** By how many milliseconds this machine's clock is ahead of the database's. */
  readonly readSkew: () => Promise<number>;
  readonly time?: Time;
};

export function openVitalSigns({ world, runningJobs, readSkew, time = realTime }: Place): VitalSigns {
  let before = { at: time.now(), loop: performance.eventLoopUtilization() };
  let toldAt = before.at;
  return {
    async tell() {
      const now = { at: time.now(), loop: performance.eventLoopUtilization() };
      const overMs = now.at - before.at;
      const busy = performance.eventLoopUtilization(now.loop, before.loop).utilization;
      before = now;
      const clockSkewMs = await readSkew();
      const tallies = world.tally.take();
      const signs = { clockSkewMs, runningJobs: runningJobs(), busy, tallies, overMs };
      const wasBelieved = await world.ledger.beat(signs);
      if (!wasBelieved) world.log.warn({ silentForMs: Math.round(now.at - toldAt) }, "worker.revived");
      toldAt = now.at;
    },
    areFresh: () => time.now() - toldAt < believedForMs / 2,
  };
}
