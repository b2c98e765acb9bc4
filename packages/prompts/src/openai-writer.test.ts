import { describe, expect, it } from "vitest";
import { email, facts, post, sms } from "./test-channels.ts";
import { says } from "./test-model-server.ts";
import { answer, answerWith, good, lastJson, write } from "./test-writing.ts";

describe("the openai writer", () => {
  it("asks once for every channel, and keeps what it cost and who answered", async () => {
    const { writing, requests, calls } = await write([says(answer)]);
    expect(requests).toHaveLength(1);
    const { preheader: _, ...mail } = good.email;
    expect(writing).toEqual({
      is: "written",
      contents: { ...good, email: mail },
      writer: "openai",
      model: "test-model-2026",
      promptId: "campaign_message",
      promptVersion: 4,
      cost: { tokensIn: 100, tokensCached: 0, tokensOut: 50, latencyMs: expect.any(Number), requestId: "req_test" },
    });
    expect(calls).toMatchObject([{ outcome: "ok", repair: 0, model: "test-model-2026" }]);
  });

  it("puts the task as one JSON object, in which any server can read which slots there are", async () => {
    const { requests } = await write([says(answer)]);
    expect(lastJson(requests[0])).toMatchObject({
      segment: { name: "Regulars" },
      locale: "en-GB",
      channels: [{ id: "email" }, { id: "sms" }, { id: "post" }],
      slots: expect.arrayContaining([
        { id: "fact:product_1_price", kind: "money", example: "£2.95", label: "product_1_price" },
        { id: "link:shop", kind: "link", example: "Our shop", label: "Our shop" },
      ]),
      brief: { goal: expect.any(String), mustSay: ["Terms apply"] },
    });
  });

  it.each([
    ["fenced", `Here you are:\n\`\`\`json\n${answer}\n\`\`\`\nEnjoy {it}!`],
    ["after thoughts", `<think>Maybe {"email": "no"}?</think>${answer}`],
    ["after thoughts whose beginning is in the prompt", `So {I} think.</think>\n${answer}`],
    ["with a key of its own", answerWith({ notes: "I liked this" })],
  ])("reads an answer that comes %s", async (_how, content) => {
    const { writing, requests } = await write([says(content)]);
    expect(writing.is).toBe("written");
    expect(requests).toHaveLength(1);
  });

  it("gives findings back at the end of the same task, twice at most, and takes what is mended", async () => {
    const wrong = answerWith({ sms: { text: "Mug for £2.95: {{link:shop}} Terms apply" } });
    const { writing, requests, calls } = await write([says(wrong), says("no idea"), says(answer)]);
    expect(writing).toMatchObject({ is: "written", cost: { tokensIn: 300, tokensOut: 150 } });
    expect(calls.map(({ outcome, repair }) => [outcome, repair])).toEqual([
      ["guard", 0],
      ["invalid_json", 1],
      ["ok", 2],
    ]);
    const [first, second] = requests.map(lastJson);
    const { repair, ...again } = second;
    expect(again).toEqual(first);
    expect(Object.keys(second).at(-1)).toBe("repair");
    expect(repair.previous).toBe(wrong);
    expect(repair.findings).toEqual([{ path: "sms.text", problem: expect.any(String), got: "£2.95" }]);
  });

  it.each([
    [
      "invented figures",
      answerWith({ sms: { text: "Only £1 today: {{link:shop}} Terms apply" } }),
      "guard",
      "claim.price",
    ],
    ["a foreign address", answerWith({ sms: { text: "See evil.example now. Terms apply" } }), "guard", "claim.url"],
    [
      "a slot that is none",
      answerWith({ sms: { text: "{{ssn}} {{link:shop}} Terms apply" } }),
      "guard",
      "slot.forbidden",
    ],
    ["a link that is none", answerWith({ post: { ...good.post, text: "{{link:evil}} Terms apply" } }), "guard", "evil"],
    [
      "another language",
      answerWith({ post: { ...good.post, text: "为您的厨房挑了几件好物，Terms apply" } }),
      "guard",
      "language",
    ],
    ["no content for a channel", answerWith({ sms: undefined }), "schema", "contents.sms"],
    ["a wrong type", answerWith({ sms: { text: 5 } }), "schema", "contents.sms.text"],
    ["prose", "I had rather talk about tea.", "invalid_json", ""],
    ["nothing", "", "invalid_json", ""],
    ["a list", "[1, 2]", "invalid_json", ""],
  ])("never hands on %s: after two repairs it says what was wrong", async (_what, content, outcome, detail) => {
    const { writing, requests } = await write([says(content)]);
    expect(requests).toHaveLength(3);
    expect(writing).toMatchObject({ is: "not_written", outcome, cost: { tokensIn: 300 } });
    if (writing.is === "not_written") expect(writing.detail).toContain(detail);
  });

  it("gives no address and nothing personal to the model", async () => {
    const { requests } = await write([says(answer)]);
    const sent = JSON.stringify(requests);
    for (const { url } of facts.links) expect(sent).not.toContain(url);
    expect([email, sms, post].every(({ id }) => sent.includes(`"${id}\\"`) || sent.includes(id))).toBe(true);
  });
});
