/** A post on Mastodon: its words, how they are counted there, and that the instance's own limit is kept. */
import { refusalsIn } from "@chorus/core/problem";
import { describe, expect, it, onTestFinished } from "vitest";
import { compileFor, facts, filling, handOver, messageId, recipient } from "../../test/samples.ts";
import { scriptedServer } from "../../test/scripted-server.ts";
import { mastodon } from "./channel.ts";
import { countPost } from "./length.ts";
import type { MastodonBody } from "./post.ts";

const to = recipient({ address: "@shop@tiny.test", firstName: null });
const post = (text: string, within = compileFor()): MastodonBody =>
  mastodon.compile({ text }, within)(filling(to), { id: messageId(1), at: new Date(0) }).body as MastodonBody;
const url = `https://links.example.com/c/${messageId(1)}?n=1&x=1`;

describe("a post", () => {
  it("is words with facts and addresses in them, for its account, in its language", () => {
    expect(post("Towels are {{fact:discount}} off: {{link:shop}}. #Towels")).toEqual({
      account: "@shop@tiny.test",
      status: `Towels are 20% off: ${url}. #Towels`,
      language: "en",
    });
  });

  it("writes to nobody: an @ before a name is only a letter", () => {
    expect(post("Thanks @ann, @bea@elsewhere.test and c@d.example").status).toBe(
      "Thanks ＠ann, ＠bea@elsewhere.test and c@d.example",
    );
    const named = [{ id: "city", kind: "text" as const, value: "@everybody", source: "shop" }];
    expect(post("{{fact:city}}", compileFor({ facts: { ...facts, facts: named } })).status).toBe("＠everybody");
  });
});

describe("its length", () => {
  it.each([
    ["https://shop.example.com/a/very/long/path?that=goes&on=and#on", 23],
    ["See https://x.example/a.", 4 + 23 + 1],
    ["(https://x.example/a) 毛巾", 1 + 23 + 1 + 3],
    ["看https://x.example/a，好", 1 + 23 + 2],
    ["👨‍👩‍👧‍👦é", 2],
    ["shop.example.com", 16],
  ])("%s counts %i", (text, length) => {
    expect(countPost(text, 23)).toBe(length);
  });

  it("is refused over 500, warned of when it is much, and a link is 23 whatever its address", () => {
    const codes = (text: string) => mastodon.check({ text }, { facts, locale: "en" }).map(({ code }) => code);
    expect(codes(`${"x".repeat(376)} {{link:shop}}`)).toEqual([]);
    expect(codes(`${"x".repeat(476)} {{link:shop}}`)).toEqual(["field.long"]);
    expect(codes(`${"x".repeat(477)} {{link:shop}}`)).toEqual(["field.too_long"]);
    expect(refusalsIn(mastodon.check({ text: "{{link:nope}}" }, { facts, locale: "en" }))).not.toEqual([]);
  });
});

describe("an account's address", () => {
  it.each([
    ["@Shop@Mastodon.example", "@shop@mastodon.example"],
    ["shop@mastodon.example", "@shop@mastodon.example"],
    ["@shop@127.0.0.1:3000", "@shop@127.0.0.1:3000"],
  ])("%s is kept as %s", (raw, address) => {
    expect(mastodon.normalizeAddress(raw)).toEqual({ is: "ok", value: { address } });
  });
  it.each(["shop", "@shop", "@shop@", "https://mastodon.example/@shop", "@a b@c.example", ""])(
    "%j is refused",
    (raw) => {
      expect(mastodon.normalizeAddress(raw)).toMatchObject({ is: "bad", problems: [{ code: "mastodon.account" }] });
    },
  );
});

/** An instance with its own limits, and the account's carrier to it. */
async function instanceWith(statuses: object, v2 = 200) {
  const { url, host, asked } = await scriptedServer({
    verify_credentials: [{ status: 200, body: { id: "7", acct: "shop" } }],
    instance: [{ status: v2, body: v2 === 200 ? { domain: "tiny.test", configuration: { statuses } } : {} }],
    statuses: [{ status: 200, body: { id: "42" } }],
  });
  const carrier = mastodon.open({
    provider: "mastodon",
    settings: { baseUrl: `${url}/`, token: "t" },
    callbackUrl: "",
  });
  onTestFinished(() => carrier.close?.());
  const account = v2 === 200 ? "@shop@tiny.test" : `@shop@${host}`;
  return { asked, send: (text: string) => carrier.send({ ...post(text), account }, handOver()) };
}

describe("an instance", () => {
  it("is asked once what it takes, and a longer post is refused with its number before it leaves", async () => {
    const { asked, send } = await instanceWith({ max_characters: 60, characters_reserved_per_url: 30 });
    expect(await send(`${"x".repeat(29)} {{link:shop}}`)).toMatchObject({ is: "accepted", providerMessageId: "42" });
    expect(await send(`${"x".repeat(30)} {{link:shop}}`)).toEqual({
      ...{ is: "refused", reason: "content", about: "content" },
      detail: "61 characters, and this instance takes 60",
    });
    expect(asked.map(({ what }) => what)).toEqual([
      "GET /api/v1/accounts/verify_credentials",
      "GET /api/v2/instance",
      "POST /api/v1/statuses",
    ]);
  });

  it("is given the message's id as its key, and nothing but the public post", async () => {
    const { asked, send } = await instanceWith({});
    await send("Hello");
    const { headers, body } = asked.at(-1) ?? { headers: {}, body: "{}" };
    expect(headers).toMatchObject({ "idempotency-key": messageId(1), authorization: "Bearer t" });
    expect(JSON.parse(body)).toEqual({ status: "Hello", language: "en", visibility: "public" });
  });

  it("that is too old to say takes the usual 500, and is called by its host", async () => {
    const { send } = await instanceWith({}, 404);
    expect(await send("x".repeat(500))).toMatchObject({ is: "accepted" });
    expect(await send("x".repeat(501))).toMatchObject({ is: "refused", about: "content" });
  });
});
