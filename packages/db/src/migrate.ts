/**
 * Applies prisma/migrations/<name>/migration.sql in the order of their names, and keeps Prisma's own books about it, so
 * that `prisma migrate` goes on where we stopped and the other way round (docs/decisions/0002-migrations-without-an-engine.md).
 */
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";

export type Migration = { readonly name: string; readonly sql: string; readonly checksum: string };
type Applied = { migration_name: string; checksum: string; finished_at: Date | null };

export const migrationsFolder = fileURLToPath(new URL("../../../prisma/migrations", import.meta.url));

/** The key Prisma locks with, so that its `migrate deploy` and we wait for each other. Locks are per database. */
const lockKey = 72_707_369;
const waitForLockMs = 120_000;

/**
 * Makes the database if it is not there, and brings it up to date; `applied` names what this call did. Throws, with
 * nothing half done, if a migration fails, was changed after it was applied, or is unknown to this version of the code.
 */
export async function migrate(url: string, folder = migrationsFolder): Promise<{ applied: string[] }> {
  const migrations = readMigrations(folder);
  await createDatabase(url);
  const client = new pg.Client({ connectionString: url, application_name: "chorus migrate" });
  await client.connect();
  try {
    await client.query(`SET lock_timeout = ${waitForLockMs}`);
    await client.query("SELECT pg_advisory_lock($1)", [lockKey]);
    await client.query("RESET lock_timeout");
    await client.query(bookkeeping);
    const due = dueMigrations(migrations, await readApplied(client));
    for (const migration of due) await apply(client, migration);
    return { applied: due.map(({ name }) => name) };
  } finally {
    await client.end(); // gives the lock back as well
  }
}

export function readMigrations(folder: string): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const file = join(folder, name, "migration.sql");
      if (!existsSync(file))
        throw new Error(`${join(folder, name)} holds no migration.sql: add it, or remove the folder.`);
      const bytes = readFileSync(file);
      return { name, sql: bytes.toString("utf8"), checksum: createHash("sha256").update(bytes).digest("hex") };
    });
}

/** Prisma's table, word for word (schema-engine, sql-migration-connector). */
const bookkeeping = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;

/** What was rolled back counts as never applied. */
async function readApplied(client: pg.Client): Promise<Applied[]> {
  const { rows } = await client.query<Applied>(
    "SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL",
  );
  return rows;
}

function dueMigrations(migrations: Migration[], applied: Applied[]): Migration[] {
  const byName = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { migration_name: name, checksum, finished_at } of applied) {
    const known = byName.get(name);
    if (finished_at === null) {
      throw new Error(
        `Migration ${name} failed halfway in this database and was not mended. ` +
          `Undo what it did, then mark it with "prisma migrate resolve --rolled-back ${name}", or restore a backup.`,
      );
    }
    if (!known) {
      throw new Error(
        `This database has had migration ${name}, which this version of Chorus does not know: it is newer. ` +
          "Run the newer version, or use another database.",
      );
    }
    if (known.checksum !== checksum) {
      throw new Error(
        `Migration ${name} was changed after it was applied to this database. ` +
          "Put the file back as it was and write the change as a new migration; a scratch database can also be dropped.",
      );
    }
  }
  const done = new Set(applied.map((row) => row.migration_name));
  return migrations.filter(({ name }) => !done.has(name));
}

/** The migration and its line in the books are one transaction, so a failure leaves neither. */
async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  const startedAt = new Date();
  try {
    await client.query("BEGIN");
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, $4, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name, startedAt],
    );
    await client.query("COMMIT");
  } catch (cause) {
    await client.query("ROLLBACK").catch(() => {}); // the connection may be what failed; the cause says so
    throw new Error(`Migration ${name} failed and was rolled back${where(sql, cause)}`, { cause });
  }
}

function where(sql: string, cause: unknown): string {
  if (!(cause instanceof pg.DatabaseError)) return `: ${String(cause)}`;
  const line = cause.position ? ` at line ${sql.slice(0, Number(cause.position)).split("\n").length}` : "";
  return `${line}: ${cause.message}${cause.detail ? ` (${cause.detail})` : ""}`;
}

const noSuchDatabase = "3D000";
const alreadyThere = ["42P04", "23505"]; // another program made it in the same moment

async function createDatabase(url: string): Promise<void> {
  const probe = new pg.Client({ connectionString: url });
  try {
    await probe.connect();
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== noSuchDatabase) throw error;
    await createIn(url);
  } finally {
    await probe.end();
  }
}

async function createIn(url: string): Promise<void> {
  const maintenance = new URL(url);
  const name = decodeURIComponent(maintenance.pathname.slice(1));
  maintenance.pathname = "/postgres";
  const client = new pg.Client({ connectionString: maintenance.href, application_name: "chorus migrate" });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || !alreadyThere.includes(error.code ?? "")) throw error;
  } finally {
    await client.end();
  }
}
