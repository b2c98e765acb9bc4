/** What a visitor of the inbox asked to see, read from the address and written back into links. */
import { channelIds } from "./media.ts";
import type { WireChannel } from "./wire-log.ts";

export const mailParts = ["message", "text", "headers", "source"] as const;
export type MailPart = (typeof mailParts)[number];

export type InboxQuery = {
  /** Name, address or number, in part. */
  readonly search: string;
  readonly channel: WireChannel | null;
  /** From 1. */
  readonly page: number;
  readonly person: string | null;
  readonly message: number | null;
  readonly part: MailPart;
  /** The page loads itself anew every few seconds. */
  readonly live: boolean;
};

type Given = Readonly<Record<string, unknown>>;

export function readInboxQuery(given: Given): InboxQuery {
  const text = (name: string) => (typeof given[name] === "string" ? given[name].slice(0, 320) : "");
  return {
    search: text("search").trim(),
    channel: channelIds.find((each) => each === given.channel) ?? null,
    page: Math.max(1, Math.floor(Number(given.page)) || 1),
    person: text("person") || null,
    message: Math.floor(Number(given.message)) || null,
    part: mailParts.find((each) => each === given.part) ?? "message",
    live: given.live === "on",
  };
}

/** The address of the page with some of it changed; what is as usual is left out. */
export function inboxUrl(query: InboxQuery, change: Partial<InboxQuery> = {}): string {
  const next = { ...query, ...change };
  const written = new URLSearchParams();
  if (next.search) written.set("search", next.search);
  if (next.channel) written.set("channel", next.channel);
  if (next.page > 1) written.set("page", String(next.page));
  if (next.person) written.set("person", next.person);
  if (next.message) written.set("message", String(next.message));
  if (next.part !== "message") written.set("part", next.part);
  if (next.live) written.set("live", "on");
  const text = written.toString();
  return text ? `/?${text}` : "/";
}
