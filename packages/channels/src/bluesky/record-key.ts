/**
 * A post's key is made of its message, so that the same message is the same record however often it is handed over. Such
 * a key is a TID (atproto.com/specs/tid): 53 bits of microseconds and 10 of a clock, in 13 letters that sort like them.
 */
import { createHash } from "node:crypto";

const letters = "234567abcdefghijklmnopqrstuvwxyz";

/** The message's time to the millisecond; what is finer than that, and the clock, are of its id. */
export function recordKey(message: { readonly id: string; readonly at: Date }): string {
  const hash = createHash("sha256").update(message.id).digest();
  const micros = BigInt(message.at.getTime()) * 1000n + BigInt(hash.readUInt32BE(0) % 1000);
  let bits = (micros << 10n) | BigInt(hash.readUInt16BE(4) % 1024);
  let key = "";
  for (let place = 0; place < 13; place++) {
    key = letters[Number(bits & 31n)] + key;
    bits >>= 5n;
  }
  return key;
}
