/**
 * Tells workers in the very statement that something must not leave any more. A fence is a row, which lease and permit
 * look at; this only spares them the wait for their next look, and may be lost.
 */
import type { Id } from "@chorus/core/id";

/** The channel to LISTEN on. */
export const fenceChannel = "chorus_fence";

/** What a notification says, as JSON. An address is the hex of its keyed hash. */
export type Fence = { readonly run: Id } | { readonly workspace: Id } | { readonly address: string };

/** SQL that tells of one thing when its row is read, as in `returning`; `of` is the SQL of its id, or of the hash in hex. */
export const notifySql = (kind: "run" | "workspace" | "address", of: string): string =>
  `pg_notify('${fenceChannel}', json_build_object('${kind}', (${of})::text)::text)`;
