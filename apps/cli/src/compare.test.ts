import { openIdSeal } from "@chorus/core/id";
import type { LedgerLine } from "@chorus/db/handed-over";
import type { WireEntry } from "@chorus/sandbox/wire-log";
import { expect, test } from "vitest";
import { type Comparing, compare } from "./compare.ts";

const seal = openIdSeal(Buffer.alloc(32, 7));
const line = (messageId: string, state: LedgerLine["state"], channel = "email"): LedgerLine => ({
  runId: "1",
  messageId,
  channel,
  state,
});
const idOf = (messageId: string, runId = "1") => seal.sealMessage({ runId, messageId });
const entry = (messageId: string | null, more: Partial<WireEntry> = {}): WireEntry => ({
  ...{ at: "2026-11-22T10:00:00Z", provider: "smtp", channel: "email", event: "accepted", to: "a@example.com" },
  messageId,
  ...more,
});
const compared = (of: Pick<Comparing, "ledger" | "wire"> & Partial<Comparing>) =>
  compare({ seal, channels: ["email", "sms", "slack"], runId: null, ...of });

test("what was accepted and arrived once agrees, whatever else the log holds", async () => {
  const { channels, differences } = await compared({
    ledger: [line("1", "accepted"), line("2", "failed"), line("3", "accepted", "sms")],
    wire: [
      entry(idOf("1")),
      entry(idOf("2"), { event: "refused" }),
      entry(idOf("3"), { channel: "sms", event: "rate_limited" }),
      entry(idOf("3"), { channel: "sms" }),
      entry(idOf("3"), { channel: "sms", event: "callback" }),
      entry(null),
    ],
  });
  expect(differences).toEqual([]);
  expect(channels.email).toEqual({ accepted: 1, inDoubt: 0, received: 1, inDoubtReceived: 0 });
  expect(channels.sms).toMatchObject({ accepted: 1, received: 1 });
});

test("an acceptance that never arrived is a difference", async () => {
  const { differences } = await compared({ ledger: [line("1", "accepted")], wire: [] });
  expect(differences).toEqual([{ messageId: idOf("1"), channel: "email", what: "not_received", state: "accepted" }]);
});

test("a message that arrived and failed in the books is a difference, and one in doubt is not", async () => {
  const ledger = [line("1", "failed"), line("2", "in_doubt"), line("3", "in_doubt_final"), line("4", "in_doubt")];
  const wire = [entry(idOf("1")), entry(idOf("2")), entry(idOf("3"))];
  const { channels, differences } = await compared({ ledger, wire });
  expect(differences).toEqual([{ messageId: idOf("1"), channel: "email", what: "not_in_books", state: "failed" }]);
  expect(channels.email).toMatchObject({ inDoubt: 3, inDoubtReceived: 2, received: 3 });
});

test("a message that arrived twice is a difference, accepted or in doubt", async () => {
  const wire = [entry(idOf("1")), entry(idOf("1")), entry(idOf("2")), entry(idOf("2"))];
  const { differences } = await compared({ ledger: [line("1", "accepted"), line("2", "in_doubt")], wire });
  expect(differences.map((each) => each.what)).toEqual(["received_twice", "received_twice"]);
});

test("an id that the books do not know is a difference", async () => {
  const { differences } = await compared({ ledger: [], wire: [entry(idOf("9"))] });
  expect(differences).toEqual([{ messageId: idOf("9"), channel: "email", what: "not_in_books", state: null }]);
});

test("one run is compared without the others' messages", async () => {
  const { channels, differences } = await compared({
    ledger: [line("1", "accepted")],
    wire: [entry(idOf("1")), entry(idOf("1", "2"))],
    runId: "1",
  });
  expect(differences).toEqual([]);
  expect(channels.email?.received).toBe(1);
});

test("a channel that another server carries is not looked at", async () => {
  const of = { ledger: [line("1", "accepted", "sms")], wire: [], channels: ["email"] };
  expect(await compared(of)).toEqual({
    channels: { email: { accepted: 0, inDoubt: 0, received: 0, inDoubtReceived: 0 } },
    differences: [],
  });
});
