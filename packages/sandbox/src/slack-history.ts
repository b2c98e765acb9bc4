/** conversations.history: a channel's posts, newest first, within `oldest` and `latest`, in pages by cursor. */
import type { SlackChannel, SlackPost } from "./slack-channels.ts";

type Given = Readonly<Record<string, unknown>>;
type ShowPost = (post: SlackPost, withMetadata: boolean) => Record<string, unknown>;

const pageSizes = { usual: 100, most: 999 };

export function history(channel: SlackChannel, given: Given, show: ShowPost) {
  const size = Math.min(pageSizes.most, Number(given.limit) || pageSizes.usual);
  const within = channel.posts.filter((post) => isWithin(post.ts, given)).reverse();
  const start = startOf(given.cursor);
  const shown = within.slice(start, start + size);
  const more = within.length > start + size;
  return {
    ok: true,
    messages: shown.map((post) => show(post, isTrue(given.include_all_metadata))),
    has_more: more,
    pin_count: 0,
    response_metadata: { next_cursor: more ? Buffer.from(`next:${start + size}`).toString("base64") : "" },
  };
}

/** The bounds themselves are left out unless `inclusive` says otherwise. */
function isWithin(ts: string, given: Given): boolean {
  const inclusive = isTrue(given.inclusive);
  const oldest = given.oldest === undefined ? null : micros(String(given.oldest));
  const latest = given.latest === undefined ? null : micros(String(given.latest));
  const at = micros(ts);
  if (oldest !== null && (inclusive ? at < oldest : at <= oldest)) return false;
  return latest === null || (inclusive ? at <= latest : at < latest);
}

const micros = (ts: string): number => Math.round(Number(ts) * 1e6);
const isTrue = (value: unknown): boolean => value === true || value === "true" || value === "1";

function startOf(cursor: unknown): number {
  if (typeof cursor !== "string" || cursor === "") return 0;
  return Number(/^next:(\d+)$/.exec(Buffer.from(cursor, "base64").toString())?.[1] ?? 0);
}
