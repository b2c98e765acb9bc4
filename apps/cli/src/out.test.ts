import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildOutcome, disagreements, makeRoomFor, type Report, writeOutcome } from "./out.ts";

const nothing = { expired: 0, cancelled: 0, inDoubt: 0, open: 0 };
const told = { delivery: {}, clicked: 0, optedOut: 0, wouldHold: { quiet_hours: 3 } };
const email = { planned: 10, accepted: 7, skipped: { no_consent: 2 }, failed: { no_such_address: 1 }, ...nothing };
const slack = { planned: 6, accepted: 6, skipped: {}, failed: {}, ...nothing };

const report: Report = {
  run: { id: "run_1", state: "finished", startedAt: "2026-11-22T10:00:00Z", finishedAt: "2026-11-22T10:01:00Z" },
  campaign: { id: "cmp_1", name: "A week of savings" },
  accounts: [],
  books: { planned: 16, accepted: 13, skipped: { no_consent: 2 }, failed: { no_such_address: 1 }, ...nothing },
  channels: { email: { ...email, ...told }, slack: { ...slack, ...told } },
  segments: [{ id: "seg_1", name: "Loyal", contacts: 4, accepted: 9, clicked: 1 }],
  doubts: 0,
  maybeTwice: 0,
};
const outcomeOf = (received: Record<string, number | null>, of = report) =>
  buildOutcome({ report: of, received, writer: "stand-in, no model", writers: { Loyal: ["en: a"] }, seconds: 61.234 });

test("the figures have exactly the shape that others read", () => {
  expect(outcomeOf({ email: 7, slack: 6 })).toEqual({
    planned: 16,
    channels: {
      email: {
        accepted: 7,
        skipped: { no_consent: 2 },
        failed: { no_such_address: 1 },
        ...nothing,
        receivedBySandbox: 7,
      },
      slack: { accepted: 6, skipped: {}, failed: {}, ...nothing, receivedBySandbox: 6 },
    },
    writer: "stand-in, no model",
    segments: [{ name: "Loyal", contacts: 4, accepted: 9, clicked: 1, writers: ["en: a"] }],
    seconds: 61.2,
  });
});

test("figures that agree are not complained about", () => {
  expect(disagreements(outcomeOf({ email: 7, slack: 6 }), report)).toEqual([]);
});

test("what another server took is unknown, which is no disagreement", () => {
  const outcome = outcomeOf({ slack: 6 });
  expect(outcome.channels.email?.receivedBySandbox).toBeNull();
  expect(disagreements(outcome, report)).toEqual([]);
});

test("a message more or less in the sandbox than in the books is said", () => {
  expect(disagreements(outcomeOf({ email: 6, slack: 6 }), report)).toEqual([
    "email: the books say 7 were accepted, the sandbox received 6.",
  ]);
  expect(disagreements(outcomeOf({ email: 7, slack: 7 }), report)).toHaveLength(1);
});

test("books that do not balance, and messages still open, are said", () => {
  const lost = {
    ...report,
    channels: { ...report.channels, email: { ...report.channels.email, ...email, accepted: 6, open: 0, ...told } },
  };
  expect(disagreements(outcomeOf({ email: 6, slack: 6 }, lost), lost)).toEqual([
    "The books of email do not balance: 10 were planned.",
  ]);
  const open = { ...report, channels: { ...report.channels, email: { ...email, accepted: 6, open: 1, ...told } } };
  expect(disagreements(outcomeOf({ email: 6, slack: 6 }, open), open)).toEqual(["1 messages of email are still open."]);
  const short = { ...report, books: { ...report.books, planned: 17 } };
  expect(disagreements(outcomeOf({ email: 7, slack: 6 }, short), short)).toHaveLength(1);
});

test("the file is written whole, with nothing left beside it, and never holds an earlier run's figures", () => {
  const folder = mkdtempSync(join(tmpdir(), "chorus-out-"));
  const outcome = outcomeOf({ email: 7, slack: 6 });
  writeOutcome(join(folder, "out.json"), outcome);
  expect(JSON.parse(readFileSync(join(folder, "out.json"), "utf8"))).toEqual(outcome);
  expect(readdirSync(folder)).toEqual(["out.json"]);
  makeRoomFor(join(folder, "out.json"));
  expect(readdirSync(folder)).toEqual([]);
  expect(() => makeRoomFor(join(folder, "no", "out.json"))).toThrow(/There is no folder .*no to write/);
  rmSync(folder, { recursive: true });
});
