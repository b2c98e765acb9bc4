/** The first key of an installation whose processes are started one by one, as in a container or on several machines. */
import { channels } from "@chorus/channels/registry";
import { openDb } from "@chorus/db/open";
import type { Settings } from "./settings.ts";
import { createWithKeys } from "./workspace.ts";

export type WorkspaceOptions = {
  readonly name: string;
  readonly owner: string;
  /** It may reach real people. Without it, it can only ever speak to the machine it runs on. */
  readonly live: boolean;
};

export async function makeWorkspace(of: {
  options: WorkspaceOptions;
  settings: Settings;
  say: (line: string) => void;
}): Promise<number> {
  const { name, owner, live } = of.options;
  if (!of.settings.DATABASE_URL) throw new Error("Set DATABASE_URL to the PostgreSQL that the workspace is for.");
  const ids = channels.map((channel) => channel.id);
  const db = await openDb({ url: of.settings.DATABASE_URL, channels: ids, connections: 1 });
  try {
    const kind = live ? "live" : "sandbox";
    const people = [{ name: "Owner", email: owner, role: "owner" as const }];
    const [key = ""] = await createWithKeys(db, { name, kind, people });
    of.say(`A ${kind} workspace was made. Its first API key is shown only this once:\n\n  ${key}`);
    return 0;
  } finally {
    await db.close();
  }
}
