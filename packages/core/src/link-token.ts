/** The 22 letters in a link of a message: which run, message and link it is, readable by this installation only. */
import type { MessageRef } from "./id.ts";
import { openBlockCipher } from "./id.ts";

/** Link number 0 is the unsubscribe link; 1 and up are the variant's links in their stored order. */
export const unsubscribeLink = 0;
const version = 1;

export type LinkRef = MessageRef & { readonly link: number };
export type LinkTokens = { write(ref: LinkRef): string; read(token: string): LinkRef | null };

/** Tokens carry no address and do not expire: an opt-out link must keep working for 60 days and more (channels page, E5). */
export function openLinkTokens(installationKey: Uint8Array): LinkTokens {
  const cipher = openBlockCipher(installationKey, "link");
  return {
    write: ({ runId, messageId, link }) => {
      const block = Buffer.alloc(16);
      block.writeUInt8(version, 0);
      block.writeUInt8(link, 1);
      block.writeUIntBE(Number(runId), 2, 6);
      block.writeBigInt64BE(BigInt(messageId), 8);
      return cipher.encrypt(block).toString("base64url");
    },
    read: (token) => {
      if (!/^[\w-]{22}$/.test(token)) return null;
      const block = cipher.decrypt(Buffer.from(token, "base64url"));
      const messageId = block.readBigInt64BE(8);
      if (block.readUInt8(0) !== version || messageId <= 0n) return null;
      return { runId: String(block.readUIntBE(2, 6)), messageId: messageId.toString(), link: block.readUInt8(1) };
    },
  };
}
