/**
 * This machine's clock against PostgreSQL's. Nothing of ours is decided by it, but BullMQ on PostgreSQL judges locks and
 * delays by the clock of whichever worker asks: one 120 s fast took over a live job, one that is slow holds up rescues.
 */
import { type Db, readClockSkew } from "@chorus/db/open";
import { readQueueUrl } from "@chorus/queue/connect";
import { mostClockSkewMs } from "@chorus/queue/health";
import type { Logger } from "pino";

export const isSkewed = (skewMs: number): boolean => Math.abs(skewMs) > mostClockSkewMs;

/** Throws when a worker with this clock would disturb the others. */
export async function requireClock(db: Db, queueUrl: string): Promise<void> {
  const skewMs = await readClockSkew(db.sql);
  if (!isSkewed(skewMs) || readQueueUrl(queueUrl).is !== "postgres") return;
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  throw new Error(
    `This machine's clock is ${seconds} s ${skewMs > 0 ? "ahead of" : "behind"} PostgreSQL's, and with the queue on PostgreSQL ` +
      "workers judge each other by their clocks. Set the clocks of both machines by NTP and start again, or put the queue on Redis (QUEUE_URL).",
  );
}

/** Reads the skew, and says when it begins and when it is over. */
export function openClockWatch(db: Db, log: Logger): () => Promise<number> {
  let was = false;
  return async () => {
    const clockSkewMs = await readClockSkew(db.sql);
    const is = isSkewed(clockSkewMs);
    if (is && !was) log.error({ clockSkewMs }, "clock.skewed");
    if (was && !is) log.info({ clockSkewMs }, "clock.mended");
    was = is;
    return clockSkewMs;
  };
}
