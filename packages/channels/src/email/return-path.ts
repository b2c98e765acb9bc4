/**
 * The addresses that bounces come back to: one for each message (variable envelope return path), so that a report is
 * matched even when it repeats nothing of ours. `b.` and the message's 26 letters, then a short HMAC: whoever knows a
 * message's id still cannot make its return path.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

export type ReturnPath = {
  /** `b.<26 letters>.<16 hex digits>@domain`: 45 octets before the @, of the 64 that RFC 5321 §4.5.3.1.1 allows. */
  write(messageId: string, domain: string): string;
  /** The message whose return path stands somewhere in a text; null: none that we wrote. */
  find(text: string): string | null;
};

const prefix = "msg_";
const hexDigits = 16;

export function openReturnPath(secret: string): ReturnPath {
  const mark = (letters: string) => digest(secret, `return-path:${letters}`).slice(0, hexDigits);
  return {
    write(messageId, domain) {
      const letters = messageId.slice(prefix.length);
      return `b.${letters}.${mark(letters)}@${domain}`;
    },
    find(text) {
      for (const [, letters = "", given = ""] of text.toLowerCase().matchAll(/\bb\.([0-9a-z]{26})\.([0-9a-f]{16})@/g))
        if (isSame(mark(letters), given)) return prefix + letters;
      return null;
    },
  };
}

/**
 * What the mail server shows us as `?k=`: made from the account's secret and the carrier's public id, so that it opens
 * one carrier's door only. By hand: `printf callback:car_… | openssl dgst -sha256 -hmac "$SECRET"`, the first 32 digits.
 */
export function bounceToken(secret: string, callbackUrl: string): string {
  const carrier = new URL(callbackUrl).pathname.split("/").at(-1) ?? "";
  return digest(secret, `callback:${carrier}`).slice(0, 32);
}

export function showsToken(url: string, token: string): boolean {
  return URL.canParse(url) && isSame(new URL(url).searchParams.get("k") ?? "", token);
}

const digest = (secret: string, text: string): string => createHmac("sha256", secret).update(text).digest("hex");

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
