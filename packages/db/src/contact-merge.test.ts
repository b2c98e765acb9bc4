import { describe, expect, test } from "vitest";
import { type ContactEntry, mergeContacts, type Slot } from "./contact-merge.ts";

const address = (value: string, channel = "email") => ({ channel, value, hash: Buffer.from(`${channel}:${value}`) });

const entry = (externalId: string, ...emails: string[]): ContactEntry => ({
  externalId,
  firstName: null,
  locale: null,
  timeZone: null,
  country: null,
  profiling: null,
  fields: {},
  addresses: emails.map((each) => address(each)),
  consents: [],
  consentSource: "a list",
});

const known = (id: string, externalId: string, email?: string): Slot => ({
  id,
  externalId,
  addresses: new Map(email ? [["email", address(email)]] : []),
  entry: null,
});

const summary = (slots: readonly Slot[]) =>
  slots.map((slot) => `${slot.id ?? "new"} ${slot.externalId} ${slot.addresses.get("email")?.value ?? "-"}`);

describe("rows find their contact", () => {
  test("by external id, though another contact has the address until now", () => {
    const merged = mergeContacts([known("1", "a", "x"), known("2", "b", "y")], [entry("a", "y")]);
    expect(summary(merged.slots)).toEqual(["1 a y", "2 b -"]);
    expect(merged).toMatchObject({ moved: 1, duplicates: 0 });
  });

  test("by address, and then it is known by the row's external id", () => {
    expect(summary(mergeContacts([known("1", "a", "x")], [entry("z", "x")]).slots)).toEqual(["1 z x"]);
  });

  test("by an address that is free again, never", () => {
    const merged = mergeContacts([known("1", "a", "x")], [entry("a", "y"), entry("z", "x")]);
    expect(summary(merged.slots)).toEqual(["1 a y", "new z x"]);
  });

  test("when external ids go round among them", () => {
    const merged = mergeContacts([known("1", "a", "x"), known("2", "b", "y")], [entry("c", "x"), entry("a", "y")]);
    expect(summary(merged.slots)).toEqual(["1 c x", "2 a y"]);
  });

  test("when they swap their addresses", () => {
    const merged = mergeContacts([known("1", "a", "x"), known("2", "b", "y")], [entry("a", "y"), entry("b", "x")]);
    expect(summary(merged.slots)).toEqual(["1 a y", "2 b x"]);
  });

  test("as if they were taken one by one, wherever the page ends", () => {
    const rows = [entry("a", "x"), entry("b", "y"), entry("c", "x"), entry("a", "z"), entry("b", "x"), entry("d", "y")];
    const atOnce = mergeContacts([], rows).slots;
    let slots: readonly Slot[] = [];
    for (const row of rows)
      slots = mergeContacts(
        slots.map((slot) => ({ ...slot, entry: null })),
        [row],
      ).slots;
    expect(summary(slots)).toEqual(summary(atOnce));
  });
});

describe("several rows about one contact", () => {
  const rows: ContactEntry[] = [
    {
      ...entry("a", "x"),
      firstName: "Ann",
      fields: { city: "Leeds", points: 1 },
      consents: [{ channel: "email", state: "granted" }],
    },
    { ...entry("a"), locale: "en-GB", fields: { points: 2 }, consents: [{ channel: "sms", state: "granted" }] },
    { ...entry("b", "x"), consents: [{ channel: "email", state: "withdrawn" }] },
  ];

  test("are one contact; the last wins cell by cell, and an empty cell changes nothing", () => {
    const merged = mergeContacts([], rows);
    expect(merged.duplicates).toBe(2);
    expect(merged.slots).toHaveLength(1);
    expect(merged.slots[0]?.entry).toMatchObject({
      externalId: "b",
      firstName: "Ann",
      locale: "en-GB",
      fields: { city: "Leeds", points: 2 },
      consents: [
        { channel: "sms", state: "granted" },
        { channel: "email", state: "withdrawn" },
      ],
    });
    expect(new Set(merged.slotOf).size).toBe(1);
  });
});
