/** Reads a CSV file of any size as it arrives: its encoding and separator are found, its header checked, its rows streamed. */
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import type { Checked, Problem } from "@chorus/core/problem";
import { bad, ok } from "@chorus/core/problem";
import { detectEncoding, detectSeparator, type Encoding } from "./csv-detect.ts";
import { openSplitter } from "./csv-split.ts";

export type CsvSource = {
  readonly encoding: Encoding;
  readonly separator: string;
  /** As they stand in the first row. */
  readonly columns: readonly string[];
  /** The rows below the header. Throws `CsvBroken` where the file cannot be read on. */
  readonly rows: AsyncIterable<string[]>;
  /** SHA-256 of every byte, in hex; asked for after the last row. */
  contentHash(): string;
};

/** The rest of the file cannot be read: what is wrong, for whoever made it. Rows before it were good. */
export class CsvBroken extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}

/** Enough to see what the file is written in. */
const headBytes = 65_536;
/** Letters of one row; a quote that is never closed must not swallow the file. */
const longestRow = 128_000;

export async function openCsv(body: Readable, of: { charset?: string | undefined }): Promise<Checked<CsvSource>> {
  try {
    return await readStart(body, of.charset);
  } catch (error) {
    if (error instanceof CsvBroken) return bad({ ...error.problem, path: "row 1" });
    throw error;
  }
}

async function readStart(body: Readable, charset: string | undefined): Promise<Checked<CsvSource>> {
  const hash = createHash("sha256");
  const chunks = hashed(body, hash);
  const head = await readHead(chunks);
  if (head.length === 0) return bad(empty);
  const encoding = detectEncoding(head, charset);
  if (encoding.is === "bad") return encoding;
  const firstText = new TextDecoder(encoding.value).decode(head, { stream: true });
  const separator = detectSeparator(firstText);
  const records = split(decoded(head, chunks, encoding.value), separator);
  const first = await records.next();
  if (first.done) return bad(empty);
  return ok({
    encoding: encoding.value,
    separator,
    columns: first.value,
    rows: records,
    contentHash: () => hash.digest("hex"),
  });
}

/** Leaves the request's socket alone when nobody reads on, so that the sender still gets the answer. */
async function* hashed(body: Readable, hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  const chunks: AsyncIterable<Buffer> = body.iterator({ destroyOnReturn: false });
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  } catch {
    throw new CsvBroken(cut); // all that can go wrong with a request's body
  }
}

async function readHead(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  const head: Buffer[] = [];
  for (let length = 0; length < headBytes; ) {
    const next = await chunks.next();
    if (next.done) break;
    head.push(next.value);
    length += next.value.length;
  }
  return Buffer.concat(head);
}

async function* decoded(head: Buffer, rest: AsyncGenerator<Buffer>, encoding: Encoding): AsyncGenerator<string> {
  const strict = new TextDecoder(encoding, { fatal: true });
  const lenient = new TextDecoder(encoding); // reads along, to say how far a piece was good
  const decode = (bytes: Uint8Array, stream: boolean): { text: string; isBroken: boolean } => {
    const readable = lenient.decode(bytes, { stream });
    try {
      return { text: strict.decode(bytes, { stream }), isBroken: false };
    } catch {
      return { text: readable.split("\ufffd", 1)[0] ?? "", isBroken: true };
    }
  };
  const pieces = (async function* () {
    yield decode(head, true);
    for await (const chunk of rest) yield decode(chunk, true);
    yield decode(new Uint8Array(), false);
  })();
  for await (const { text, isBroken } of pieces) {
    if (text) yield text;
    if (isBroken) throw new CsvBroken(notDecodable(encoding));
  }
}

async function* split(texts: AsyncIterable<string>, separator: string): AsyncGenerator<string[], undefined> {
  const splitter = openSplitter(separator, longestRow);
  for await (const text of texts) {
    yield* splitter.push(text);
    if (splitter.isStuck()) throw new CsvBroken(unclosed);
  }
  yield* splitter.end();
  if (splitter.hasRest()) throw new CsvBroken(unclosed);
}

const unclosed: Problem = {
  path: "",
  code: "csv.quote_unclosed",
  message: `A quote opens here and is not closed within ${longestRow} letters. Close it, and send the file again: what was taken is not taken twice.`,
};

const cut: Problem = {
  path: "",
  code: "upload.cut",
  message: "The connection ended before the file did. Send the file again: what was taken is not taken twice.",
};

const notDecodable = (encoding: Encoding): Problem => ({
  path: "",
  code: "text.encoding",
  message: `The file is not ${encoding} from here on. Save it in one encoding, UTF-8 for choice, and send it again: what was taken is not taken twice.`,
});

const empty: Problem = { path: "", code: "csv.empty", message: "The file is empty. Its first row names the columns." };
