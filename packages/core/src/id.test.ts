import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { openIdSeal } from "./id.ts";
import { openLinkTokens } from "./link-token.ts";

const key = randomBytes(32);
const seal = openIdSeal(key);

it("a sealed id opens again, and only as what it was sealed as", () => {
  const text = seal.seal("contact", "42");
  expect(text).toMatch(/^con_[0-9a-hjkmnp-tv-z]{26}$/);
  expect(seal.open("contact", text)).toBe("42");
  expect(seal.open("campaign", text)).toBeNull();
  expect(seal.open("campaign", text.replace("con_", "cmp_"))).toBeNull();
});

it("neighbours look nothing alike, and another installation cannot open them", () => {
  const [first, second] = [seal.seal("contact", "1"), seal.seal("contact", "2")];
  expect(first.slice(4, 12)).not.toBe(second.slice(4, 12));
  expect(openIdSeal(randomBytes(32)).open("contact", first)).toBeNull();
});

it("a message's public id carries its run, up to the largest ids there are", () => {
  const message = { runId: "9223372036854775807", messageId: "9223372036854775806" };
  expect(seal.openMessage(seal.sealMessage(message))).toEqual(message);
});

it.each(["", "msg_", "con_zzz", `con_${"i".repeat(26)}`, `con_${"z".repeat(26)}`, "42"])("%j opens nothing", (text) => {
  expect(seal.open("contact", text)).toBeNull();
  expect(seal.openMessage(text)).toBeNull();
});

it("a link token tells its message and link, and 10,000 forged ones tell nothing that exists", () => {
  const tokens = openLinkTokens(key);
  const ref = { runId: "7", messageId: "123456789", link: 3 };
  expect(tokens.read(tokens.write(ref))).toEqual(ref);
  const opened = Array.from({ length: 10_000 }, () => tokens.read(randomBytes(16).toString("base64url"))).filter(
    Boolean,
  );
  // The version byte alone lets about 1 in 512 through; their run and message are random numbers of 48 and 63 bits.
  expect(opened.length).toBeLessThan(100);
  expect(opened.every((each) => Number(each?.messageId) > 1_000_000_000)).toBe(true);
});
