import { expect, it } from "vitest";
import { openIdSeal } from "./id.ts";
import { publicIdOf, rootSpanIdOf, traceIdOf } from "./trace-id.ts";

const seal = openIdSeal(new Uint8Array(32).fill(7));

it("leads from a message's public id to its trace and back", () => {
  for (let n = 1; n < 500; n++) {
    const publicId = seal.sealMessage({ runId: "3", messageId: String(n) });
    const traceId = traceIdOf(publicId) ?? "";
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(publicIdOf(traceId)).toBe(publicId);
    expect(rootSpanIdOf(traceId)).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
  }
});

it.each([
  ["a campaign's id", seal.seal("campaign", "1")],
  ["an address", "ada@example.com"],
  ["too few letters", "msg_0123"],
  ["letters that are none of ours", `msg_${"u".repeat(26)}`],
  ["a block of zeros, which no trace may have", `msg_${"0".repeat(26)}`],
])("%s has no trace", (_what, text) => {
  expect(traceIdOf(text)).toBeNull();
});

it("a trace id that is none leads nowhere", () => {
  for (const text of ["", "0".repeat(32), "ABCDEF".repeat(6), "12"]) expect(publicIdOf(text)).toBeNull();
});

it("never hangs a message under the span that may not be", () => {
  expect(rootSpanIdOf("00000000000000010000000000000001")).toBe("0000000000000001");
});
