import pg from "pg";
import { describe, expect, inject, it } from "vitest";
import { openTestDatabase } from "./test-db.ts";

async function isThere(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [
    new URL(url).pathname.slice(1),
  ]);
  await client.end();
  return rowCount === 1;
}

describe("a test database", () => {
  it("is migrated, empty, its own, and gone when closed", async () => {
    const [one, other] = await Promise.all([openTestDatabase(), openTestDatabase()]);
    expect(one.url).not.toBe(other.url);
    const client = new pg.Client({ connectionString: one.url });
    await client.connect();
    expect((await client.query("SELECT FROM _prisma_migrations")).rowCount).toBeGreaterThan(0);
    expect((await client.query("SELECT FROM workspace")).rowCount).toBe(0);
    await client.end();
    await Promise.all([one.close(), other.close()]);
    expect(await isThere(one.url)).toBe(false);
  });

  it("fails the test that left a connection open, and is dropped nevertheless", async () => {
    const database = await openTestDatabase();
    const client = new pg.Client({ connectionString: database.url, application_name: "forgetful" });
    const cut = new Promise<Error>((resolve) => client.on("error", resolve));
    await client.connect();
    await client.query("SELECT 1 AS last_words");
    await expect(database.close()).rejects.toThrow(/left 1 connections open:\nforgetful, idle, last query: SELECT 1/);
    expect(String(await cut)).toContain("terminating connection");
    expect(await isThere(database.url)).toBe(false);
  });
});
