/** Which job looks after a lane: campaigns and what is urgent wait in different queues. */
import type { Lane } from "@chorus/core/plan";
import type { Payloads } from "./jobs.ts";
import type { Knock, Producer } from "./producer.ts";

type LaneJob = "pumpLane" | "pumpUrgent";

export const withLaneJob = <Result>(
  { channel, class: messageClass, lane }: Lane,
  use: <Name extends LaneJob>(job: Name, payload: Payloads[Name]) => Result,
): Result =>
  messageClass === "marketing"
    ? use("pumpLane", { channel, lane })
    : use("pumpUrgent", { channel, class: messageClass, lane });

export const knockLane = (producer: Pick<Producer, "knock">, lane: Lane): Promise<Knock> =>
  withLaneJob(lane, (job, payload) => producer.knock(job, payload));
