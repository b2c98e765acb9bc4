/**
 * One HTTP call to a provider, with the question before its first byte and an answer to how far it came. The line is
 * connected first; then the question is asked, and all of the request is written in the same tick: undici's own moment for
 * it. A library that is asked before it connects would send what was stopped in between (34 of 60,000, delivery page M7).
 */
import type { IncomingHttpHeaders } from "node:http";
import { Agent, type Dispatcher } from "undici";

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

/** At most `connections` to each server. */
export function openHttp(settings: Settings): Http {
  const agent = new Agent({
    connections: settings.connections,
    connect: { timeout: settings.connectTimeoutMs },
    keepAliveTimeout: idleMs,
    headersTimeout: 0, // ours are from the first byte to the last
    bodyTimeout: 0,
  });
  return {
    exchange: (request, permit) => exchange({ request, permit, settings, agent }),
    close: () => void agent.destroy(),
  };
}

type Call = { request: HttpRequest; permit: Permit; settings: Settings; agent: Agent };

function exchange({ request, permit, settings, agent }: Call): Promise<Exchange> {
  return new Promise((resolve) => {
    const { signal, mayStillSend } = permit;
    let line: Dispatcher.DispatchController | null = null;
    let isSettled = false;
    let head: { status: number; headers: IncomingHttpHeaders } | null = null;
    const body: Buffer[] = [];
    let size = 0;

    const settle = (result: Exchange) => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      resolve(result);
    };
    const answered = () => head && settle({ is: "answered", ...head, body: Buffer.concat(body).toString("utf8") });
    /** A refusal is one whatever becomes of its body. */
    const fail = (cause: string) => {
      if (head && head.status >= 400) settle({ is: "answered", ...head, body: "" });
      else settle(line ? { is: "silent", cause } : { is: "not_sent", held: false, cause });
    };
    const breakOff = (cause: string) => {
      fail(cause);
      line?.abort(new Error(cause));
    };
    function stop() {
      if (line) return breakOff("stopped");
      settle({ is: "not_sent", held: true, cause: "stopped" });
    }
    let timer = setTimeout(breakOff, settings.connectTimeoutMs, "timeout");
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) return stop();

    const { origin, pathname, search } = new URL(request.url);
    const { method, headers } = request;
    agent.dispatch(
      { origin, path: `${pathname}${search}`, method: method as Dispatcher.HttpMethod, headers, body: request.body },
      {
        /** The line is there, and unless it is aborted in here, all of the request is written in this tick. */
        onRequestStart(controller) {
          if (isSettled) return controller.abort(new Error("over"));
          if (!mayStillSend()) {
            settle({ is: "not_sent", held: true, cause: "held back" });
            return controller.abort(new Error("held back"));
          }
          line = controller;
          clearTimeout(timer);
          timer = setTimeout(breakOff, settings.answerTimeoutMs, "timeout");
        },
        onResponseStart(_controller, status, answer) {
          head = { status, headers: answer };
        },
        onResponseData(_controller, chunk) {
          size += chunk.length;
          if (size > answerRoom) return breakOff("answer too large");
          body.push(chunk);
        },
        onResponseEnd: () => void answered(),
        onResponseError: (_controller, error: NodeJS.ErrnoException) => fail(error.code ?? "failed"),
      },
    );
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

/** How long until a limit's window ends, which providers give as seconds of the epoch or as a date; undefined without one. */
export function untilResetMs(reset: string | string[] | undefined): number | undefined {
  if (typeof reset !== "string" || reset === "") return undefined;
  const seconds = Number(reset);
  const ms = (Number.isFinite(seconds) ? seconds * 1000 : Date.parse(reset)) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : undefined;
}
