/** The inbox for programs: the same messages, oldest first, in pages by number. */
import { smsSize } from "@chorus/core/measure";
import type { Arrival, Inbox } from "./inbox.ts";
import { readMail } from "./mail.ts";
import { channelIds } from "./media.ts";

type Given = Readonly<Record<string, unknown>>;

const pageSizes = { usual: 50, most: 500 };

export async function inboxJson(inbox: Inbox, given: Given) {
  const size = Math.min(pageSizes.most, Math.max(1, Number(given.limit) || pageSizes.usual));
  const found: Arrival[] = [];
  for (const arrival of inbox.arrivals()) {
    if (isWanted(arrival, given)) found.push(arrival);
    if (found.length > size) break;
  }
  const shown = found.slice(0, size);
  const messages = [];
  for (const arrival of shown) messages.push(await toJson(arrival));
  return { messages, next: found.length > size ? (shown.at(-1)?.number ?? null) : null, dropped: inbox.dropped() };
}

function isWanted(arrival: Arrival, given: Given): boolean {
  const { to, after, messageId } = given;
  const channel = channelIds.find((each) => each === given.channel);
  if (typeof to === "string" && arrival.address.toLowerCase() !== to.toLowerCase()) return false;
  if (channel && arrival.channel !== channel) return false;
  if (typeof messageId === "string" && arrival.messageId !== messageId) return false;
  return arrival.number > (Number(after) || 0);
}

async function toJson({ address, body, ...arrival }: Arrival) {
  return { ...arrival, to: address, body: body === null ? null : await bodyJson(body) };
}

async function bodyJson(body: NonNullable<Arrival["body"]>) {
  switch (body.is) {
    case "mail":
      return { is: "mail", ...(await readMail(body.raw)), bytes: body.raw.length };
    case "text":
      return { ...body, ...smsSize(body.text) };
    case "slack":
    case "post":
      return body;
  }
}
