/** The link that lets whoever sits at this terminal into /ops, without typing a key. */
import type { Id } from "@chorus/core/id";
import { openOpsNotes, opsLinkMs } from "@chorus/core/ops-link";
import { keyForLink } from "@chorus/db/keys";
import type { Installation } from "./installation.ts";

/** For a key of this installation; without one given, for its owner's. Null while there is no key at all. */
export async function opsLink(chorus: Pick<Installation, "apiUrl" | "db" | "key">, keyId?: Id): Promise<string | null> {
  const id = keyId ?? (await keyForLink(chorus.db));
  if (id === null) return null;
  const until = new Date(Date.now() + opsLinkMs);
  return `${chorus.apiUrl}/ops?link=${openOpsNotes(chorus.key).write("link", { keyId: id, until })}`;
}
