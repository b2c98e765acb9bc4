/**
 * The referee's book: what the stand-ins took, refused and reported, one JSON object a line, append-only.
 * A line is handed to the operating system before the answer leaves, so a client can never hold an acceptance that
 * the log does not. It survives the process being killed; after a power cut the last moments may be missing.
 */
import { closeSync, createReadStream, fstatSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { openWireCount, type WireCount } from "./wire-count.ts";

/** A channel's id, as in media.ts. */
export type WireChannel = string;
export type WireEvent = "accepted" | "refused" | "rate_limited" | "failed" | "callback" | "inbound";

export type WireEntry = {
  /** ISO 8601 instant of this machine. */
  readonly at: string;
  readonly provider: string;
  readonly channel: WireChannel;
  readonly event: WireEvent;
  /** `msg_…` where the message carried one: other clients' messages are null, and so is a refusal before the mail came. */
  readonly messageId: string | null;
  readonly attempt?: number | undefined;
  /** Always the side of the person, the Slack channel or the account, also for what came from there. */
  readonly to: string;
  readonly providerMessageId?: string | undefined;
  /** SMTP reply ("550 5.1.1"), the provider's error code, or for a callback its status and the answer ("sent 204"). */
  readonly code?: string | undefined;
  /** The fault that was played, where one was. */
  readonly fault?: string | undefined;
};

/** What a stand-in saw; when, the log says. */
export type Seen = Omit<WireEntry, "at">;

export type WireLog = {
  readonly file: string;
  append(entry: Seen): WireEntry;
  count(): WireCount;
  /** The lines as bytes, up to what is written now; only those at or after `since` where it is given. */
  stream(since?: Date): Readable;
  close(): void;
};

const fileIn = (folder: string) => join(folder, "wire.jsonl");

/** Opens the log of a folder, which is made where missing; an earlier run's lines stay and count. */
export async function openWireLog(folder: string): Promise<WireLog> {
  mkdirSync(folder, { recursive: true });
  const file = fileIn(folder);
  const descriptor = openSync(file, "a+");
  endTornLine(descriptor);
  const counts = openWireCount();
  for await (const entry of eachWireEntry(folder)) counts.add(entry);
  return {
    file,
    append(of) {
      const entry: WireEntry = { at: new Date().toISOString(), ...of };
      writeSync(descriptor, `${JSON.stringify(entry)}\n`);
      counts.add(entry);
      return entry;
    },
    count: counts.read,
    stream: (since) => streamLines({ file, bytes: fstatSync(descriptor).size, since }),
    close: () => closeSync(descriptor),
  };
}

/** A line cut short by a full disk or a kill was never answered for: it is closed off and readers skip it. */
function endTornLine(descriptor: number): void {
  const { size } = fstatSync(descriptor);
  if (size === 0) return;
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, size - 1);
  if (last.toString() !== "\n") writeSync(descriptor, "\n");
}

function streamLines(of: { file: string; bytes: number; since: Date | undefined }): Readable {
  if (of.bytes === 0) return Readable.from([]);
  const bytes = createReadStream(of.file, { end: of.bytes - 1 });
  return of.since ? Readable.from(linesSince(bytes, of.since.toISOString())) : bytes;
}

async function* linesSince(bytes: Readable, since: string): AsyncGenerator<string> {
  for await (const line of linesOf(bytes)) {
    const entry = parseLine(line);
    if (entry && entry.at >= since) yield `${line}\n`;
  }
}

/** Every entry of a log, oldest first, from its folder or from a running sandbox's `http://…` address. */
export async function* eachWireEntry(from: string): AsyncGenerator<WireEntry> {
  const input = /^https?:\/\//.test(from) ? await fetchLines(from) : createReadStream(fileIn(from));
  for await (const line of linesOf(input)) {
    const entry = parseLine(line);
    if (entry) yield entry;
  }
}

/** The whole log in memory; for very long ones use `eachWireEntry`. */
export async function readWireLog(from: string): Promise<WireEntry[]> {
  const entries: WireEntry[] = [];
  for await (const entry of eachWireEntry(from)) entries.push(entry);
  return entries;
}

async function fetchLines(sandboxUrl: string): Promise<Readable> {
  const answer = await fetch(new URL("/wire", sandboxUrl));
  if (!answer.ok || !answer.body) throw new Error(`The sandbox answered ${answer.status} when asked for its wire log.`);
  return Readable.fromWeb(answer.body);
}

/** readline would swallow the stream's errors: a missing log has to be said. */
async function* linesOf(bytes: Readable): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of bytes.setEncoding("utf8")) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest) yield rest;
}

function parseLine(line: string): WireEntry | null {
  try {
    return JSON.parse(line) as WireEntry;
  } catch {
    return null; // torn by a kill: its answer never left
  }
}
