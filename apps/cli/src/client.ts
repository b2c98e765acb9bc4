/** Talks to the API as any program does: JSON in, JSON out, and every refusal as a sentence that a person can act on. */
import { problemBody } from "@chorus/core/wire-problem";
import type { z } from "zod";

export type Client = {
  get<T>(path: string, answer: z.ZodType<T>): Promise<T>;
  /** What is no JSON, such as a CSV. */
  text(path: string): Promise<string>;
  post<T>(path: string, body: unknown, answer: z.ZodType<T>): Promise<T>;
  put<T>(path: string, body: unknown, answer: z.ZodType<T>): Promise<T>;
  /** Streams CSV; `sent` hears how many bytes have gone so far. */
  upload<T>(
    path: string,
    pieces: AsyncIterable<string | Uint8Array>,
    of: { answer: z.ZodType<T>; sent?: (bytes: number) => void },
  ): Promise<T>;
};

export function openClient(of: { url: string; key: string; signal: AbortSignal }): Client {
  async function call(path: string, request: RequestInit): Promise<string> {
    const name = `${request.method} ${path}`;
    const headers = { authorization: `Bearer ${of.key}`, ...request.headers };
    const url = new URL(path, of.url);
    const response = await fetch(url, { ...request, headers, signal: of.signal }).catch((error: unknown) => {
      throw of.signal.aborted ? of.signal.reason : new Error(`${name}: ${of.url} does not answer (${causeOf(error)}).`);
    });
    const text = await response.text();
    if (response.ok) return text;
    throw new Error(explain({ call: name, status: response.status, text }));
  }
  async function ask<T>(path: string, request: RequestInit, answer: z.ZodType<T>): Promise<T> {
    const read = answer.safeParse(JSON.parse(await call(path, request)));
    if (read.success) return read.data;
    throw new Error(`${request.method} ${path} answered something else than expected: ${read.error.message}`);
  }
  return {
    get: (path, answer) => ask(path, { method: "GET" }, answer),
    text: (path) => call(path, { method: "GET" }),
    post: (path, body, answer) => ask(path, withBody("POST", body), answer),
    put: (path, body, answer) => ask(path, withBody("PUT", body), answer),
    upload(path, pieces, { answer, sent }) {
      const body = ReadableStream.from(encoded(pieces, sent ?? (() => {})));
      return ask(path, { method: "POST", body, duplex: "half", headers: { "content-type": "text/csv" } }, answer);
    },
  };
}

const withBody = (method: "POST" | "PUT", body: unknown): RequestInit =>
  body === undefined
    ? { method }
    : { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } };

async function* encoded(
  pieces: AsyncIterable<string | Uint8Array>,
  sent: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const piece of pieces) {
    const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
    yield bytes;
    total += bytes.length;
    sent(total);
  }
}

const causeOf = (error: unknown): string => {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
};

const linesShown = 10;

/** A problem+json as lines: what was wrong, where, and what to do. */
export function explain(of: { call: string; status: number; text: string }): string {
  const read = problemBody.safeParse(parsed(of.text));
  if (!read.success) return `${of.call} was answered with ${of.status}: ${of.text.slice(0, 500)}`;
  const { detail, requestId } = read.data;
  const errors = read.data.errors.filter((error) => error.message !== detail || error.path !== "");
  const lines = errors.slice(0, linesShown).map(({ path, message, got }) => {
    const shown = got === undefined ? "" : ` (got ${got})`;
    return `  ${path ? `${path}: ` : ""}${message}${shown}`;
  });
  const more = errors.length > linesShown ? [`  … and ${errors.length - linesShown} more`] : [];
  return [`${of.call} was refused (${of.status}): ${detail}`, ...lines, ...more, `  request ${requestId}`].join("\n");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
