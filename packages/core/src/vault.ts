/**
 * Seals the secrets of provider accounts for the database. The key is derived from the installation's, which is never in
 * the database: whoever has a dump, or a backup of one, has no secret.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

export type Vault = {
  /** `place` is bound to what is sealed: copied into another row, it cannot be opened there. */
  seal(text: string, place: string): Uint8Array<ArrayBuffer>;
  /** null: sealed with another key or for another place, or changed since. */
  open(sealed: Uint8Array, place: string): string | null;
};

/** Version, nonce, tag, then the words. A random nonce of 96 bits is good for 2^32 seals of one key (NIST SP 800-38D §8.3). */
const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + nonceBytes + tagBytes;

/** AES-256-GCM under HKDF-SHA-256 of the installation's 32 bytes. */
export function openVault(installationKey: Uint8Array): Vault {
  const key = Buffer.from(hkdfSync("sha256", installationKey, "chorus", "provider-account", 32));
  return {
    seal(text, place) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(place));
      const words = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return new Uint8Array(Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), words]));
    },
    open(sealed, place) {
      if (sealed.length < headBytes || sealed[0] !== version) return null;
      const bytes = Buffer.from(sealed);
      const nonce = bytes.subarray(1, 1 + nonceBytes);
      const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagBytes })
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(1 + nonceBytes, headBytes));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(headBytes)), decipher.final()]).toString("utf8");
      } catch {
        return null; // the tag does not fit
      }
    },
  };
}
