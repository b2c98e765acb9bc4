/**
 * Takes people out of words that are not ours. Providers like to repeat an address in their answers, and libraries a
 * value in their errors; what is stored about an attempt or written to a log passes through here first.
 */
import type { SendOutcome } from "./channel.ts";

export const hidden = "(hidden)";

/** RFC 5322 local parts and internationalised domains, in brackets or not, also with the @ percent-encoded. */
const mail = /[^\s<>"'(),:;=&?]+(?:@|%40)[^\s<>"'(),:;=&?]+/giu;
/** Eight digits and more with the marks people write between them, where a + or the length says that it is a number. */
const phone = /(?:\+|%2B|\b00)\d(?:[\s().-]*\d){6,17}|\b\d{10,15}\b/gi;
/** What stands before the host of a URL: user and password. */
const login = /(\/\/)[^\s/@]+@/g;
const token = /\b(?:chorus_[\w-]{20,}|xox[a-z]-[\w-]+|Bearer\s+\S+|Basic\s+\S+)/gi;

/** Addresses, numbers and credentials in the text, whoever they are of. Idempotent. */
export const redact = (text: string): string =>
  text.replace(login, `$1${hidden}@`).replace(token, hidden).replace(mail, keepUrl).replace(phone, hidden);

/** A URL whose login was hidden just now looks like a mail address; its host may stay. */
const keepUrl = (found: string): string => (found.includes(`${hidden}@`) ? found : hidden);

const inLog = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inLog);
  return typeof value === "string" ? redact(value) : value;
};
/** An error that a library logs by itself: what it is and where, without its words, which may repeat a value. */
const errorInLog = (error: unknown) => {
  const { name, stack = "" } = error instanceof Error ? error : { name: typeof error };
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  const at = stack.split("\n").filter((line) => line.trimStart().startsWith("at "));
  return { type: name, message: hidden, code, stack: at.slice(0, 12).join("\n") };
};

/** By the names of a log line's members that hold words of a provider, a library or a person. */
export const othersWords = {
  ...{ error: inLog, detail: inLog, because: inLog, fallback: inLog, warnings: inLog },
  err: errorInLog,
};

/** An outcome without the address it was for, in whatever case or spelling the provider repeats it. */
export function withoutAddress(outcome: SendOutcome, address: string | null): SendOutcome {
  switch (outcome.is) {
    case "accepted":
      // A provider's own id may look like a number or like an address, and callbacks are matched by it: only this person goes.
      return { ...outcome, providerMessageId: without(address, outcome.providerMessageId) };
    case "held":
      return outcome;
    case "refused":
    case "deferred":
    case "distrusted":
    case "unknown":
      return { ...outcome, detail: redact(without(address, outcome.detail)) };
  }
}

function without(address: string | null, text: string): string {
  const bare = address?.replace(/^\+/, "") ?? "";
  if (bare.length < 4) return text;
  const spellings = [bare, encodeURIComponent(bare)];
  if (isPlain(text) && !holdsOne(text.toLowerCase(), spellings)) return text;
  const spelled = spellings.map((each) => each.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return text.replace(new RegExp(`\\+?(?:${[...new Set(spelled)].join("|")})`, "giu"), hidden);
}

/** Every accepted message passes here, and hardly any answer repeats an address: an expression for each would be dear. */
const holdsOne = (lower: string, spellings: readonly string[]): boolean =>
  spellings.some((each) => lower.includes(each.toLowerCase()));

/** Outside ASCII letters are the same in more ways than lower case knows. */
const isPlain = (text: string): boolean => /^[\x20-\x7e\s]*$/.test(text);
