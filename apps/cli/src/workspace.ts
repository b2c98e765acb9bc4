/** The one thing that no API key can do: a workspace with its people and their first keys. */
import type { Role } from "@chorus/core/role";
import { createKey } from "@chorus/db/keys";
import type { Db } from "@chorus/db/open";
import { createWorkspace, type NewWorkspace } from "@chorus/db/workspaces";
import { brand, shopVoice } from "./shop-voice.ts";

/** The shop's name and address are made up; example domains and this street exist nowhere. */
const shopWorkspace = {
  locale: "en",
  timeZone: "Europe/London",
  currency: "GBP",
  sender: {
    name: brand,
    email: "hello@shop.example",
    postalAddress: "Wren & Willow, 12 Sample Row, Exampleton EX0 0AA, United Kingdom",
  },
  voice: shopVoice,
} satisfies Partial<NewWorkspace>;

/** Answers the API keys, which cannot be had again, in the order of the people. */
export async function createWithKeys(
  db: Db,
  of: { name: string; kind: NewWorkspace["kind"]; people: readonly { name: string; email: string; role: Role }[] },
): Promise<string[]> {
  const workspace = await createWorkspace(db, { ...shopWorkspace, ...of });
  const keys: string[] = [];
  for (const [place, personId] of workspace.people.entries()) {
    const label = `first key of ${of.people[place]?.name ?? "a person"}`;
    keys.push((await createKey(db, { workspaceId: workspace.id, personId, label })).secret);
  }
  return keys;
}
