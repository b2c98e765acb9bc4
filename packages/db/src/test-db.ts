/** A database of its own for a test file, cloned from the migrated template in a fraction of a second. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { inject } from "vitest";
import { withDatabase } from "./test-template.ts";

export type TestDatabase = {
  readonly url: string;
  /** Drops the database. Throws if connections of the test were still open: what a test opens, it closes. */
  close(): Promise<void>;
};

/** A closed connection's server process takes a moment to leave the list. */
const leaveWithinMs = 3_000;

export async function openTestDatabase(): Promise<TestDatabase> {
  const server = inject("postgresUrl");
  const template = inject("templateDatabase");
  const name = `test_${randomBytes(8).toString("hex")}`;
  // Copying files beats replaying the log by far, on a server that does not wait for the disk (scripts/test-servers.ts).
  const create = `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`;
  await asAdministrator(server, (client) => client.query(create));
  return { url: withDatabase(server, name), close: () => asAdministrator(server, (client) => drop(client, name)) };
}

async function drop(client: pg.Client, name: string): Promise<void> {
  let open = await openConnections(client, name);
  for (const until = performance.now() + leaveWithinMs; open.length > 0 && performance.now() < until; ) {
    await sleep(20);
    open = await openConnections(client, name);
  }
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  if (open.length > 0) throw new Error(`the test left ${open.length} connections open:\n${open.join("\n")}`);
}

async function openConnections(client: pg.Client, name: string): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(
    `SELECT format('%s, %s, last query: %s', coalesce(nullif(application_name, ''), 'unnamed'), state, left(query, 120)) AS line
     FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
    [name],
  );
  return rows.map(({ line }) => line);
}

async function asAdministrator<T>(server: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: server, application_name: "openTestDatabase" });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
