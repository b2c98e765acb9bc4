/** The step of a deployment that changes tables: run once, before the new processes start. */
import { migrate } from "@chorus/db/migrate";
import { migrateQueue } from "@chorus/queue/connect";
import type { Settings } from "./settings.ts";

/** `npm run demo` and `npm start` do this by themselves; a database of one's own has to be named. */
export async function migrateDeployment(of: { settings: Settings; say: (line: string) => void }): Promise<number> {
  const { DATABASE_URL, QUEUE_URL } = of.settings;
  if (!DATABASE_URL) throw new Error("Set DATABASE_URL to the PostgreSQL that is to be brought up to date.");
  const { applied } = await migrate(DATABASE_URL);
  await migrateQueue(QUEUE_URL ?? DATABASE_URL);
  of.say(applied.length > 0 ? `Applied: ${applied.join(", ")}.` : "The database is up to date.");
  return 0;
}
