/** A post on Bluesky: its words, its facets by bytes, its key, and how a session is kept. */
import { refusalsIn } from "@chorus/core/problem";
import { describe, expect, it, onTestFinished } from "vitest";
import { compileFor, facts, filling, handOver, messageId, recipient } from "../../test/samples.ts";
import { scriptedServer } from "../../test/scripted-server.ts";
import { bluesky } from "./channel.ts";
import type { BlueskyBody } from "./post.ts";
import { recordKey } from "./record-key.ts";
import { readRichText } from "./rich-text.ts";

const at = new Date("2026-11-28T09:00:00.123Z");
const to = recipient({ address: "shop.test", firstName: null });
const post = (text: string, within = compileFor()): BlueskyBody =>
  bluesky.compile({ text }, within)(filling(to), { id: messageId(1), at }).body as BlueskyBody;
/** What each facet says, and the words that its bytes are. */
const marked = ({ record }: BlueskyBody) =>
  record.facets.map(({ index, features }) => {
    const [feature] = features;
    const words = Buffer.from(record.text).subarray(index.byteStart, index.byteEnd).toString("utf8");
    return [words, feature && "uri" in feature ? feature.uri : feature?.tag];
  });
const url = (number: number) => `https://links.example.com/c/${messageId(1)}?n=${number}&x=1`;

describe("a post", () => {
  it("is a record with facts in its words, links as their labels, its language and the message's own time", () => {
    const body = post("Towels are {{fact:discount}} off, see {{link:shop}}.");
    expect(body).toMatchObject({ repo: "shop.test", rkey: recordKey({ id: messageId(1), at }) });
    expect(body.record).toMatchObject({
      $type: "app.bsky.feed.post",
      text: "Towels are 20% off, see our shop.",
      langs: ["en-GB"],
      createdAt: "2026-11-28T09:00:00.123Z",
    });
    expect(marked(body)).toEqual([["our shop", url(1)]]);
  });

  it("counts the bytes before a link and in it, whatever the letters", () => {
    const body = post("👨‍👩‍👧‍👦 毛巾 é {{link:shop}}，再见 {{link:help}} #新品", compileFor({ locale: "zh-CN" }));
    expect(body.record.text).toBe("👨‍👩‍👧‍👦 毛巾 é 商店，再见 help #新品");
    expect(marked(body)).toEqual([
      ["商店", url(1)],
      ["help", url(2)],
      ["#新品", "新品"],
    ]);
    expect(body.record.facets[0]?.index).toEqual({ byteStart: 36, byteEnd: 42 });
  });

  it("mentions nobody, and what stands around a hashtag is none of it", () => {
    const tags = (text: string) => readRichText(text).facets.map(({ features: [feature] }) => feature);
    expect(tags("Hello @ann.bsky.social and a@b.example")).toEqual([]);
    expect(
      tags("#Linen, (#towels) #2026 a#b https://x.example/#top &#39; #").map((each) => Object.values(each ?? {})[1]),
    ).toEqual(["Linen", "towels"]);
    expect(tags(`#${"x".repeat(65)}`)).toEqual([]);
  });

  it("cannot be made to hold a link of anybody else's", () => {
    const links = [
      { id: "shop", url: "https://shop.example.com/", label: { en: "a\u0003b\u0001https://evil.example\u0002" } },
    ];
    const body = post("See {{link:shop}} now", compileFor({ facts: { ...facts, links } }));
    expect(body.record.text).toBe("See abhttps://evil.example now");
    expect(marked(body)).toEqual([["abhttps://evil.example", url(1)]]);
  });
});

describe("a post's key", () => {
  const tid = /^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$/; // atproto.com/specs/tid

  it("is the message's own, the same each time, and sorts by time", () => {
    const keys = Array.from({ length: 500 }, (_, n) => recordKey({ id: messageId(n), at: new Date(at.getTime() + n) }));
    for (const key of keys) expect(key).toMatch(tid);
    expect([...keys].sort()).toEqual(keys);
    expect(recordKey({ id: messageId(3), at })).toBe(recordKey({ id: messageId(3), at }));
    const atOnce = Array.from({ length: 100 }, (_, n) => recordKey({ id: messageId(n), at }));
    expect(new Set(atOnce).size).toBe(100);
  });
});

