/**
 * What opens the operators' page without typing a key: a sealed note that names an API key and says until when.
 * The printed link and the session behind it are two purposes, so that neither can be used as the other. Whoever reads
 * a note still looks whether that key is good.
 */
import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { Id } from "./id.ts";

export type OpsPurpose = "link" | "session";

export type OpsNotes = {
  write(purpose: OpsPurpose, of: { keyId: Id; until: Date }): string;
  /** The key's id; null for a note that was not made here, or for something else, or whose time is over. */
  read(purpose: OpsPurpose, text: string, now: Date): Id | null;
};

export const opsLinkMs = 7 * 86_400_000;
export const opsSessionMs = 12 * 3_600_000;

const form = /^([1-9]\d{0,18})\.(\d{1,12})\.([\w-]{43})$/;

export function openOpsNotes(installationKey: Uint8Array): OpsNotes {
  const sign = (purpose: OpsPurpose, text: string) => {
    const key = Buffer.from(hkdfSync("sha256", installationKey, "chorus", `ops:${purpose}`, 32));
    return createHmac("sha256", key).update(text).digest();
  };
  return {
    write(purpose, { keyId, until }) {
      const text = `${keyId}.${Math.floor(until.getTime() / 1000)}`;
      return `${text}.${sign(purpose, text).toString("base64url")}`;
    },
    read(purpose, text, now) {
      const [, keyId = "", until = "", signature = ""] = form.exec(text) ?? [];
      if (keyId === "") return null;
      const given = Buffer.from(signature, "base64url");
      const isOurs = timingSafeEqual(given, sign(purpose, `${keyId}.${until}`));
      return isOurs && Number(until) * 1000 > now.getTime() ? keyId : null;
    },
  };
}
