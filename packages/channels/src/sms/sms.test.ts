/** A text message: what leaves, what it takes, whom it can reach, and what comes back. */
import type { RawRequest } from "@chorus/core/channel";
import { readKeyword } from "@chorus/core/event";
import { smsSize } from "@chorus/core/measure";
import { refusalsIn } from "@chorus/core/problem";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { describe, expect, it } from "vitest";
import { compileFor, facts, filling, messageId, recipient } from "../../test/samples.ts";
import { sms } from "./channel.ts";
import { optOutLine } from "./text.ts";
import { meaningOf } from "./twilio-codes.ts";
import { twilioOutcome } from "./twilio-outcome.ts";

const at = new Date("2026-11-22T10:00:00Z");
const textOf = (text: string, more = {}, to = recipient()): string =>
  (sms.compile({ text }, compileFor(more))(filling(to), { id: messageId(1), at }).body as { text: string }).text;
const check = (text: string, locale = "en-GB", brand = "Hearth & Home") =>
  sms.check({ text }, { facts, locale, brand });
const codes = (text: string, locale?: string) => check(text, locale).map(({ code }) => code);

describe("a text message", () => {
  it("says whose it is, what it is, and how to end it", () => {
    expect(textOf("Hi {{contact:first_name|there}}, {{fact:discount}} off: {{link:shop}}")).toBe(
      `Hearth & Home: Hi Ann, 20% off: https://links.example.com/c/${messageId(1)}?n=1&x=1\nReply STOP to opt out`,
    );
  });

  it("does not name the brand or the way out twice", () => {
    expect(textOf("News from hearth & home. Reply STOP to opt out")).toBe(
      "News from hearth & home. Reply STOP to opt out",
    );
  });

  it("is signed in Chinese the Chinese way", () => {
    const voice = { ...compileFor().voice, brand: "炉边" };
    expect(textOf("{{fact:city}}新品八折", { locale: "zh", voice })).toBe("【炉边】利兹新品八折\n回复TD退订");
  });

  it.each(["en", "zh-Hans", "de", "fr-FR", "es", "pl"])("in %s offers a word that we understand", (locale) => {
    const words = optOutLine(locale).match(/[\p{L}]+/gu) ?? [];
    const keyword = locale.startsWith("zh")
      ? "TD"
      : words.find((word) => word.length > 2 && word === word.toUpperCase());
    expect(optOutLine(locale)).toContain(keyword);
    expect(readKeyword(keyword ?? "")).toBe("stop");
  });

  it("straightens quotes and dashes where that saves a part, also in a name, and leaves them where it does not", () => {
    const long = `It’s here – “linen” towels… ${"a".repeat(60)} {{contact:first_name|you}}`;
    const sent = textOf(long, {}, recipient({ firstName: "O’Brien" }));
    expect(sent).toContain(`It's here - "linen" towels... `);
    expect(sent).toContain("O'Brien");
    expect(smsSize(sent)).toMatchObject({ encoding: "gsm7", parts: 1 });
    const voice = { ...compileFor().voice, brand: "Us" };
    expect(textOf("It’s us", { voice })).toBe("It’s us\nReply STOP to opt out");
  });

  it("shows the default instead of a name that is longer than any name", () => {
    expect(textOf("Hi {{contact:first_name|there}}", {}, recipient({ firstName: "x".repeat(31) }))).toContain(
      "Hi there",
    );
    expect(textOf("Hi {{contact:city|you}}", {}, recipient({ fields: { city: "y".repeat(99) } }))).toContain("Hi you");
  });

  it("shows what it takes before anybody approves it", () => {
    const preview = (text: string) => sms.preview({ text }, compileFor(), filling()).measures[0];
    expect(preview("Towels are here")).toEqual({
      field: "text",
      used: 1,
      max: 3,
      counted: "sms_parts",
      note: "GSM-7, 52 characters",
    });
    expect(preview("Towels 🌷 are here, and many more of them are on their way")?.note).toBe(
      "UCS-2 because of “🌷”, 95 characters",
    );
  });
});

