/** A post in a Slack channel: what it is made of, and what no word in it can do. */
import { refusalsIn } from "@chorus/core/problem";
import { describe, expect, it } from "vitest";
import { compileFor, facts, filling, messageId, recipient } from "../../test/samples.ts";
import type { SlackBody } from "./blocks.ts";
import { slack } from "./channel.ts";

const words = {
  headline: "Towels are {{fact:discount}} off",
  text: "Linen for {{fact:price}}, *this week* only. Sizes: {{link:help}}.",
  button: { label: "See the towels", link: "shop" },
};
const post = (change: object = {}, to = recipient({ address: "#shop-news", firstName: null })): SlackBody =>
  slack.compile({ ...words, ...change }, compileFor())(filling(to), { id: messageId(1), at: new Date() })
    .body as SlackBody;
const section = (body: SlackBody): string => {
  const block = body.blocks[1];
  return block?.type === "section" ? block.text.text : "";
};

describe("a post", () => {
  it("is a header, the paragraph, a button and whose it is, with words for notifications", () => {
    const url = (number: number) => `https://links.example.com/c/${messageId(1)}?n=${number}&x=1`;
    expect(post()).toEqual({
      channel: "#shop-news",
      text: `Towels are 20% off: ${url(1).replace("&", "&amp;")}`,
      blocks: [
        { type: "header", text: { type: "plain_text", text: "Towels are 20% off", emoji: true } },
        {
          type: "section",
          text: {
            type: "mrkdwn",
            text: `Linen for £12.50, *this week* only. Sizes: <${url(2).replace("&", "&amp;")}|help>.`,
            verbatim: true,
          },
        },
        {
          type: "actions",
          elements: [
            {
              type: "button",
              text: { type: "plain_text", text: "See the towels", emoji: true },
              url: url(1),
              style: "primary",
            },
          ],
        },
        { type: "context", elements: [{ type: "plain_text", text: "Hearth & Home", emoji: true }] },
      ],
    });
  });

  it.each([
    "<!channel>",
    "<!here|here>",
    "<@U0123456789>",
    "<#C0123456789>",
    "<https://evil.example|click>",
    "&lt;!channel&gt;",
  ])("cannot be made to call anybody with %s", (text) => {
    const body = post({ headline: text, text });
    expect(section(body)).not.toMatch(/<[!@#h]/);
    expect(body.text).not.toMatch(/<[!@#h]/);
  });

  it("shows a value from outside as words: no calls, no bold, no code", () => {
    const to = recipient({ address: "#shop-news", firstName: "*Ann* `x` <!channel>" });
    expect(section(post({ text: "Hi {{contact:first_name|all}}" }, to))).toBe("Hi Ann x &lt;!channel&gt;");
    expect(section(post({ text: "Hi {{contact:first_name|all}}" }))).toBe("Hi all");
  });

  it("keeps a link whole when its label or address holds the marks that end one", () => {
    const links = [{ id: "shop", url: "https://shop.example.com/", label: { en: "a|b>c" } }];
    const within = compileFor({ facts: { ...facts, links } });
    const made = { unsubscribe: "", link: () => "https://x.example/?q=a|b&c" };
    const render = slack.compile({ ...words, text: "{{link:shop}}" }, within);
    const { body } = render({ to: recipient(), links: made }, { id: messageId(1), at: new Date() });
    expect(section(body as SlackBody)).toBe("<https://x.example/?q=a%7Cb&amp;c|a b&gt;c>");
  });
});

describe("checking a post", () => {
  const check = (change: object) =>
    slack.check({ ...words, ...change }, { facts, locale: "en" }).map(({ path, code }) => `${path} ${code}`);

  it("counts what is escaped as it is sent, and facts as they read", () => {
    expect(check({ headline: "&".repeat(31) })).toEqual(["headline field.too_long"]);
    expect(check({ text: "&".repeat(601) })).toEqual(["text field.too_long"]);
    expect(check({ text: "{{fact:city}}".repeat(150) })).toEqual(["text field.long"]);
  });

  it.each<[object, string]>([
    [{ headline: "x".repeat(151) }, "headline field.too_long"],
    [{ headline: "{{link:shop}}" }, "headline slot.link_misplaced"],
    [{ button: { label: "Go", link: "nope" } }, "button.link slot.unknown_link"],
    [{ text: "{{fact:nope}}" }, "text slot.unknown_fact"],
  ])("%j is refused: %s", (change, expected) => {
    expect(check(change)).toContain(expected);
    expect(refusalsIn(slack.check({ ...words, ...change }, { facts, locale: "en" }))).not.toEqual([]);
  });
});

describe("a channel's address", () => {
  it.each([
    ["C0123456789", "C0123456789"],
    ["#Shop-News", "#shop-news"],
    ["offers", "#offers"],
    ["#新品", "#新品"],
  ])("%s is kept as %s", (raw, address) => {
    expect(slack.normalizeAddress(raw)).toEqual({ is: "ok", value: { address } });
  });

  it.each([
    ["U0123456789", "slack.not_a_channel"],
    ["D0123456789", "slack.not_a_channel"],
    ["two words", "slack.channel"],
    ["#a\nb", "slack.channel"],
    ["", "slack.channel"],
    ["#".repeat(3), "slack.channel"],
  ])("%j is refused as %s", (raw, code) => {
    expect(slack.normalizeAddress(raw)).toMatchObject({ is: "bad", problems: [{ code }] });
  });
});
