/** Recommended products as a mail and a text message show them, and where they may not stand. */
import type { Filling } from "@chorus/core/channel";
import { smsSize } from "@chorus/core/measure";
import type { Picked } from "@chorus/core/picks";
import { expect, it } from "vitest";
import { readMail } from "../test/read-mail.ts";
import { compileFor, emailWords, facts, filling } from "../test/samples.ts";
import { email } from "./email/channel.ts";
import { slack } from "./slack/channel.ts";
import { sms } from "./sms/channel.ts";

const pick = (name: string, pounds: number): Picked => ({
  ...{ sku: "85123A", name, url: "https://shop.example.com/p/85123A" },
  price: { micros: pounds * 1_000_000, currency: "GBP" },
  reason: { code: "popular", buyers: 12, days: 60 },
});
const picks = [
  pick("Mugs <blue> & white", 4.5),
  pick("Tea towel", 3),
  pick("Hanging heart holder of white zinc", 2.95),
];
const mail = { ...emailWords, paragraphs: ["Made in {{fact:city}}.", "You may also like: {{picks}}"] };
const text = { text: "Towels are {{fact:discount}} off: {{link:shop}}\nYou may also like: {{picks}}" };
const with3: Filling = { ...filling(), picks };
const within = { facts, locale: "en-GB", brand: "Hearth & Home" };
const message = { id: "msg_1", at: new Date(0) };
const codes = (found: readonly { code: string; severity?: unknown }[]) =>
  found.filter(({ severity }) => !severity).map(({ code }) => code);

it("a mail shows each product with its price in the reader's form and a link of its own, in HTML and in text", () => {
  expect(codes(email.check(mail, within))).toEqual([]);
  const { html = "", text: plain } = email.preview(mail, compileFor(), with3);
  expect(html).toContain("<p>You may also like:</p><table");
  expect(html).toContain(">Mugs &lt;blue&gt; &amp; white</a>");
  expect(html).toContain("£4.50");
  expect(plain).toContain("You may also like:\n- Mugs <blue> & white, £4.50\n  https://links.example.com/c/");
  expect(plain).toMatch(/n=201.*\n.*Tea towel, £3\n.*n=202/);
  const { body } = email.compile(mail, compileFor())(with3, message) as { body: { mime: string } };
  for (const part of readMail(Buffer.from(body.mime)).parts) expect(part.text).toContain("n=203");
});

it("a text message names them in one line, in as few letters as were counted", () => {
  expect(codes(sms.check(text, within))).toEqual([]);
  const { body } = sms.compile(text, compileFor())(
    { ...with3, picks: [...picks.slice(1), pick("Crème [brûlée] 碗", 9)] },
    message,
  );
  const said = (body as { text: string }).text;
  expect(said).toContain("\nYou may also like: Tea towel, Hanging heart holder of, Crème brulée\nReply STOP");
  expect(smsSize(said).encoding).toBe("gsm7");
  const chinese = { text: "毛巾特惠：{{link:shop}}\n您可能还会喜欢：{{picks}}" };
  const shown = sms.preview(chinese, compileFor({ locale: "zh-CN" }), {
    ...with3,
    picks: [pick("白瓷碗", 9), pick("茶巾", 3)],
  });
  expect(shown.text).toContain("您可能还会喜欢：白瓷碗、茶巾\n");
});

it("counts the longest names that there can be", () => {
  const long = { text: `${"word ".repeat(50)}{{link:shop}}\nYou may also like: {{picks}}` };
  const without = { text: `${"word ".repeat(50)}{{link:shop}}` };
  expect(codes(sms.check(without, within))).toEqual([]);
  expect(sms.check(long, within)).not.toEqual(sms.check(without, within));
  const longer = { text: `${"word ".repeat(62)}{{link:shop}}\nYou may also like: {{picks}}` };
  expect(codes(sms.check(longer, within))).toEqual(["sms.parts"]);
});

it("where nothing was picked, nothing introduces it", () => {
  const { html, text: plain } = email.preview(mail, compileFor(), filling());
  expect(html + plain).not.toContain("You may also like");
  expect(sms.preview(text, compileFor(), filling()).text).toMatch(/n=1&x=1\nReply STOP/);
});

it("says where picks may not stand: in a subject, twice, before other words, in public and in what is no marketing", () => {
  const mailed = (more: object) => codes(email.check({ ...mail, ...more }, within));
  expect(mailed({ subject: "For you: {{picks}}" })).toContain("slot.picks_misplaced");
  expect(mailed({ paragraphs: ["{{picks}}", "{{picks}}"] })).toEqual(["slot.picks_twice"]);
  expect(mailed({ paragraphs: ["{{picks}} and more"] })).toEqual(["slot.picks_not_at_end"]);
  const post = { headline: "Towels", text: "See {{picks}}", button: { label: "See", link: "shop" } };
  expect(codes(slack.check(post, within))).toEqual(["slot.picks_misplaced"]);
  expect(codes(sms.check(text, { ...within, single: { class: "transactional" } }))).toEqual(["slot.picks_class"]);
});
