/** Removes a whole database, for the demo that begins anew. */
import pg from "pg";

/** Only names that end like this may be dropped: a mistyped URL must not cost anybody their data. */
const disposable = /_demo$/;

/** Ends the sessions of whoever is still connected to it. A database that is not there is no error. */
export async function dropDatabase(url: string): Promise<void> {
  const maintenance = new URL(url);
  const name = decodeURIComponent(maintenance.pathname.slice(1));
  if (!disposable.test(name))
    throw new Error(`The database "${name}" is not a demo's: its name does not end in _demo.`);
  maintenance.pathname = "/postgres";
  const client = new pg.Client({ connectionString: maintenance.href, application_name: "chorus reset" });
  await client.connect();
  try {
    await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
  } finally {
    await client.end();
  }
}
