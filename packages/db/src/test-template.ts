/** The migrated, empty database that test databases are cloned from. */
import pg from "pg";
import { migrate } from "./migrate.ts";

/** Nobody can connect to it afterwards, because CREATE DATABASE refuses a template that is in use. */
export async function makeTemplate(server: { url: string; template: string }): Promise<void> {
  await migrate(withDatabase(server.url, server.template));
  const client = new pg.Client({ connectionString: withDatabase(server.url, "postgres") });
  await client.connect();
  try {
    await client.query(`ALTER DATABASE ${server.template} IS_TEMPLATE true ALLOW_CONNECTIONS false`);
  } finally {
    await client.end();
  }
}

/** The same server and account, another database. */
export function withDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}
