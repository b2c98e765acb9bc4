/** What a hand-over over HTTP came to when no answer came: it did not leave, or nobody knows. The same for every provider. */
import type { SendOutcome } from "@chorus/core/channel";
import type { Exchange } from "./http-exchange.ts";

export type Unanswered = Exclude<Exchange, { is: "answered" }>;
export type Answer = Extract<Exchange, { is: "answered" }>;

export function unansweredOutcome(exchange: Unanswered): SendOutcome {
  if (exchange.is === "silent") return { is: "unknown", detail: `${exchange.cause} after the request` };
  if (exchange.held) return { is: "held" };
  return { is: "deferred", scope: "carrier", detail: `${exchange.cause} while connecting` };
}

/** The same of a question that is asked before the message itself leaves: silence says nothing about the message. */
export const unpreparedOutcome = (exchange: Unanswered): SendOutcome =>
  exchange.is === "silent"
    ? { is: "deferred", scope: "carrier", detail: `${exchange.cause} before anything was sent` }
    : unansweredOutcome(exchange);

/** An object of an answer's JSON; an empty one where it is none. */
export function readObject(body: string): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(body);
    return typeof read === "object" && read !== null ? (read as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
