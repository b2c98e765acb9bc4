/** API keys: 256 random bits that speak for a person. Only their SHA-256 is kept; the secret is shown once. */
import { createHash, randomBytes } from "node:crypto";
import type { Id } from "@chorus/core/id";
import type { Role } from "@chorus/core/role";
import type { Db } from "./open.ts";

/** Whoever a key speaks for, and the workspace it opens. */
export type Caller = {
  readonly keyId: Id;
  readonly person: { readonly id: Id; readonly name: string; readonly role: Role };
  readonly workspace: {
    readonly id: Id;
    readonly kind: "live" | "sandbox";
    readonly locale: string;
    readonly timeZone: string;
    readonly currency: string;
  };
};

export type FoundKey = { is: "valid"; caller: Caller } | { is: "unknown" | "revoked" | "expired" };

/** The form of every key: a word to recognise it by in leaks, and 43 letters. */
const form = /^chorus_[\w-]{43}$/;

/** Answers the secret, which cannot be had again. */
export async function createKey(
  db: Db,
  of: { workspaceId: Id; personId: Id; label: string; expiresAt?: Date | undefined },
): Promise<{ id: Id; secret: string }> {
  const secret = `chorus_${randomBytes(32).toString("base64url")}`;
  const row = await db.prisma.apiKey.create({
    data: {
      workspaceId: BigInt(of.workspaceId),
      personId: BigInt(of.personId),
      label: of.label,
      prefix: secret.slice(0, 12),
      hash: hashOf(secret),
      expiresAt: of.expiresAt ?? null,
    },
  });
  return { id: row.id.toString(), secret };
}

/** From now on the key opens nothing. */
export async function revokeKey(db: Db, of: { workspaceId: Id; id: Id }): Promise<void> {
  await db.sql.query(
    "update api_key set revoked_at = chorus_now() where id = $1 and workspace_id = $2 and revoked_at is null",
    [of.id, of.workspaceId],
  );
}

type KeyRow = {
  key_id: Id;
  revoked: boolean;
  expired: boolean;
  person_id: Id;
  name: string;
  role: Role;
  workspace_id: Id;
  kind: "live" | "sandbox";
  locale: string;
  time_zone: string;
  currency: string;
};

/** One read by the hash's unique index. A digest of 256 random bits needs no slow hash and tells nothing by its timing. */
export async function findKey(db: Db, secret: string): Promise<FoundKey> {
  return form.test(secret) ? await readKey(db, "k.hash = $1", hashOf(secret)) : { is: "unknown" };
}

/** For whoever was let in by the key before and carries a sealed note of it: a key that is revoked lets nobody in again. */
export const findKeyById = (db: Db, id: Id): Promise<FoundKey> => readKey(db, "k.id = $1", id);

/** A key by which the installation's own terminal may print a link: of whoever may do most, the newest; or null. */
export async function keyForLink(db: Db): Promise<Id | null> {
  const { rows } = await db.sql.query<{ id: Id }>(
    `select k.id from api_key k join person p on p.id = k.person_id
      where k.revoked_at is null and (k.expires_at is null or k.expires_at > chorus_now())
      order by array_position(array['owner', 'operator', 'author', 'approver'], p.role), k.id desc limit 1`,
  );
  return rows[0]?.id ?? null;
}

async function readKey(db: Db, condition: string, value: Id | Uint8Array): Promise<FoundKey> {
  const { rows } = await db.ledger.query<KeyRow>({
    name: `key where ${condition}`,
    text: `select k.id as key_id, k.revoked_at is not null as revoked, coalesce(k.expires_at <= chorus_now(), false) as expired,
            p.id as person_id, p.name, p.role, w.id as workspace_id, w.kind, w.locale, w.time_zone, w.currency
       from api_key k join person p on p.id = k.person_id join workspace w on w.id = k.workspace_id
      where ${condition}`,
    values: [value],
  });
  const row = rows[0];
  if (!row) return { is: "unknown" };
  if (row.revoked) return { is: "revoked" };
  return row.expired ? { is: "expired" } : { is: "valid", caller: callerOf(row) };
}

const callerOf = (row: KeyRow): Caller => ({
  keyId: row.key_id,
  person: { id: row.person_id, name: row.name, role: row.role },
  workspace: {
    id: row.workspace_id,
    kind: row.kind,
    locale: row.locale,
    timeZone: row.time_zone,
    currency: row.currency,
  },
});

const hashOf = (secret: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash("sha256").update(secret).digest());
