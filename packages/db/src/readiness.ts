/** Whether the database has the shape this version of the code expects. */
import { migrationsFolder, readMigrations } from "./migrate.ts";
import type { Sql } from "./open.ts";

/** Names of migrations that this code holds and the database has not had yet. */
export async function pendingMigrations(sql: Sql): Promise<string[]> {
  const { rows } = await sql.query<{ name: string }>(
    "select migration_name as name from _prisma_migrations where finished_at is not null and rolled_back_at is null",
  );
  const applied = new Set(rows.map((row) => row.name));
  return readMigrations(migrationsFolder)
    .map((migration) => migration.name)
    .filter((name) => !applied.has(name));
}
