/** What a world begins with: one or two runs, and a handful of messages of every class, by mail and by text. */
import type { Id } from "@chorus/core/id";
import type { Entry } from "@chorus/core/ledger";
import type { MessageClass } from "@chorus/core/message";
import type { Message, Rows } from "./ledger-rows.ts";
import type { Random } from "./random.ts";

const channels = ["email", "sms"] as const;
const classes: readonly MessageClass[] = ["marketing", "marketing", "marketing", "transactional", "security"];

export function drawRows(random: Random): Rows {
  const runIds = ["run 1", "run 2"].slice(0, random.between(1, 2));
  const messages = new Map<Id, Message>();
  const count = random.between(4, 9);
  for (let number = 1; number <= count; number++) {
    const message = drawMessage(String(number), random.pick(runIds), random);
    messages.set(message.id, message);
  }
  return {
    messages,
    runs: new Map(runIds.map((id) => [id, { id, state: "sending", servedAt: 0 }])),
    accounts: new Map(channels.map((channel) => [channel, { failures: 0, blockedUntil: 0 }])),
    workers: new Map(),
    suppressed: new Set(),
    caps: new Map(),
  };
}

function drawMessage(id: Id, runId: Id, random: Random): Message {
  const channel = random.pick(channels);
  const entry: Entry = {
    class: random.pick(classes),
    notBefore: random.between(0, 4_000),
    expiresAt: random.between(20_000, random.pick([60_000, 900_000, 3_600_000])),
    ...{ state: "waiting", reason: null, attempt: 0, lease: null, sendUntil: null, isReported: false, doubts: [] },
  };
  return { id, runId, channel, lane: random.between(0, 1), address: `a${id}`, canAsk: channel === "sms", entry };
}
