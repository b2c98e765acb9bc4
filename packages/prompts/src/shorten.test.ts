import { describe, expect, it } from "vitest";
import { says } from "./test-model-server.ts";
import { answer, answerWith, good, lastJson, write } from "./test-writing.ts";
import type { Writing } from "./writer.ts";

describe("a field that is only too long", () => {
  const mugs = "A mug is a mug and a good one. ";
  const long = `${mugs.repeat(18)}See {{link:shop}} now. Terms apply`;
  const tooLong = answerWith({ sms: { text: long } });
  const smsOf = (writing: Writing) => writing.is === "written" && (writing.contents.sms as { text: string }).text;

  it("is shortened by a call of its own, and leaves the others as they are", async () => {
    const short = "A good mug. See {{link:shop}} now. Terms apply";
    const { writing, requests, calls } = await write([says(tooLong), says(JSON.stringify({ text: short }))]);
    expect(requests).toHaveLength(2);
    expect(lastJson(requests[1])).toEqual({
      ...{ locale: "en-GB", text: long, problem: "Shorten it to 3." },
      keep: ["{{link:shop}}", "Terms apply"],
    });
    expect(smsOf(writing)).toBe(short);
    expect(writing).toMatchObject({ contents: { post: good.post }, cost: { tokensIn: 200, tokensOut: 100 } });
    expect(calls.map(({ promptId, outcome }) => `${promptId} ${outcome}`)).toEqual([
      "campaign_message guard",
      "shorten_field ok",
    ]);
  });

  it.each([
    ["is no shorter", JSON.stringify({ text: `${long} indeed` })],
    ["has lost the link", JSON.stringify({ text: "A good mug. Terms apply" })],
    ["is no answer", "I would rather not say."],
  ])("cuts it at a sentence where what comes back %s, never at the link or what must be said", async (_why, back) => {
    const { writing, requests } = await write([says(tooLong), says(back)]);
    expect(requests).toHaveLength(2);
    const text = smsOf(writing);
    expect(text).toMatch(/^(?:A mug is a mug and a good one\. )+See \{\{link:shop\}\} now\. Terms apply$/);
    expect(`${text}`.length).toBeGreaterThan(300);
  });

  it("neither asks twice nor cuts a subject: that takes a repair of the whole", async () => {
    const subject = `${"very ".repeat(25)}good mugs`;
    const wrong = answerWith({ email: { ...good.email, subject } });
    const { writing, requests } = await write([says(wrong), says("no"), says(answer)]);
    expect(writing.is).toBe("written");
    expect(lastJson(requests[2]).repair.findings).toMatchObject([{ path: "email.subject" }]);
  });

  it("mends everything together where something else is wrong too", async () => {
    const wrong = answerWith({ sms: { text: long }, post: { ...good.post, text: "Only £1. Terms apply" } });
    const { requests } = await write([says(wrong), says(answer)]);
    expect(lastJson(requests[1]).repair.findings).toHaveLength(2);
  });
});
