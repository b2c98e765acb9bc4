import { describe, expect, it } from "vitest";
import { type DoubtStep, doubtStep, doubtWaitMs, questionsAtMost, silenceMs } from "./doubt.ts";
import { classNames, type MessageClass } from "./message.ts";

const fresh = { canAsk: false, asked: 0, resent: false, atMostOnce: false, alive: true };
const spent = { asked: questionsAtMost };

describe("a doubt", () => {
  it.each<[MessageClass, object, DoubtStep]>([
    ["security", {}, "resend"],
    ["security", { canAsk: true }, "resend"],
    ["security", { resent: true }, "leave"],
    ["security", { resent: true, canAsk: true }, "wait"],
    ["security", { resent: true, canAsk: true, asked: 1 }, "ask"],
    ["security", { alive: false }, "expire"],
    ["security", { alive: false, canAsk: true }, "wait"],
    ["security", { alive: false, canAsk: true, asked: 1 }, "ask"],
    ["security", { alive: false, canAsk: true, ...spent }, "expire"],
    ["transactional", {}, "resend"],
    ["transactional", { resent: true }, "leave"],
    ["transactional", { canAsk: true }, "ask"],
    ["transactional", { canAsk: true, ...spent }, "resend"],
    ["transactional", { canAsk: true, resent: true, ...spent }, "leave"],
    ["transactional", { alive: false }, "leave"],
    ["marketing", {}, "leave"],
    ["marketing", { canAsk: true }, "ask"],
    ["marketing", { canAsk: true, ...spent }, "leave"],
  ])("of a %s message with %j: %s", (of, change, step) => {
    expect(doubtStep({ ...fresh, class: of, ...change })).toBe(step);
  });

  it("D3: never lets anything go out more than twice, nor a second time where the workspace says at most once", () => {
    for (const messageClass of classNames)
      for (const canAsk of [true, false])
        for (const asked of [0, questionsAtMost])
          for (const stop of [{ resent: true }, { atMostOnce: true }])
            expect(doubtStep({ ...fresh, class: messageClass, canAsk, asked, ...stop })).not.toBe("resend");
  });

  it("is looked at when there is something to see: a code at once, others when the provider is done, some only by a person", () => {
    expect(doubtWaitMs({ class: "security", canAsk: false })).toBe(0);
    expect(doubtWaitMs({ class: "transactional", canAsk: false })).toBe(silenceMs);
    expect(doubtWaitMs({ class: "marketing", canAsk: false })).toBeNull();
    expect(doubtWaitMs({ class: "marketing", canAsk: true })).toBe(silenceMs);
    expect(doubtWaitMs({ class: "marketing", canAsk: true, askAfterMs: 5_000 })).toBe(5_000);
  });
});
