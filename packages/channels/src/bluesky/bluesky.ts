/**
 * Posts through the account's own server: plain XRPC over HTTP with an app password. The record's key is made of the
 * message, so a post that is handed over twice is one record, and whether it is there can be asked for by that key.
 */
import type { Carrier, HandOver, SendOutcome } from "@chorus/core/channel";
import { z } from "zod";
import { defineProvider, numberSetting } from "../define-provider.ts";
import { readObject, textOf } from "../exchange-outcome.ts";
import { type Http, openHttp } from "../http-exchange.ts";
import { isSafeBase, unsafeBase } from "../safe-base.ts";
import { normalizeBlueskyAccount } from "./address.ts";
import { postOutcome, signInOutcome } from "./bluesky-outcome.ts";
import { openSessions, type Session, type Sessions, wordOf, xrpc } from "./bluesky-session.ts";
import { testBluesky } from "./bluesky-test.ts";
import { type BlueskyBody, postCollection } from "./post.ts";

const settings = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .refine(isSafeBase, unsafeBase)
    .default("https://bsky.social")
    .describe("the server the account signs in at, where it is not Bluesky's own"),
  handle: z
    .string()
    .refine((text) => normalizeBlueskyAccount(text).is === "ok", "a handle such as shop.bsky.social")
    .describe("the account that posts, such as shop.bsky.social"),
  appPassword: z
    .string()
    .min(1)
    .describe("an app password of that account, xxxx-xxxx-xxxx-xxxx")
    .meta({ secret: true }),
  connectTimeoutMs: numberSetting({ min: 10, max: 120_000, usual: 10_000 }).describe("to reach the server"),
  answerTimeoutMs: numberSetting({ min: 10, max: 300_000, usual: 30_000 }).describe(
    "for its answer; silence after that is a doubt that is looked up",
  ),
});

export const blueskyProvider = defineProvider({
  id: "bluesky",
  label: "Bluesky",
  setup:
    "A Bluesky account and an app password of it (Settings, Privacy and security, App passwords). `handle` is the account; it posts to its own feed, so a destination is the same handle or its DID.",
  settings,
  identify: ({ baseUrl, handle }) => ({ host: new URL(baseUrl).hostname, name: handle }),
  openCarrier: ({ settings: { baseUrl, handle, appPassword, ...timeouts } }) => {
    const http = openHttp({ connections: 2, ...timeouts });
    const account = { baseUrl, handle, appPassword };
    const by: By = { baseUrl, http, sessions: openSessions(account, http) };
    return {
      resend: "can_ask",
      concurrency: 1,
      rates: () => [{ of: "account", perSecond: perSecond }],
      send: (body: BlueskyBody, how: HandOver) => send(body, how, by),
      lookUp: (body: BlueskyBody) => lookUp(body, by),
      test: (signal) => testBluesky(account, http, signal),
      close: async () => http.close(),
    };
  },
});

/** 5,000 points an hour, a new record is three of them (docs.bsky.app, rate limits, as of 2026-11): 1,666 posts. */
const perSecond = 0.4;

type By = { readonly baseUrl: string; readonly http: Http; readonly sessions: Sessions };

async function send(body: BlueskyBody, how: HandOver, { baseUrl, http, sessions }: By): Promise<SendOutcome> {
  const called = await sessions.call(how.signal, (session) =>
    isOf(session, body.repo)
      ? http.exchange(
          {
            method: "POST",
            url: xrpc(baseUrl, "com.atproto.repo.createRecord"),
            headers: {
              "content-type": "application/json",
              authorization: `Bearer ${session.accessJwt}`,
              "x-request-id": how.messageId,
            },
            body: JSON.stringify({ ...body, repo: session.did, collection: postCollection, validate: true }),
          },
          how,
        )
      : null,
  );
  if (called === null)
    return { is: "refused", reason: "destination", about: "address", detail: "Signed in as another account" };
  return called.is === "out" ? signInOutcome(called.answer) : postOutcome(called.exchange);
}

const isOf = ({ did, handle }: Session, repo: string): boolean => repo === did || repo === handle.toLowerCase();

type Found = Awaited<ReturnType<NonNullable<Carrier<BlueskyBody>["lookUp"]>>>;

/** Anybody may read a record, so this needs no session. Another post under our key would be one of a chance in a million. */
async function lookUp({ repo, rkey, record }: BlueskyBody, { baseUrl, http }: By): Promise<Found> {
  const url = `${xrpc(baseUrl, "com.atproto.repo.getRecord")}?${new URLSearchParams({ repo, collection: postCollection, rkey })}`;
  const always = { mayStillSend: () => true, signal: new AbortController().signal };
  const answer = await http.exchange({ method: "GET", url, headers: {}, body: "" }, always);
  if (answer.is !== "answered") return { is: "cannot_tell" };
  if (answer.status === 400 && wordOf(answer) === "RecordNotFound") return { is: "not_accepted" };
  const { uri, value } = readObject(answer.body);
  const isOurs = z.object({ text: z.literal(record.text) }).safeParse(value).success;
  const providerMessageId = textOf(uri);
  return answer.status === 200 && isOurs && providerMessageId
    ? { is: "accepted", providerMessageId }
    : { is: "cannot_tell" };
}
