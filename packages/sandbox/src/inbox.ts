/**
 * What arrived, to look into. It holds the running process's messages: the newest 50,000 summaries, and the bodies of
 * the newest of them up to 256 MB. Older bodies are dropped first, then whole messages; the wire log forgets nothing.
 */
import { addressKey, type People } from "./people.ts";
import type { WireChannel, WireEvent } from "./wire-log.ts";

export type Body =
  | { readonly is: "mail"; readonly raw: Buffer }
  | { readonly is: "text"; readonly text: string }
  | { readonly is: "slack"; readonly text: string; readonly blocks: readonly unknown[]; readonly username: string }
  | { readonly is: "post"; readonly text: string; readonly marks: readonly Mark[] };

/** A link or hashtag in a post, from one UTF-16 unit to another; a hashtag leads nowhere here. */
export type Mark = { readonly start: number; readonly end: number; readonly url: string | null };

/** One thing that happened to a message, in the order of time. */
export type Step = { readonly at: string; readonly event: WireEvent | "deleted"; readonly detail: string };

export type Arrival = {
  /** Counts up from 1 in the order of arrival. */
  readonly number: number;
  readonly at: string;
  readonly channel: WireChannel;
  readonly direction: "to_person" | "from_person";
  /** The person's or channel's side, whatever the direction. */
  readonly address: string;
  readonly from: string;
  /** The name a mail is addressed to, where it gives one. */
  readonly name: string | null;
  readonly title: string;
  readonly messageId: string | null;
  readonly providerMessageId: string | null;
  /** null: refused before there was one, or dropped for space (then `bodyDropped`). */
  body: Body | null;
  bodyDropped: boolean;
  readonly steps: Step[];
};

/** Everything that came to or from one address, oldest first. */
export type Thread = { readonly channel: WireChannel; readonly address: string; readonly arrivals: Arrival[] };

export type Arriving = Pick<
  Arrival,
  "at" | "channel" | "direction" | "address" | "from" | "name" | "title" | "messageId" | "providerMessageId" | "body"
> & { readonly step: Omit<Step, "at"> };

export type Inbox = {
  readonly people: People;
  add(arriving: Arriving): Arrival;
  /** Notes a later event; silently nothing when the message is no longer kept. */
  note(number: number, step: Step): void;
  get(number: number): Arrival | null;
  threads(): Iterable<Thread>;
  /** Oldest first. */
  arrivals(): Iterable<Arrival>;
  dropped(): { readonly messages: number; readonly bodies: number };
};

export type Room = { readonly messages: number; readonly bodyBytes: number };
const defaultRoom: Room = { messages: 50_000, bodyBytes: 256 * 1024 * 1024 };
const stepsKept = 30;

export function openInbox(people: People, room: Room = defaultRoom): Inbox {
  const byNumber = new Map<number, Arrival>();
  const withBody = new Map<number, number>();
  const threads = new Map<string, Thread>();
  const dropped = { messages: 0, bodies: 0 };
  let last = 0;
  let bodyBytes = 0;

  const dropBody = (arrival: Arrival) => {
    bodyBytes -= withBody.get(arrival.number) ?? 0;
    if (!withBody.delete(arrival.number)) return;
    arrival.body = null;
    arrival.bodyDropped = true;
    dropped.bodies += 1;
  };
  const dropMessage = (arrival: Arrival) => {
    dropBody(arrival);
    byNumber.delete(arrival.number);
    const key = addressKey(arrival.channel, arrival.address);
    const thread = threads.get(key);
    thread?.arrivals.shift(); // the oldest of all is also the oldest of its thread
    if (thread?.arrivals.length === 0) threads.delete(key);
    dropped.messages += 1;
  };
  const makeRoom = () => {
    for (const arrival of byNumber.values()) {
      if (byNumber.size <= room.messages) break;
      dropMessage(arrival);
    }
    for (const number of withBody.keys()) {
      const arrival = byNumber.get(number);
      if (bodyBytes <= room.bodyBytes || number === last) break;
      if (arrival) dropBody(arrival);
    }
  };
  return {
    people,
    add({ step, ...arriving }) {
      last += 1;
      const arrival: Arrival = { ...arriving, number: last, bodyDropped: false, steps: [{ at: arriving.at, ...step }] };
      byNumber.set(last, arrival);
      const bytes = sizeOf(arriving.body);
      if (bytes > 0) withBody.set(last, bytes);
      bodyBytes += bytes;
      const key = addressKey(arriving.channel, arriving.address);
      const thread = threads.get(key) ?? { channel: arriving.channel, address: arriving.address, arrivals: [] };
      thread.arrivals.push(arrival);
      threads.set(key, thread);
      makeRoom();
      return arrival;
    },
    note(number, step) {
      const arrival = byNumber.get(number);
      if (arrival && arrival.steps.length < stepsKept) arrival.steps.push(step);
    },
    get: (number) => byNumber.get(number) ?? null,
    threads: () => threads.values(),
    arrivals: () => byNumber.values(),
    dropped: () => ({ ...dropped }),
  };
}

function sizeOf(body: Body | null): number {
  if (body === null) return 0;
  if (body.is === "mail") return body.raw.length;
  return body.text.length * 2 + (body.is === "slack" ? JSON.stringify(body.blocks).length * 2 : 0);
}
