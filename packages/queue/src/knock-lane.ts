/** Which job looks after a lane: campaigns and what is urgent wait in different queues. */
import type { Lane } from "@chorus/core/plan";
import type { Knock, Producer } from "./producer.ts";

export const knockLane = (
  producer: Pick<Producer, "knock">,
  { channel, class: messageClass, lane }: Lane,
): Promise<Knock> =>
  messageClass === "marketing"
    ? producer.knock("pumpLane", { channel, lane })
    : producer.knock("pumpUrgent", { channel, class: messageClass, lane });
