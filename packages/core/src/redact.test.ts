import { describe, expect, it } from "vitest";
import { othersWords, redact, withoutAddress } from "./redact.ts";

describe("words that are not ours", () => {
  it.each([
    ["<ada@shop.example>: user unknown", "<(hidden)>: user unknown"],
    ["550 5.1.1 Ada.Lovelace+news@例え.jp unknown", "550 5.1.1 (hidden) unknown"],
    ["The 'To' number +44 7946 010000 is not valid", "The 'To' number (hidden) is not valid"],
    ["to=%2B447946010000&from=ada%40shop.example", "to=(hidden)&from=(hidden)"],
    ["call 0044 7946 010000 or 447946010000", "call (hidden) or (hidden)"],
    ["redis://chorus:secret@10.0.0.7:6379 refused", "redis://(hidden)@10.0.0.7:6379 refused"],
    ["key chorus_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG is wrong", "key (hidden) is wrong"],
    ["Authorization: Bearer abc.def", "Authorization: (hidden)"],
  ])("%s is stored as %s", (text, kept) => {
    expect(redact(text)).toBe(kept);
    expect(redact(kept)).toBe(kept);
  });

  it.each([
    "HTTP 400, Twilio error 21211",
    "550 5.1.1 at RCPT TO",
    "ECONNRESET after the final dot",
    "connect ECONNREFUSED 127.0.0.1:5432",
    "the worker died between permit and result at 2026-11-26 02:00:00.123",
    "Slack says channel_not_found",
  ])("%s is nobody's and stays", (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe("a log line", () => {
  it("keeps what an error is and where, and not its words", () => {
    const error = Object.assign(new TypeError("invalid input: Ada Lovelace"), { code: "22P02" });
    expect(othersWords.err(error)).toMatchObject({
      ...{ type: "TypeError", code: "22P02", message: "(hidden)", stack: expect.stringMatching(/^ +at /) },
    });
    expect(JSON.stringify(othersWords.err(error))).not.toContain("Ada");
  });

  it("redacts each of several sentences, and leaves numbers alone", () => {
    expect(othersWords.warnings(["no answer from ops@relay.example", "slow"])).toEqual([
      "no answer from (hidden)",
      "slow",
    ]);
    expect(othersWords.detail(7)).toBe(7);
  });
});

describe("an outcome", () => {
  it("loses the address it was for, however it is spelled, and the provider's id keeps the rest", () => {
    const outcome = {
      is: "accepted",
      providerMessageId: "2.0.0 ADA@Shop.example queued as <4f3a.17@relay.example>",
    } as const;
    expect(withoutAddress(outcome, "ada@shop.example")).toEqual({
      is: "accepted",
      providerMessageId: "2.0.0 (hidden) queued as <4f3a.17@relay.example>",
    });
  });

  it("that failed says why without anybody's address", () => {
    const refused = { is: "refused", reason: "unreachable", about: "address" } as const;
    const detail = "no mailbox 447946010000, ask ops@relay.example";
    expect(withoutAddress({ ...refused, detail }, "+447946010000")).toEqual({
      ...refused,
      detail: "no mailbox (hidden), ask (hidden)",
    });
    expect(withoutAddress({ ...refused, detail: "no room" }, null)).toEqual({ ...refused, detail: "no room" });
    expect(withoutAddress({ is: "held" }, "ada@shop.example")).toEqual({ is: "held" });
  });
});
