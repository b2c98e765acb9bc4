/**
 * One HTTP call to a provider, with the question before its first byte and an answer to how far it came. The line is
 * connected first; then the question is asked, and all of the request is written in the same tick. A library that
 * connects and writes later would send what was stopped in between (34 of 60,000 in our measurement, delivery page M7).
 */
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

export type Exchange =
  | { readonly is: "answered"; readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }
  /** Not a byte of it left: `held` because we were told so, by the question's answer or by the signal. */
  | { readonly is: "not_sent"; readonly held: boolean; readonly cause: string }
  /** It left, at least in part, and no whole answer came. */
  | { readonly is: "silent"; readonly cause: string };

export type HttpRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type Permit = { readonly mayStillSend: () => boolean; readonly signal: AbortSignal };

export type Http = {
  exchange(request: HttpRequest, permit: Permit): Promise<Exchange>;
  close(): void;
};

type Settings = { readonly connections: number; readonly connectTimeoutMs: number; readonly answerTimeoutMs: number };

/** Shorter than the keep-alive of common servers (5 s and more), so that we rarely write into a line being closed. */
const idleMs = 3000;
const answerRoom = 1024 * 1024;

export function openHttp(settings: Settings): Http {
  const pooled = { keepAlive: true, maxSockets: settings.connections, timeout: idleMs, scheduling: "lifo" } as const;
  const agents = { http: new HttpAgent(pooled), https: new HttpsAgent(pooled) };
  return {
    exchange: (request, permit) => exchange({ request, permit, settings, agents }),
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

type Call = {
  request: HttpRequest;
  permit: Permit;
  settings: Settings;
  agents: { http: HttpAgent; https: HttpsAgent };
};

function exchange({ request, permit, settings, agents }: Call): Promise<Exchange> {
  return new Promise((resolve) => {
    let written = false;
    const { signal, mayStillSend } = permit;
    const settle = (result: Exchange) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      resolve(result);
    };
    const fail = (cause: string, held = false) => {
      settle(written ? { is: "silent", cause } : { is: "not_sent", held, cause });
      outgoing.destroy();
    };
    const stop = () => fail("stopped", true);
    const outgoing = prepare(request, agents);
    let timer = setTimeout(fail, settings.connectTimeoutMs, "timeout");
    signal.addEventListener("abort", stop, { once: true });
    outgoing.on("error", (error: NodeJS.ErrnoException) => fail(error.code ?? "failed"));
    outgoing.once("response", (answer) => {
      const { statusCode: status = 0, headers } = answer;
      const settled = (body: string) => settle({ is: "answered", status, headers, body });
      readAll(answer).then(settled, (cause) => (status >= 400 ? settled("") : fail(cause)));
    });
    outgoing.once("socket", (socket) =>
      whenConnected(socket, () => {
        if (outgoing.destroyed) return;
        if (signal.aborted || !mayStillSend()) return fail("held back", true);
        written = true;
        clearTimeout(timer);
        timer = setTimeout(fail, settings.answerTimeoutMs, "timeout");
        outgoing.end(request.body);
      }),
    );
    if (signal.aborted) stop();
  });
}

/** Node keeps the head back until the body is written, so nothing leaves before `end`. */
function prepare({ method, url, headers, body }: HttpRequest, agents: Call["agents"]): ClientRequest {
  const secure = url.startsWith("https:");
  return (secure ? httpsRequest : httpRequest)(url, {
    method,
    agent: secure ? agents.https : agents.http,
    headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
  });
}

function whenConnected(socket: Socket, then: () => void): void {
  const secure = socket instanceof TLSSocket;
  const shaken = !secure || ![null, "unknown"].includes(socket.getProtocol());
  if (!socket.connecting && shaken) then();
  else socket.once(secure ? "secureConnect" : "connect", then);
}

/** A whole answer as text; rejects with a word for the cause when it breaks off or is larger than any answer should be. */
function readAll(answer: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    answer.on("data", (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > answerRoom) reject("answer too large");
    });
    answer.once("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    answer.once("error", (error: NodeJS.ErrnoException) => reject(error.code ?? "failed"));
    answer.once("close", () => reject("closed"));
  });
}

/** Retry-After in milliseconds, from seconds or a date (RFC 9110 §10.2.3); undefined without one. */
export function retryAfterMs(headers: IncomingHttpHeaders): number | undefined {
  const text = headers["retry-after"];
  if (!text) return undefined;
  const seconds = Number(text);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : undefined;
}
