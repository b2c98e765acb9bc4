/**
 * Posts through a Slack app: create one at api.slack.com/apps with the scopes chat:write, channels:read and
 * channels:history, install it, add it to the channels, and take its bot token (xoxb-…). Slack has no key against
 * posting twice, but our id travels in the post's metadata, so it can be looked up.
 */
import type { Carrier, HandOver, SendOutcome } from "@chorus/core/channel";
import { z } from "zod";
import { defineProvider, numberSetting } from "../define-provider.ts";
import { type Http, openHttp } from "../http-exchange.ts";
import { isSafeBase, unsafeBase } from "../safe-base.ts";
import type { SlackBody } from "./blocks.ts";
import { type Connected, connectSlack } from "./slack-client.ts";
import { slackOutcome } from "./slack-outcome.ts";
import { testSlack } from "./slack-test.ts";

const settings = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .refine(isSafeBase, unsafeBase)
    .default("https://slack.com/api/")
    .describe("another server that speaks Slack's Web API"),
  token: z.string().min(1).describe("the app's bot token, xoxb-…").meta({ secret: true }),
  connectTimeoutMs: numberSetting({ min: 10, max: 120_000, usual: 10_000 }).describe("to reach Slack"),
  answerTimeoutMs: numberSetting({ min: 10, max: 300_000, usual: 30_000 }).describe(
    "for its answer; silence after that is a doubt that is looked up",
  ),
});

export const slackProvider = defineProvider({
  id: "slack",
  label: "Slack",
  setup:
    "A Slack app with the scopes chat:write, channels:read and channels:history, added to each channel it posts in. `token` is its bot token.",
  settings,
  identify: ({ baseUrl, token }) => {
    const host = new URL(baseUrl).hostname;
    return { host, name: `${host}${installationIn(token)}` };
  },
  openCarrier: ({ settings: { baseUrl, token, ...timeouts } }) => {
    const http = openHttp({ connections: 2, ...timeouts });
    const by: By = { account: { baseUrl, token }, http };
    return {
      resend: "can_ask",
      concurrency: 1,
      rates: (channel) => [{ of: `channel ${channel}`, perSecond: perChannelAndSecond }],
      send: (body: SlackBody, how: HandOver) => send(body, how, by),
      lookUp: (body: SlackBody, of) => lookUp(body, of, by),
      test: (signal) => testSlack(by.account, http, signal),
      close: async () => http.close(),
    };
  },
});

/** docs.slack.dev/apis/web-api/rate-limits: chat.postMessage, as of 2026-11. */
const perChannelAndSecond = 1;

/** A bot token begins with the numbers of workspace and bot, which are no secret and tell two accounts apart. */
function installationIn(token: string): string {
  const numbers = /^xoxb-(\d+-\d+)-/.exec(token)?.[1];
  return numbers ? ` ${numbers}` : "";
}

type By = { readonly account: { readonly baseUrl: string; readonly token: string }; readonly http: Http };

const eventType = "chorus_message";

async function send(body: SlackBody, how: HandOver, { account, http }: By): Promise<SendOutcome> {
  const { client, exchange } = await connectSlack(account, http, how);
  await client.chat
    .postMessage({
      ...body,
      metadata: { event_type: eventType, event_payload: { m: how.messageId, a: how.attempt } },
      unfurl_links: false,
      unfurl_media: false,
      parse: "none",
      link_names: false,
    })
    .catch(() => null); // the exchange says more than the SDK's error
  const answer = exchange();
  if (!answer) throw new Error("The Slack SDK made no request for a post.");
  return slackOutcome(answer, body.channel);
}

type LookUp = NonNullable<Carrier<SlackBody>["lookUp"]>;
type Found = Awaited<ReturnType<LookUp>>;

/** Around the hand-over, in seconds: clocks may be off, and our id is certain, so a wide look costs nothing but pages. */
const around = 300;
const pages = 5;

/** Reads the channel's posts of those minutes and looks for our id in their metadata. */
async function lookUp(body: SlackBody, of: Parameters<LookUp>[1], { account, http }: By): Promise<Found> {
  const always = { mayStillSend: () => true, signal: new AbortController().signal };
  const { client } = await connectSlack(account, http, always);
  const at = of.sentAround.getTime() / 1000;
  try {
    const channel = await channelId(client, body.channel);
    if (!channel) return { is: "cannot_tell" };
    let cursor = "";
    for (let page = 0; page < pages; page++) {
      const history = await client.conversations.history({
        channel,
        oldest: (at - around).toFixed(6),
        latest: (at + around).toFixed(6),
        inclusive: true,
        include_all_metadata: true,
        limit: 100,
        ...(cursor ? { cursor } : {}),
      });
      const post = history.messages?.find((each) => carries(each, of.messageId));
      if (post?.ts) return { is: "accepted", providerMessageId: `${channel}:${post.ts}` };
      cursor = history.response_metadata?.next_cursor ?? "";
      if (!cursor) return { is: "not_accepted" };
    }
    return { is: "cannot_tell" };
  } catch {
    return { is: "cannot_tell" };
  }
}

const carried = z.object({ event_type: z.literal(eventType), event_payload: z.object({ m: z.string() }) });

function carries(post: { readonly metadata?: unknown }, messageId: string): boolean {
  const read = carried.safeParse(post.metadata);
  return read.success && read.data.event_payload.m === messageId;
}

/** History is read by id only; a name is looked up among the app's channels. */
async function channelId(client: Connected["client"], channel: string): Promise<string | null> {
  if (!channel.startsWith("#")) return channel;
  let cursor = "";
  for (let page = 0; page < pages; page++) {
    const list = await client.conversations.list({ exclude_archived: true, limit: 200, ...(cursor ? { cursor } : {}) });
    const found = list.channels?.find((each) => `#${each.name}` === channel)?.id;
    if (found) return found;
    cursor = list.response_metadata?.next_cursor ?? "";
    if (!cursor) return null;
  }
  return null;
}
