import { channels } from "@chorus/channels/registry";
import { findKey } from "@chorus/db/keys";
import { openDb } from "@chorus/db/open";
import { openTestDatabase } from "@chorus/db/test-db";
import { expect, it } from "vitest";
import { makeWorkspace } from "./new-workspace.ts";
import { readSettings } from "./settings.ts";

it("an installation that nothing but the database is known of gets its first workspace and a key that opens it", async () => {
  const database = await openTestDatabase();
  const db = await openDb({ url: database.url, channels: channels.map((each) => each.id), connections: 1 });
  try {
    const said: string[] = [];
    const settings = readSettings({ DATABASE_URL: database.url });
    const options = { name: "Shop", owner: "owner@example.com", live: true };
    expect(await makeWorkspace({ options, settings, say: (line) => said.push(line) })).toBe(0);
    const key = /chorus_[\w-]{43}/.exec(said.join("\n"))?.[0] ?? "";
    expect(await findKey(db, key)).toMatchObject({
      is: "valid",
      caller: { person: { role: "owner" }, workspace: { kind: "live" } },
    });
  } finally {
    await db.close();
    await database.close();
  }
});

it("without a database's name it says which setting is missing", async () => {
  const options = { name: "Shop", owner: "owner@example.com", live: false };
  await expect(makeWorkspace({ options, settings: readSettings({}), say: () => {} })).rejects.toThrow("DATABASE_URL");
});
