/**
 * What a relay's answer means: the outcome table of SMTP. The enhanced code (RFC 3463, IANA registry) says more than
 * the reply code and is read first. Errors about us never count against an address, and no detail repeats what the
 * relay wrote, because relays like to write the address.
 */
import type { RefusalReason, SendOutcome } from "@chorus/core/channel";
import type { Broken } from "./smtp-line.ts";

type Refusal = Pick<Extract<SendOutcome, { is: "refused" }>, "reason" | "about">;

const refusal = (reason: RefusalReason, about: Refusal["about"]): Refusal => ({ reason, about });
const noSuchAddress = refusal("no_such_address", "address");
const unreachable = refusal("unreachable", "address");
const aboutUs = refusal("sender", "sender");
const aboutContent = refusal("content", "content");

/** Read from the longest to the shortest: `5.1.1`, then `5.1`, then `5`. */
const byEnhanced: Readonly<Record<string, Refusal>> = {
  "5.1.1": noSuchAddress,
  "5.1.2": noSuchAddress,
  "5.1.3": noSuchAddress,
  "5.1.6": noSuchAddress,
  "5.1.10": noSuchAddress,
  "5.1.7": aboutUs,
  "5.1.8": aboutUs,
  "5.1": unreachable,
  "5.2.1": unreachable, // disabled: may come back
  "5.2.2": refusal("mailbox_full", "address"),
  "5.2.3": aboutContent, // longer than this mailbox takes
  "5.2": unreachable,
  "5.3.4": aboutContent,
  "5.3": unreachable,
  "5.4": unreachable,
  "5.5": aboutContent,
  "5.6": aboutContent,
  "5.7": aboutUs,
};

/** Relays without enhanced codes: a bare 550 may be policy, so it burns an address only where it says that it is unknown. */
const unknownMailbox = /unknown|no such|does ?n[o']t exist|not exist|invalid (?:mailbox|recipient)|user not found/i;

export function smtpOutcome(of: Broken): SendOutcome {
  const [, digits, enhanced = null] = /^(\d{3})(?:[ -](\d\.\d{1,3}\.\d{1,3})\b)?/.exec(of.reply ?? "") ?? [];
  const code = digits ? Number(digits) : null;
  const detail = describe(of, code, enhanced);
  if (of.stage === "connect" || of.stage === "login") return { is: "deferred", scope: "carrier", detail };
  if (code === null || code < 400)
    return of.stage === "dot" ? { is: "unknown", detail } : { is: "deferred", scope: "carrier", detail };
  if (isAboutAccount(code)) return { is: "deferred", scope: "carrier", detail };
  if (code < 500) return { is: "deferred", scope: of.command === "MAIL FROM" ? "carrier" : "message", detail };
  return { is: "refused", detail, ...refusalFor(of, code, enhanced) };
}

/** 421: the relay goes away. 454, 530, 535 and their like: it does not know us. 503: it lost the thread. */
const isAboutAccount = (code: number): boolean => [421, 454, 503, 530, 534, 535, 538].includes(code);

function refusalFor(of: Broken, code: number, enhanced: string | null): Refusal {
  const known = enhanced ? (byEnhanced[enhanced] ?? byEnhanced[enhanced.slice(0, 3)]) : undefined;
  if (known) return known;
  if (of.command === "MAIL FROM") return code === 552 ? aboutContent : aboutUs;
  if (of.command !== "RCPT TO") return aboutContent;
  if (code === 552) return refusal("mailbox_full", "address");
  return unknownMailbox.test(of.reply ?? "") ? noSuchAddress : unreachable;
}

const places: Record<Broken["stage"], string> = {
  connect: "while connecting",
  login: "while signing in",
  envelope: "before the mail",
  data: "inside the mail",
  dot: "after the final dot",
};

/** `550 5.1.1 at RCPT TO`, `ECONNRESET after the final dot`. */
function describe(of: Broken, code: number | null, enhanced: string | null): string {
  const what = code === null ? of.cause : [code, enhanced].filter(Boolean).join(" ");
  const answered = code !== null && of.command !== null && of.command !== "CONN";
  return `${what} ${answered ? `at ${of.command}` : places[of.stage]}`;
}
