import { createHash, randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brandVoice } from "@chorus/core/brand-voice";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { migrate, migrationsFolder, readMigrations } from "./migrate.ts";

let folder: string;
let url: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chorus-test-migrations-"));
  const fresh = new URL(inject("postgresUrl"));
  fresh.pathname = `/migrate "${randomBytes(6).toString("hex")}"`; // a name that must be quoted
  url = fresh.href;
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  await ask(inject("postgresUrl"), `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)}`);
});

async function ask(database: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function write(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, "migration.sql"), sql);
}

describe("migrations", () => {
  it("make the database and apply every migration of the product, and a second time none", async () => {
    const names = readMigrations(migrationsFolder).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(await migrate(url)).toEqual({ applied: names });
    expect(await migrate(url)).toEqual({ applied: [] });
  });

  it("are applied in the order of their names, the new ones only", async () => {
    await write("0002_second", "INSERT INTO one VALUES (2);");
    await write("0001_first", "CREATE TABLE one (id int); INSERT INTO one VALUES (1);");
    expect(await migrate(url, folder)).toEqual({ applied: ["0001_first", "0002_second"] });
    await write("0003_third", "INSERT INTO one VALUES (3);");
    expect(await migrate(url, folder)).toEqual({ applied: ["0003_third"] });
    expect(await ask(url, "SELECT id FROM one ORDER BY id")).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });

  it("write a workspace's voice anew in the form of today, and keep it as the first version", async () => {
    await cp(migrationsFolder, folder, { recursive: true });
    const later = readMigrations(folder).filter(({ name }) => name >= "0020");
    for (const { name } of later) await rm(join(folder, name), { recursive: true });
    await migrate(url, folder);
    const old = { brand: "Hearth", tone: "plain", values: ["made to last", "no pressure"], bannedWords: ["cheap"] };
    await ask(
      url,
      `INSERT INTO workspace (name, kind, locale, time_zone, currency, sender, voice)
       VALUES ('Shop', 'live', 'en-GB', 'Europe/London', 'GBP', '{}', '${JSON.stringify(old)}')`,
    );
    await migrate(url);
    const values = [
      { id: "value_1", text: { "en-GB": "made to last" } },
      { id: "value_2", text: { "en-GB": "no pressure" } },
    ];
    const voice = brandVoice.parse({ ...old, values });
    expect(await ask(url, "SELECT voice, voice_version FROM workspace")).toEqual([{ voice, voice_version: 1 }]);
    expect(await ask(url, "SELECT version, voice, person_id FROM brand_voice_version")).toEqual([
      { version: 1, voice, person_id: null },
    ]);
  });

  it("are booked as Prisma books them", async () => {
    await cp(migrationsFolder, folder, { recursive: true });
    const [first] = readMigrations(folder);
    await migrate(url, folder);
    const bytes = await readFile(join(folder, String(first?.name), "migration.sql"));
    const rows = await ask(url, "SELECT * FROM _prisma_migrations ORDER BY migration_name LIMIT 1");
    expect(rows).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        checksum: createHash("sha256").update(bytes).digest("hex"),
        migration_name: first?.name,
        started_at: expect.any(Date),
        finished_at: expect.any(Date),
        logs: null,
        rolled_back_at: null,
        applied_steps_count: 1,
      },
    ]);
  });

  it("run once when several programs start at the same moment", async () => {
    await write("0001_first", "CREATE TABLE one (id int); SELECT pg_sleep(0.2);");
    const all = await Promise.all([migrate(url, folder), migrate(url, folder), migrate(url, folder)]);
    expect(all.flatMap(({ applied }) => applied)).toEqual(["0001_first"]);
  });

  it("leave nothing behind when one fails, name its line, and go on once it is mended", async () => {
    await write("0001_first", "CREATE TABLE one (id int);");
    await write("0002_second", "CREATE TABLE two (id int);\nINSERT INTO nowhere VALUES (1);");
    await expect(migrate(url, folder)).rejects.toThrow(
      'Migration 0002_second failed and was rolled back at line 2: relation "nowhere" does not exist',
    );
    expect(await ask(url, "SELECT to_regclass('one') AS one, to_regclass('two') AS two")).toEqual([
      { one: "one", two: null },
    ]);
    await write("0002_second", "CREATE TABLE two (id int);");
    expect(await migrate(url, folder)).toEqual({ applied: ["0002_second"] });
  });

  it("refuse a migration that was changed after it was applied", async () => {
    await write("0001_first", "CREATE TABLE one (id int);");
    await migrate(url, folder);
    await write("0001_first", "CREATE TABLE one (id bigint);");
    await write("0002_second", "CREATE TABLE two (id int);");
    await expect(migrate(url, folder)).rejects.toThrow("0001_first was changed after it was applied");
    expect(await ask(url, "SELECT to_regclass('two') AS two")).toEqual([{ two: null }]);
  });

  it("refuse a database in which Prisma left a migration half done, until it is marked as rolled back", async () => {
    await write("0001_first", "CREATE TABLE one (id int);");
    await migrate(url, folder);
    await ask(url, "DROP TABLE one; UPDATE _prisma_migrations SET finished_at = NULL, logs = 'broke'");
    await expect(migrate(url, folder)).rejects.toThrow("0001_first failed halfway");
    await ask(url, "UPDATE _prisma_migrations SET rolled_back_at = now()");
    expect(await migrate(url, folder)).toEqual({ applied: ["0001_first"] });
  });

  it("refuse a database that a newer version has migrated", async () => {
    await write("0001_first", "CREATE TABLE one (id int);");
    await write("0002_second", "CREATE TABLE two (id int);");
    await migrate(url, folder);
    await rm(join(folder, "0002_second"), { recursive: true });
    await expect(migrate(url, folder)).rejects.toThrow("0002_second, which this version of Chorus does not know");
  });

  it("name a folder that holds no migration", async () => {
    await mkdir(join(folder, "0001_first"));
    await expect(migrate(url, folder)).rejects.toThrow("holds no migration.sql");
  });
});
