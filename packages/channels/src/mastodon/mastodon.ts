/**
 * Posts through an application's token: plain HTTP. The message's id is the Idempotency-Key, under which an instance
 * posts once and answers the same post again for an hour (docs.joinmastodon.org/methods/statuses). A doubt may be older
 * than that, so whether a post is there is asked, not tried.
 */
import type { Carrier, HandOver, SendOutcome } from "@chorus/core/channel";
import { z } from "zod";
import { defineProvider, numberSetting } from "../define-provider.ts";
import { type Http, openHttp } from "../http-exchange.ts";
import { isSafeBase, unsafeBase } from "../safe-base.ts";
import { type Account, type Asked, authorized, endpoint, openHome } from "./instance.ts";
import { countPost } from "./length.ts";
import { lookUpPost } from "./look-up.ts";
import { homeOutcome, postOutcome } from "./mastodon-outcome.ts";
import { testMastodon } from "./mastodon-test.ts";
import type { MastodonBody } from "./post.ts";

const settings = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .refine(isSafeBase, unsafeBase)
    .describe("the instance, such as https://mastodon.example"),
  token: z.string().min(1).describe("the application's access token").meta({ secret: true }),
  connectTimeoutMs: numberSetting({ min: 10, max: 120_000, usual: 10_000 }).describe("to reach the instance"),
  answerTimeoutMs: numberSetting({ min: 10, max: 300_000, usual: 30_000 }).describe(
    "for its answer; silence after that is a doubt that is looked up",
  ),
});

export const mastodonProvider = defineProvider({
  id: "mastodon",
  label: "Mastodon",
  setup:
    "An application of the account that posts (Preferences, Development) with the scopes read:accounts, read:statuses and write:statuses. `token` is its access token; it posts to the account's own timeline, so a destination is the same @name@instance.",
  settings,
  identify: ({ baseUrl }) => ({ host: new URL(baseUrl).hostname, name: new URL(baseUrl).host }),
  openCarrier: ({ settings: { baseUrl, token, ...timeouts } }) => {
    const http = openHttp({ connections: 2, ...timeouts });
    const account = { baseUrl, token };
    const by: By = { account, http, home: openHome(account, http) };
    return {
      resend: "can_ask",
      concurrency: 1,
      rates: () => [{ of: "account", perSecond: perSecond }],
      send: (body: MastodonBody, how: HandOver) => send(body, how, by),
      lookUp: (body: MastodonBody, { sentAround }) => lookUp(body, sentAround, by),
      test: (signal) => testMastodon(account, http, signal),
      close: async () => http.close(),
    };
  },
});

/** 300 calls in five minutes for an account (docs.joinmastodon.org/api/rate-limits, as of 2026-11). */
const perSecond = 1;

type By = {
  readonly account: Account;
  readonly http: Http;
  readonly home: (signal: AbortSignal) => Promise<Asked>;
};

async function send(body: MastodonBody, how: HandOver, { account, http, home }: By): Promise<SendOutcome> {
  const asked = await home(how.signal);
  if (asked.is === "unknown") return homeOutcome(asked.answer);
  const { limits, account: own } = asked.home;
  if (own !== body.account)
    return { is: "refused", reason: "destination", about: "address", detail: "The token is another account's" };
  const length = countPost(body.status, limits.perLink);
  if (length > limits.characters) {
    const detail = `${length} characters, and this instance takes ${limits.characters}`;
    return { is: "refused", reason: "content", about: "content", detail };
  }
  const { status, language } = body;
  const request = {
    method: "POST",
    url: endpoint(account, "/api/v1/statuses"),
    headers: { "content-type": "application/json", "idempotency-key": how.messageId, ...authorized(account) },
    body: JSON.stringify({ status, language, visibility: "public" }),
  };
  return postOutcome(await http.exchange(request, how));
}

type Found = Awaited<ReturnType<NonNullable<Carrier<MastodonBody>["lookUp"]>>>;

async function lookUp({ status }: MastodonBody, sentAround: Date, { account, http, home }: By): Promise<Found> {
  const asked = await home(new AbortController().signal);
  return asked.is === "known"
    ? await lookUpPost(account, http, { status, sentAround, home: asked.home })
    : { is: "cannot_tell" };
}
