import { expect, it } from "vitest";
import { isTimeZone, judge, type PermissionFacts, type PermissionRules } from "./permission.ts";

const rules: PermissionRules = {
  class: "marketing",
  needsConsent: true,
  hours: { from: 9, to: 20 },
  cap: { count: 4, days: 30 },
  holds: "wait",
  timeZone: "Europe/London",
};
const fine: PermissionFacts = {
  hasAddress: true,
  suppressed: [],
  consent: "granted",
  timeZones: [],
  recentMessages: 0,
};
const noon = new Date("2026-11-22T12:00:00Z");

it.each<[string, Partial<PermissionFacts>, unknown]>([
  ["nothing against it", {}, { is: "waiting", hold: null }],
  ["no address", { hasAddress: false, consent: "none" }, { is: "skipped", reason: "no_address" }],
  ["a complaint", { suppressed: ["marketing"] }, { is: "skipped", reason: "suppressed" }],
  [
    "an opt-out beside a consent",
    { suppressed: ["marketing"], consent: "granted" },
    { is: "skipped", reason: "suppressed" },
  ],
  ["consent taken back", { consent: "withdrawn" }, { is: "skipped", reason: "no_consent" }],
  ["no consent ever given", { consent: "none" }, { is: "skipped", reason: "no_consent" }],
  ["the cap reached", { recentMessages: 4 }, { is: "skipped", reason: "frequency_cap" }],
  ["night in Shanghai", { timeZones: ["Asia/Shanghai"] }, { is: "waiting", hold: "quiet_hours" }],
  [
    "morning in Lisbon and on the Azores",
    { timeZones: ["Europe/Lisbon", "Atlantic/Azores"] },
    { is: "waiting", hold: null },
  ],
  [
    "morning in New York, and night in one zone where they may live as well",
    { timeZones: ["Europe/Lisbon", "America/New_York"] },
    { is: "waiting", hold: "quiet_hours" },
  ],
])("a marketing message to a contact with %s", (_, facts, verdict) => {
  expect(judge(rules, { ...fine, ...facts }, noon)).toEqual(verdict);
});

it("a receipt goes to whoever opted out of marketing, and not to an address that bounced", () => {
  const receipt: PermissionRules = { ...rules, class: "transactional", needsConsent: false, hours: null, cap: null };
  expect(judge(receipt, { ...fine, suppressed: ["marketing"], consent: "withdrawn" }, noon)).toEqual({
    is: "waiting",
    hold: null,
  });
  expect(judge(receipt, { ...fine, suppressed: ["all"] }, noon)).toEqual({ is: "skipped", reason: "suppressed" });
});

it.each([
  ["Europe/London", true],
  ["America/Argentina/Ushuaia", true],
  ["UTC", true],
  ["EST", false],
  ["GMT+8", false],
  ["Etc/GMT+8", false],
  ["Mars/Phobos", false],
  ["", false],
])("%j as a person's time zone: %s", (name, is) => expect(isTimeZone(name)).toBe(is));
