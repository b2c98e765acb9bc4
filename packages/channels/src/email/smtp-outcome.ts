/**
 * What a relay's answer means: the outcome table of SMTP. The enhanced code (RFC 3463, IANA registry) says more than
 * the reply code and is read first. Errors about us never count against an address, and no detail repeats what the
 * relay wrote, because relays like to write the address.
 */
import type { SendOutcome } from "@chorus/core/channel";
import type { Broken } from "./smtp-line.ts";

type Refused = Extract<SendOutcome, { is: "refused" }>;
type Meaning = Omit<Refused, "detail"> | { is: "distrusted"; whom: "sender" };

const refusal = (reason: Refused["reason"], about: Refused["about"]): Meaning => ({ is: "refused", reason, about });
const noSuchAddress = refusal("no_such_address", "address");
const unreachable = refusal("unreachable", "address");
const mailboxFull = refusal("mailbox_full", "address");
const aboutContent = refusal("content", "content");
const aboutUs: Meaning = { is: "distrusted", whom: "sender" };

/** Read from the longest to the shortest: `5.1.1`, then `5.1`. Also what a bounce says with the same code. */
const byEnhanced: Readonly<Record<string, Meaning>> = {
  "5.1.1": noSuchAddress,
  "5.1.2": noSuchAddress,
  "5.1.3": noSuchAddress,
  "5.1.6": noSuchAddress,
  "5.1.10": noSuchAddress, // RFC 7505's null MX
  "5.1.7": aboutUs,
  "5.1.8": aboutUs,
  "5.1": unreachable,
  "5.2.1": refusal("mailbox_disabled", "address"), // may come back
  "5.2.2": mailboxFull,
  "5.2.3": aboutContent, // longer than this mailbox takes
  "5.2": unreachable,
  "5.3.4": aboutContent,
  "5.3": unreachable,
  "5.4": unreachable,
  "5.5": aboutContent,
  "5.6": aboutContent,
  "5.7": aboutUs,
};

export const meaningOf = (enhanced: string): Meaning | undefined =>
  byEnhanced[enhanced] ?? byEnhanced[enhanced.slice(0, 3)];

/** Relays without enhanced codes: a bare 550 may be policy, so it burns an address only where it says that it is unknown. */
const unknownMailbox = /unknown|no such|does ?n[o']t exist|not exist|invalid (?:mailbox|recipient)|user not found/i;

export function smtpOutcome(of: Broken): SendOutcome {
  const [, digits, enhanced = null] = /^(\d{3})(?:[ -](\d\.\d{1,3}\.\d{1,3})\b)?/.exec(of.reply ?? "") ?? [];
  const code = digits ? Number(digits) : null;
  const detail = describe(of, code, enhanced);
  if (code !== null && isAboutAccount(code)) return { is: "distrusted", whom: "account", detail };
  if (of.stage === "connect" || of.stage === "login") return { is: "deferred", scope: "carrier", detail };
  if (code === null || code < 400)
    return of.stage === "dot" ? { is: "unknown", detail } : { is: "deferred", scope: "carrier", detail };
  if (code < 500 || code === 503) return { is: "deferred", scope: scopeOf(of, code, enhanced), detail };
  return { ...refusalFor(of, code, enhanced), detail };
}

/** The relay does not know us: our password, or that we have to have one. Somebody must give it. */
const isAboutAccount = (code: number): boolean => [454, 530, 534, 535, 538].includes(code);

/** 421 ends the connection, and 503 has lost the thread; but a 421 about this mail (4.7.28, too many of ours) is only its own. */
function scopeOf(of: Broken, code: number, enhanced: string | null): "message" | "carrier" {
  if (of.command === "MAIL FROM" || code === 503) return "carrier";
  return code === 421 && !enhanced?.startsWith("4.7.") ? "carrier" : "message";
}

function refusalFor(of: Broken, code: number, enhanced: string | null): Meaning {
  const known = enhanced ? meaningOf(enhanced) : undefined;
  if (known) return known;
  if (of.command === "MAIL FROM") return code === 552 ? aboutContent : aboutUs;
  if (of.command !== "RCPT TO") return aboutContent;
  if (code === 552) return mailboxFull;
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
