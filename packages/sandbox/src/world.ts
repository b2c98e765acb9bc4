/** What every stand-in is given: the log, the inbox, the faults to play, and the clock for what comes later. */
import type { Accounts } from "./accounts.ts";
import type { Faults } from "./faults.ts";
import type { Arrival, Arriving, Inbox } from "./inbox.ts";
import type { Timers } from "./timers.ts";
import type { Seen, WireLog } from "./wire-log.ts";

export type World = {
  readonly accounts: Accounts;
  readonly wire: WireLog;
  readonly inbox: Inbox;
  readonly faults: Faults;
  readonly timers: Timers;
};

type Shown = Pick<Arriving, "from" | "title" | "body"> &
  Partial<Pick<Arriving, "name" | "direction">> & {
    /** The provider's words, where its code alone says little. */ readonly detail?: string;
  };

/** Writes the log's line first and then shows the message, so that the inbox never knows more than the log. */
export function record(world: World, entry: Seen, shown: Shown): Arrival {
  const { at } = world.wire.append(entry);
  const detail = [shown.detail ?? entry.code, entry.fault ? `fault: ${entry.fault}` : null].filter(Boolean).join(" · ");
  return world.inbox.add({
    at,
    channel: entry.channel,
    direction: shown.direction ?? "to_person",
    address: entry.to,
    from: shown.from,
    name: shown.name ?? null,
    title: shown.title,
    messageId: entry.messageId,
    providerMessageId: entry.providerMessageId ?? null,
    body: shown.body,
    step: { event: entry.event, detail },
  });
}
