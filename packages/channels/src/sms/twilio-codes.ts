/**
 * Twilio's outcome table: what an error code means (twilio.com/docs/api/errors), whether it comes with the answer to a new
 * message or, for most from 30001 up, in a callback minutes later. Errors about us never count against a number.
 */
import type { LateOutcome, RefusalReason } from "@chorus/core/channel";

const refused = (reason: RefusalReason, about: "address" | "content" = "address"): LateOutcome => ({
  is: "refused",
  reason,
  about,
});
const noSuchNumber = refused("no_such_address");
const deadNumber = refused("dead_number");
const content = refused("content", "content");
const account: LateOutcome = { is: "distrusted", whom: "account" };
const hours = 3_600_000;
/** Twilio or a carrier had a bad moment with this one: it gets one more. */
const onceMore = (retryAfterMs: number): LateOutcome => ({
  is: "deferred",
  scope: "message",
  retryAfterMs,
  attemptsAtMost: 2,
});
const hold = (retryAfterMs?: number): LateOutcome => ({ is: "deferred", scope: "carrier", retryAfterMs });

const byCode: Readonly<Record<number, LateOutcome>> = {
  20003: account, // wrong SID or token
  20005: account, // account not active
  20404: account, // no such account, or a wrong base URL
  20429: hold(),
  21211: noSuchNumber,
  21212: account, // our own sender, here and in the next five
  21603: account,
  21606: account,
  21659: account,
  21660: account,
  21703: account, // messaging service without senders
  21217: noSuchNumber,
  21266: noSuchNumber, // our own number
  21408: { is: "distrusted", whom: "sender" }, // the account may not text this country
  21602: content,
  21605: content,
  21610: refused("opted_out"),
  21612: refused("unreachable"), // no route from this sender to this number
  21614: noSuchNumber, // not a mobile number
  21617: content,
  21619: content,
  21635: refused("unreachable"), // a landline
  30001: onceMore(60_000), // queue full
  30003: onceMore(hours), // switched off, or out of reach
  30004: deadNumber, // blocked
  30005: deadNumber, // unknown
  30006: deadNumber, // landline
  30007: refused("blocked", "content"), // filtered as spam: counted for each sender
  30008: onceMore(60_000), // unknown error
  30022: hold(), // faster than our registration allows
  30034: account, // sender not registered
  63038: hold(24 * hours), // the account's daily cap
};

/** T-Mobile's daily cap for each brand begins anew at midnight Pacific. */
const dailyCap = 30023;

/** `now` is only asked for a cap that ends at a known hour. */
export const meaningOf = (code: number, now: Date): LateOutcome | undefined =>
  code === dailyCap ? hold(untilMidnightPacificMs(now)) : byCode[code];

const pacific = new Intl.DateTimeFormat("en-US", {
  ...{ timeZone: "America/Los_Angeles", hourCycle: "h23" },
  ...{ hour: "numeric", minute: "numeric", second: "numeric" },
});

/** By the hands of the clock there: twice a year an hour off, and then the cap is met once more. */
function untilMidnightPacificMs(now: Date): number {
  const hand = Object.fromEntries(pacific.formatToParts(now).map(({ type, value }) => [type, Number(value)]));
  const { hour = 0, minute = 0, second = 0 } = hand;
  return 24 * hours - ((hour * 60 + minute) * 60 + second) * 1000;
}