describe("checking a text message", () => {
  it.each(["Towels from {{fact:price}}: {{link:shop}}", "Hi {{contact:first_name|there}}, towels: {{link:shop}}"])(
    "finds nothing wrong with «%s»",
    (text) => expect(check(text)).toEqual([]),
  );

  it("names parts, encoding and the letter that made it so when it is too long", () => {
    const [problem] = refusalsIn(check(`${"本周新品八折，".repeat(30)}{{link:shop}}`, "zh"));
    expect(problem).toMatchObject({ path: "text", code: "sms.parts" });
    expect(problem?.message).toMatch(/takes 5 parts \(UCS-2 because of “【”, 292 characters\); 3 are allowed/);
  });

  it("counts the longest name in every slot", () => {
    const text = `${"Towels are here. ".repeat(8)}{{contact:first_name|you}}`;
    expect(refusalsIn(check(text))).toMatchObject([
      { code: "sms.parts", message: expect.stringContaining("UCS-2, as soon as a name") },
    ]);
    expect(refusalsIn(check("Towels are here. ".repeat(8)))).toEqual([]);
  });

  it("refuses more than Twilio takes, with the count", () => {
    expect(check("{{contact:first_name|you}} ".repeat(37))).toMatchObject([{ code: "sms.parts" }]);
    expect(check("{{link:shop}}".repeat(30))).toMatchObject([
      { code: "sms.too_long", message: expect.stringMatching(/At its longest 18\d\d characters; 1600 are allowed/) },
    ]);
  });

  it("warns of one emoji that makes each part 70 letters, and stops nothing", () => {
    const problems = check("Towels are here 🌷");
    expect(problems).toMatchObject([{ code: "sms.encoding", severity: "warning" }]);
    expect(problems[0]?.message).toContain("“🌷” leaves 70 instead of 160");
  });

  it.each([
    ["See bit.ly/3xyz", "sms.url_shortener"],
    ["See {{link:nowhere}}", "slot.unknown_link"],
    ["Hi {{contact:first_name}}", "slot.default_missing"],
    ["{{ssn}}", "slot.forbidden"],
    ["a\u0000b", "text.control_char"],
    ["x".repeat(1001), "field.too_long"],
    ["", "field.too_short"],
  ])("refuses %j as %s", (text, code) => expect(codes(text)).toContain(code));
});

describe("a number", () => {
  it.each([
    ["+1 (415) 555-0123", undefined, "+14155550123"],
    ["138 0013 8000", "CN", "+8613800138000"],
    ["07400 123456", "gb", "+447400123456"],
    ["＋１ ４１５ ５５５ ０１２３", undefined, "+14155550123"],
    ["+٤٤٧٤٠٠١٢٣٤٥٦", undefined, "+447400123456"],
  ])("%j (%s) is kept as %s", (raw, country, address) => {
    expect(sms.normalizeAddress(raw, { country })).toEqual({ is: "ok", value: { address } });
  });

  it.each([
    ["138 0013 8000", "phone.country_required"],
    ["07400 123456", "phone.country_required"],
    ["+1 (415) 555-0123 x12", "phone.extension"],
    ["+14155550123;ext=4", "phone.extension"],
    ["+442079460018", "phone.landline"],
    ["+19005551234", "phone.type"],
    ["+1 800 555 0199", "phone.type"],
    ["+881612345678", "phone.satellite"],
    ["12345", "phone.short_code"],
    ["+0123456789", "phone.form"],
    ["+447700900123", "phone.invalid"],
    ["whatsapp:+14155550123", "phone.channel"],
    ["1.38E+10", "phone.scientific"],
    ["CHORUS", "phone.form"],
    ["", "phone.country_required"],
    ["+1415555\u20280123", "phone.form"],
  ])("%j is refused as %s, without being repeated", (raw, code) => {
    const read = sms.normalizeAddress(raw);
    expect(read).toMatchObject({ is: "bad", problems: [{ code }] });
    if (raw.length > 5) expect(JSON.stringify(read)).not.toContain(raw);
  });
});

