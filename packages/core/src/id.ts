/**
 * Ids. Inside, every id is a bigint that travels as a decimal string (never a JavaScript number). Outside,
 * it is sealed: a prefix and 26 letters that nobody can guess or count, made with a key of the installation.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { z } from "zod";

export const id = z.string().regex(/^[1-9]\d{0,18}$/, "an internal id is a positive decimal integer");
export type Id = string;

/** What can be named from outside, and the prefix it is named with. */
export const prefixes = {
  workspace: "wsp",
  person: "per",
  key: "key",
  contact: "con",
  product: "prd",
  segment: "seg",
  destination: "dst",
  campaign: "cmp",
  copy: "cpy",
  variant: "var",
  approval: "apr",
  run: "run",
  message: "msg",
  carrier: "car",
  import: "imp",
} as const;
export type IdKind = keyof typeof prefixes;

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford's: no i, l, o, u
const bodyLength = 26;

/** Seals and opens the public form of ids. `open*` answer null for anything that was not sealed with this key. */
export type IdSeal = {
  seal(kind: IdKind, id: Id): string;
  open(kind: IdKind, text: string): Id | null;
  /** A message is named by its run and its own id; the pair is one block, so no stored token is needed. */
  sealMessage(message: MessageRef): string;
  openMessage(text: string): MessageRef | null;
};
export type MessageRef = { readonly runId: Id; readonly messageId: Id };

/**
 * A 16-byte block cipher keyed by purpose: a keyed permutation, so a sealed pair is as unguessable as the key. Single
 * blocks leave nothing behind in the cipher, so one serves all of them; making one costs ten times what a block does.
 */
export function openBlockCipher(installationKey: Uint8Array, purpose: string) {
  const key = Buffer.from(hkdfSync("sha256", installationKey, "chorus", `block:${purpose}`, 16));
  const sealing = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
  const opening = createDecipheriv("aes-128-ecb", key, null).setAutoPadding(false);
  return {
    encrypt: (block: Buffer) => sealing.update(block),
    decrypt: (block: Buffer) => opening.update(block),
  };
}

export function openIdSeal(installationKey: Uint8Array): IdSeal {
  const ciphers = new Map<IdKind, ReturnType<typeof openBlockCipher>>();
  const cipher = (kind: IdKind) => {
    const known = ciphers.get(kind) ?? openBlockCipher(installationKey, kind);
    ciphers.set(kind, known);
    return known;
  };
  const sealPair = (kind: IdKind, high: Id, low: Id) => {
    const block = Buffer.alloc(16);
    block.writeBigInt64BE(BigInt(high), 0);
    block.writeBigInt64BE(BigInt(low), 8);
    return `${prefixes[kind]}_${toBase32(cipher(kind).encrypt(block))}`;
  };
  const openPair = (kind: IdKind, text: string) => {
    const body = text.startsWith(`${prefixes[kind]}_`) ? fromBase32(text.slice(prefixes[kind].length + 1)) : null;
    if (!body) return null;
    const block = cipher(kind).decrypt(body);
    return { high: block.readBigInt64BE(0), low: block.readBigInt64BE(8) };
  };
  return {
    seal: (kind, value) => sealPair(kind, "0", value),
    open: (kind, text) => {
      const pair = openPair(kind, text);
      return pair && pair.high === 0n && pair.low > 0n ? pair.low.toString() : null;
    },
    sealMessage: ({ runId, messageId }) => sealPair("message", runId, messageId),
    openMessage: (text) => {
      const pair = openPair("message", text);
      return pair && pair.high > 0n && pair.low > 0n
        ? { runId: pair.high.toString(), messageId: pair.low.toString() }
        : null;
    },
  };
}

/** 16 bytes as 26 letters of five bits, the first of which only has three to carry. */
export function toBase32(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 2;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; ) {
      bits -= 5;
      text += alphabet[held >> bits];
      held &= (1 << bits) - 1;
    }
  }
  return text;
}

export function fromBase32(text: string): Buffer | null {
  if (text.length !== bodyLength) return null;
  let bits = 0n;
  for (const letter of text) {
    const value = alphabet.indexOf(letter);
    if (value < 0) return null;
    bits = (bits << 5n) | BigInt(value);
  }
  if (bits >> 128n) return null;
  return Buffer.from(bits.toString(16).padStart(32, "0"), "hex");
}
