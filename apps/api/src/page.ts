/** Page cursors: sealed, so that nobody reads or builds one, and bound to the list and workspace they came from. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Id } from "@chorus/core/id";
import type { Checked } from "@chorus/core/problem";
import { bad, ok } from "@chorus/core/problem";

/** Which list a cursor belongs to: its name with whatever else must stay the same from page to page. */
export type ListName = { readonly workspaceId: Id; readonly list: string };

export type Cursors = {
  /** `position` is whatever the query needs to go on, such as the last id. */
  write(of: ListName, position: string): string;
  /** null without a cursor: the first page. `cursor.invalid` for one that was tampered with or belongs to another list. */
  read(of: ListName, cursor: string | undefined): Checked<string | null>;
};

const tagLength = 16;
const nonceLength = 12;

export function openCursors(installationKey: Uint8Array): Cursors {
  const key = Buffer.from(hkdfSync("sha256", installationKey, "chorus", "cursor", 32));
  const bound = (of: ListName) => Buffer.from(JSON.stringify([of.workspaceId, of.list]));
  return {
    write: (of, position) => {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: tagLength }).setAAD(bound(of));
      const sealed = Buffer.concat([cipher.update(position, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url");
    },
    read: (of, cursor) => {
      if (cursor === undefined) return ok(null);
      const bytes = Buffer.from(cursor, "base64url");
      if (bytes.length <= nonceLength + tagLength || bytes.toString("base64url") !== cursor) return invalid;
      const nonce = bytes.subarray(0, nonceLength);
      const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagLength })
        .setAAD(bound(of))
        .setAuthTag(bytes.subarray(nonceLength, nonceLength + tagLength));
      try {
        const sealed = bytes.subarray(nonceLength + tagLength);
        return ok(Buffer.concat([decipher.update(sealed), decipher.final()]).toString("utf8"));
      } catch {
        return invalid; // what GCM throws when the tag does not fit
      }
    },
  };
}

const invalid = bad({
  path: "cursor",
  code: "cursor.invalid",
  message: "This cursor does not belong to this list. Begin again without a cursor.",
});

/** Cuts a page out of rows that were fetched with one more than `limit`, which only says whether there is another page. */
export function cutPage<Row>(rows: readonly Row[], limit: number): { rows: readonly Row[]; last: Row | null } {
  const page = rows.slice(0, limit);
  return { rows: page, last: rows.length > limit ? (page.at(-1) ?? null) : null };
}
