/** The Slack SDK over our own HTTP, one client for one hand-over: no retries of its own, no word on the console. */
import type { Logger, LogLevel, WebClient } from "@slack/web-api";
import type { Exchange, Http, Permit } from "../http-exchange.ts";

export type Connected = { readonly client: WebClient; readonly exchange: () => Exchange | null };

/** The SDK would print server messages and headers. */
const silent: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => "error" as LogLevel,
  setName: () => {},
};

type Account = { readonly baseUrl: string; readonly token: string };

/** Loads the SDK with the first call: it is large, and most processes post nothing. */
export async function connectSlack(of: Account, http: Http, permit: Permit): Promise<Connected> {
  const { WebClient } = await import("@slack/web-api");
  let last: Exchange | null = null;
  const client = new WebClient(of.token, {
    slackApiUrl: of.baseUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: silent,
    fetch: async (url, init) => {
      if (init?.body !== undefined && typeof init.body !== "string") throw new Error("Slack is sent forms only.");
      const request = {
        method: init?.method ?? "POST",
        url: String(url),
        headers: init?.headers ?? {},
        body: init?.body ?? "",
      };
      last = await http.exchange(request, permit);
      if (last.is !== "answered") throw new Error(last.cause);
      const { "retry-after": retryAfter, "content-type": type } = last.headers;
      return new Response(last.body, {
        status: last.status,
        headers: { ...(retryAfter ? { "retry-after": retryAfter } : {}), ...(type ? { "content-type": type } : {}) },
      });
    },
  });
  return { client, exchange: () => last };
}
