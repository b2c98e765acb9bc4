import { openTestDatabase } from "@chorus/db/test-db";
import { expect, it } from "vitest";
import { migrateDeployment } from "./migrate.ts";
import { readSettings } from "./settings.ts";

it("a deployment's database is brought up to date once, and a second time nothing is left to do", async () => {
  const database = await openTestDatabase();
  try {
    const said: string[] = [];
    const settings = readSettings({ DATABASE_URL: database.url });
    expect(await migrateDeployment({ settings, say: (line) => said.push(line) })).toBe(0);
    expect(await migrateDeployment({ settings, say: (line) => said.push(line) })).toBe(0);
    expect(said).toEqual(["The database is up to date.", "The database is up to date."]);
  } finally {
    await database.close();
  }
});

it("without a database's name it says which setting is missing", async () => {
  await expect(migrateDeployment({ settings: readSettings({}), say: () => {} })).rejects.toThrow("DATABASE_URL");
});
