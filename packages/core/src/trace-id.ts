/**
 * A message's public id and the id of its trace are the same 16 bytes in two spellings, so either leads to the other
 * and nothing has to be stored: every process that knows the message knows its trace.
 */
import { fromBase32, prefixes, toBase32 } from "./id.ts";

const start = `${prefixes.message}_`;
/** W3C Trace Context §3.2.2.3: 32 lower-case hexadecimal digits, not all of them zero. */
const form = /^(?!0{32}$)[0-9a-f]{32}$/;

/** The W3C trace id of a message's public id (`msg_…`); null for anything else. */
export function traceIdOf(publicId: string): string | null {
  const block = publicId.startsWith(start) ? fromBase32(publicId.slice(start.length)) : null;
  const traceId = block?.toString("hex") ?? "";
  return form.test(traceId) ? traceId : null;
}

/** The public id of the message that a trace would be about; null for what is no trace id. */
export function publicIdOf(traceId: string): string | null {
  return form.test(traceId) ? `${start}${toBase32(Buffer.from(traceId, "hex"))}` : null;
}

/**
 * The id of the span that all spans of a message hang under. Nobody sends that span: the message has no single moment
 * and no single process that could. Both halves of the block, so that it is as good as random; zero is not allowed.
 */
export function rootSpanIdOf(traceId: string): string {
  const folded = BigInt(`0x${traceId.slice(0, 16)}`) ^ BigInt(`0x${traceId.slice(16)}`);
  return (folded || 1n).toString(16).padStart(16, "0");
}