describe("a doubt about Twilio's answer", () => {
  it("is a yes without a SID, and whatever one cannot read", () => {
    const answered = (body: string) => twilioOutcome({ is: "answered", status: 201, headers: {}, body });
    expect(answered("")).toMatchObject({ is: "unknown" });
    expect(answered("<html>")).toMatchObject({ is: "unknown" });
  });
});

describe("T-Mobile's daily cap", () => {
  it.each([
    ["2026-11-26T07:59:00Z", 60_000], // 23:59 in Los Angeles
    ["2026-11-26T08:00:00Z", 86_400_000],
    ["2026-07-01T19:00:00Z", 12 * 3_600_000],
  ])("met at %s, ends %i ms later: at midnight Pacific", (now, retryAfterMs) => {
    expect(meaningOf(30023, new Date(now))).toEqual({ is: "deferred", scope: "carrier", retryAfterMs });
  });
});

describe("what Twilio calls about", () => {
  const account = { accountSid: `AC${"a1".repeat(16)}`, authToken: "token" };
  const settings = { ...account, from: "+14155550100" };
  const carrier = sms.open({ provider: "twilio", settings, callbackUrl: "" });
  const sid = `SM${"b".repeat(32)}`;

  const request = (form: Record<string, string>, url = "https://chorus.example.com/webhooks/car_1"): RawRequest => {
    const whole = { AccountSid: account.accountSid, MessageSid: sid, ...form };
    return {
      method: "POST",
      url,
      headers: { "x-twilio-signature": getExpectedTwilioSignature(account.authToken, url, whole) },
      body: new URLSearchParams(whole).toString(),
    };
  };
  const said = (text: string, more = {}) => carrier.receive?.(request({ From: "+14155550123", Body: text, ...more }));

  it.each([
    ["STOP", "opted_out"],
    ["Stop please", "opted_out"],
    ["退订", "opted_out"],
    ["TD", "opted_out"],
    ["START", "opted_in"],
    ["non-stop fun, thank you", "replied"],
    ["", "replied"],
  ])("a person's «%s» is heard as %s, from the number as we keep it", async (text, is) => {
    expect(await said(text)).toEqual([{ is, key: `${sid}:inbound`, address: "+14155550123", text }]);
  });

  it("an opt-out that Twilio itself has read counts, whatever the words", async () => {
    expect(await said("take me off", { OptOutType: "STOP" })).toMatchObject([{ is: "opted_out" }]);
  });

  it.each([
    ["queued", "queued"],
    ["sending", "queued"],
    ["sent", "sent"],
    ["delivered", "delivered"],
    ["undelivered", "undelivered"],
    ["failed", "undelivered"],
    ["read", "read"],
  ])("the status %s is the delivery %s, of the message that the address names", async (status, delivery) => {
    const url = `https://chorus.example.com/webhooks/car_1?m=${messageId(5)}&a=1`;
    const events = await carrier.receive?.(request({ MessageStatus: status, ErrorCode: "30003" }, url));
    expect(events).toEqual([
      {
        is: "delivery",
        key: `${sid}:${status}`,
        messageId: messageId(5),
        providerMessageId: sid,
        delivery,
        attempt: 1,
        means: delivery === "undelivered" ? expect.objectContaining({ is: "deferred" }) : undefined,
        detail: "Twilio error 30003",
      },
    ]);
  });

  it("another account's genuine call is not ours, and a status of tomorrow is of no interest yet", async () => {
    expect(await carrier.receive?.(request({ AccountSid: `AC${"0".repeat(32)}`, MessageStatus: "sent" }))).toBeNull();
    expect(await carrier.receive?.(request({ MessageStatus: "teleported" }))).toEqual([]);
    expect(await carrier.receive?.({ ...request({}), url: "not a url" })).toBeNull();
  });

  it("is believed with and without the port in the address, as Twilio signs either", async () => {
    const url = "http://127.0.0.1:45123/webhooks/car_1?m=x";
    expect(await carrier.receive?.(request({ MessageStatus: "sent" }, url))).toHaveLength(1);
  });
});