describe("checking a post", () => {
  const check = (text: string) => bluesky.check({ text }, { facts, locale: "en" });
  const codes = (text: string) => check(text).map(({ code, severity = "refusal" }) => `${code} ${severity}`);

  it("counts graphemes and bytes as the lexicon does, and links as their labels", () => {
    expect(codes("x".repeat(240))).toEqual([]);
    expect(codes("x".repeat(300))).toEqual(["field.long warning"]);
    expect(codes("x".repeat(301))).toEqual(["field.too_long refusal"]);
    expect(codes("👨‍👩‍👧‍👦".repeat(83))).toEqual([]);
    expect(codes("e\u0301\u0302\u0303\u0304".repeat(200))).toEqual([]);
    expect(codes(`${"x".repeat(230)} {{link:shop}}`)).toEqual([]);
    const heavy = `${"👨‍👩‍👧‍👦".repeat(121)}`;
    expect(refusalsIn(check(heavy))[0]?.message).toMatch(/3025 bytes; 3000 are allowed/);
  });
});

describe("an account's address", () => {
  it.each([
    ["@Shop.Bsky.Social", "shop.bsky.social"],
    ["shop.example.com", "shop.example.com"],
    ["did:plc:2g5lxnwlcd6ayfv5a4plha7r", "did:plc:2g5lxnwlcd6ayfv5a4plha7r"],
  ])("%s is kept as %s", (raw, address) => {
    expect(bluesky.normalizeAddress(raw)).toEqual({ is: "ok", value: { address } });
  });
  it.each(["shop", "@shop", "a b.example", "https://bsky.app/profile/shop", "-a.example", "did:x", ""])(
    "%j is refused",
    (raw) => {
      expect(bluesky.normalizeAddress(raw)).toMatchObject({ is: "bad", problems: [{ code: "bluesky.account" }] });
    },
  );
});

/** A server that answers each method as it is told to, and the account's carrier to it. */
async function serverOf(answers: Readonly<Record<string, readonly [number, object][]>>) {
  const script = Object.entries(answers).map(([method, list]) => [
    method,
    list.map(([status, body]) => ({ status, body })),
  ]);
  const { url, asked } = await scriptedServer(Object.fromEntries(script));
  const settings = { baseUrl: url, handle: "shop.test", appPassword: "xxxx" };
  const carrier = bluesky.open({ provider: "bluesky", settings, callbackUrl: "" });
  onTestFinished(() => carrier.close?.());
  return {
    calls: () =>
      asked.map(({ what, headers }) =>
        [what.split(".").at(-1), headers.authorization?.slice(7)].filter(Boolean).join(" "),
      ),
    send: () => carrier.send(post("Hello"), handOver()),
  };
}

describe("a session", () => {
  const session = (n: number) => ({
    did: "did:plc:shop",
    handle: "shop.test",
    accessJwt: `a${n}`,
    refreshJwt: `r${n}`,
  });
  const posted = { uri: "at://did:plc:shop/app.bsky.feed.post/1" };
  const expired = { error: "ExpiredToken", message: "Token has expired" };

  it("is opened once and kept, renewed by its own token when it has expired, and the post goes out after all", async () => {
    const { calls, send } = await serverOf({
      createSession: [[200, session(1)]],
      createRecord: [
        [200, posted],
        [400, expired],
        [200, posted],
      ],
      refreshSession: [[200, session(2)]],
    });
    for (let n = 0; n < 2; n++) expect(await send()).toMatchObject({ is: "accepted", providerMessageId: posted.uri });
    expect(calls()).toEqual([
      "createSession",
      "createRecord a1",
      "createRecord a1",
      "refreshSession r1",
      "createRecord a2",
    ]);
  });

  it("is opened anew where it cannot be renewed; where nobody is let in, the account is at fault and nothing in doubt", async () => {
    const { calls, send } = await serverOf({
      createSession: [
        [200, session(1)],
        [401, { error: "AuthenticationRequired" }],
      ],
      createRecord: [[400, expired]],
      refreshSession: [[400, expired]],
    });
    expect(await send()).toMatchObject({ is: "distrusted", whom: "account" });
    expect(calls()).toEqual(["createSession", "createRecord a1", "refreshSession r1", "createSession"]);
  });

  it("of another account than the destination posts nothing", async () => {
    const { calls, send } = await serverOf({ createSession: [[200, { ...session(1), handle: "other.test" }]] });
    expect(await send()).toMatchObject({ is: "refused", reason: "destination", about: "address" });
    expect(calls()).toEqual(["createSession"]);
  });
});
