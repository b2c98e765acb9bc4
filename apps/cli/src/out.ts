/** The figures of a demo run as a program reads them, and whether they agree with each other and with what arrived. */
import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { booksBalance } from "@chorus/core/message";
import type { reportView } from "@chorus/core/wire-runs";
import type { z } from "zod";

export type Report = z.infer<typeof reportView>;

export type ChannelOutcome = {
  readonly accepted: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
  readonly expired: number;
  readonly cancelled: number;
  readonly inDoubt: number;
  readonly open: number;
  /** Different message ids that the sandbox's wire log says were accepted; null where another server took them. */
  readonly receivedBySandbox: number | null;
};

export type Outcome = {
  readonly planned: number;
  readonly channels: Readonly<Record<string, ChannelOutcome>>;
  /** Who wrote the copy, in words. */
  readonly writer: string;
  readonly segments: readonly {
    name: string;
    contacts: number;
    accepted: number;
    clicked: number;
    writers: readonly string[];
  }[];
  readonly seconds: number;
};

export function buildOutcome(of: {
  report: Report;
  received: Readonly<Record<string, number | null>>;
  writer: string;
  /** By segment name. */
  writers: Readonly<Record<string, readonly string[]>>;
  seconds: number;
}): Outcome {
  const { report, received } = of;
  const channels = Object.entries(report.channels).map(([id, channel]) => {
    const { accepted, skipped, failed, expired, cancelled, inDoubt, open } = channel;
    const receivedBySandbox = received[id] ?? null;
    return [id, { accepted, skipped, failed, expired, cancelled, inDoubt, open, receivedBySandbox }] as const;
  });
  return {
    planned: report.books.planned,
    channels: Object.fromEntries(channels),
    writer: of.writer,
    segments: report.segments.map(({ name, contacts, accepted, clicked }) => ({
      ...{ name, contacts, accepted, clicked },
      writers: of.writers[name] ?? [],
    })),
    seconds: Math.round(of.seconds * 10) / 10,
  };
}

/** What does not agree, in sentences. None: planned is the sum of everything, and what was accepted is what arrived. */
export function disagreements(outcome: Outcome, report: Report): string[] {
  const found: string[] = [];
  const planned = Object.values(report.channels).reduce((sum, channel) => sum + channel.planned, 0);
  if (planned !== outcome.planned)
    found.push(`${outcome.planned} messages were planned, and by channel it is ${planned}.`);
  for (const [id, books] of Object.entries(report.channels))
    if (!booksBalance(books)) found.push(`The books of ${id} do not balance: ${books.planned} were planned.`);
  for (const [id, { accepted, open, receivedBySandbox }] of Object.entries(outcome.channels)) {
    if (open > 0) found.push(`${open} messages of ${id} are still open.`);
    if (receivedBySandbox !== null && receivedBySandbox !== accepted)
      found.push(`${id}: the books say ${accepted} were accepted, the sandbox received ${receivedBySandbox}.`);
  }
  return found;
}

/** Before minutes are spent: the folder must be there. What an earlier run wrote is gone, so that nobody takes it for this one's. */
export function makeRoomFor(file: string): void {
  const folder = dirname(resolve(file));
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`There is no folder ${folder} to write ${file} in.`);
  rmSync(file, { force: true });
}

/** Whole or not at all: nobody reads half a file. */
export function writeOutcome(file: string, outcome: Outcome): void {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(outcome, null, 2)}\n`);
  renameSync(unfinished, file);
}
