/**
 * Whether a post is there: among the account's own of those minutes, by a link in it, which no other message has. One
 * without a link is known by its words, so two alike within minutes count as one.
 */
import type { Carrier } from "@chorus/core/channel";
import { z } from "zod";
import type { Http } from "../http-exchange.ts";
import { type Account, authorized, endpoint, type Home } from "./instance.ts";
import { linksIn } from "./length.ts";
import type { MastodonBody } from "./post.ts";

type LookUp = NonNullable<Carrier<MastodonBody>["lookUp"]>;
type Found = Awaited<ReturnType<LookUp>>;
type Asking = { readonly status: string; readonly sentAround: Date; readonly home: Home };

/** Clocks may be off, and the link is certain, so a wide look costs nothing but pages. */
const aroundMs = 300_000;
const pages = 5;
const posts = z.array(z.object({ id: z.string(), created_at: z.string(), content: z.string() }));

export async function lookUpPost(account: Account, http: Http, { status, sentAround, home }: Asking): Promise<Found> {
  const sought = linksIn(status)[0] ?? withoutSpace(status);
  const always = { mayStillSend: () => true, signal: new AbortController().signal };
  const at = sentAround.getTime();
  let before = "";
  for (let page = 0; page < pages; page++) {
    const path = `/api/v1/accounts/${encodeURIComponent(home.accountId)}/statuses?limit=40${before}`;
    const request = { method: "GET", url: endpoint(account, path), headers: authorized(account), body: "" };
    const answer = await http.exchange(request, always);
    if (answer.is !== "answered" || answer.status !== 200) return { is: "cannot_tell" };
    const read = posts.safeParse(parse(answer.body));
    if (!read.success) return { is: "cannot_tell" };
    const near = read.data.filter(({ created_at }) => Math.abs(Date.parse(created_at) - at) <= aroundMs);
    const found = near.find(({ content }) => wordsOf(content).includes(sought));
    if (found) return { is: "accepted", providerMessageId: found.id };
    const oldest = read.data.at(-1);
    if (!oldest || Date.parse(oldest.created_at) < at - aroundMs) return { is: "not_accepted" };
    before = `&max_id=${encodeURIComponent(oldest.id)}`;
  }
  return { is: "cannot_tell" };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

const withoutSpace = (text: string): string => text.replace(/\s+/g, "");

/** An instance tells words as HTML: lines are elements, and a link's address is cut into spans for the eye. */
const wordsOf = (html: string): string =>
  withoutSpace(html)
    .replace(/<[^>]*>/g, "")
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? "");
