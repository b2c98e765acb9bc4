/** Twilio calling back: forms signed with the account's token, a bounded number at a time, tried again a bounded number of times. */
import { createHmac } from "node:crypto";
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Timers } from "./timers.ts";

export type Form = Readonly<Record<string, string>>;

/**
 * X-Twilio-Signature: base64 of HMAC-SHA1, keyed with the auth token, over the full URL followed by every parameter's
 * name and value, the names sorted (twilio.com/docs/usage/security#validating-requests).
 */
export function twilioSignature(authToken: string, url: string, form: Form): string {
  const parts = Object.keys(form)
    .sort()
    .map((name) => `${name}${form[name]}`);
  return createHmac("sha1", authToken)
    .update(url + parts.join(""), "utf8")
    .digest("base64");
}

export type Call = {
  readonly url: string;
  readonly form: Form;
  /** Told once, with the HTTP status of the last try or what went wrong ("ECONNREFUSED"). */
  readonly done: (answer: string) => void;
};

export type Webhooks = { post(call: Call): void; close(): void };

const atOnce = 8;
const waitingRoom = 100_000;
const answerWithinMs = 15_000;
const retryAfterMs = [500, 2_000, 5_000];

export function openWebhooks(of: { authToken: string; timers: Timers }): Webhooks {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  const closing = new AbortController();
  const waiting: { call: Call; tries: number }[] = [];
  let underWay = 0;

  const next = () => {
    while (underWay < atOnce && !closing.signal.aborted) {
      const job = waiting.shift();
      if (!job) return;
      underWay += 1;
      void attempt(job.call, job.tries).finally(() => {
        underWay -= 1;
        next();
      });
    }
  };
  const enqueue = (call: Call, tries: number) => {
    if (waiting.length >= waitingRoom) return call.done("dropped: too many callbacks are waiting");
    waiting.push({ call, tries });
    next();
  };
  const attempt = async (call: Call, tries: number) => {
    const signature = twilioSignature(of.authToken, call.url, call.form);
    const answer = await postForm({ call, signature, agents, signal: closing.signal });
    if (closing.signal.aborted) return;
    const wait = retryAfterMs[tries];
    if (wait === undefined || !worthRetrying(answer)) call.done(answer);
    else of.timers.after(wait, () => enqueue(call, tries + 1));
  };
  return {
    post: (call) => enqueue(call, 0),
    close() {
      closing.abort();
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** Nobody there, or their server broke: both pass. A plain refusal does not. */
const worthRetrying = (answer: string): boolean => !/^[1-4]\d\d$/.test(answer);

type Posting = {
  call: Call;
  signature: string;
  agents: { http: HttpAgent; https: HttpsAgent };
  signal: AbortSignal;
};

function postForm({ call, signature, agents, signal }: Posting): Promise<string> {
  const secure = call.url.startsWith("https:");
  const options = {
    method: "POST",
    agent: secure ? agents.https : agents.http,
    signal,
    timeout: answerWithinMs,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "user-agent": "TwilioProxy/1.1",
      "x-twilio-signature": signature,
    },
  };
  return new Promise((resolve) => {
    const sending = (secure ? httpsRequest : httpRequest)(call.url, options, (answer) => {
      answer.resume();
      answer.once("end", () => resolve(String(answer.statusCode)));
      answer.once("error", (error) => resolve(codeOf(error)));
    });
    sending.once("timeout", () => sending.destroy(new Error("timeout")));
    sending.once("error", (error) => resolve(codeOf(error)));
    sending.end(new URLSearchParams(call.form).toString());
  });
}

const codeOf = (error: Error): string =>
  "code" in error && typeof error.code === "string" ? error.code : error.message;
