/** `chorus verify`: whether what the books say was accepted is what arrived in the sandbox, and nothing else. */
import { channels } from "@chorus/channels/registry";
import { openIdSeal } from "@chorus/core/id";
import { eachHandedOver } from "@chorus/db/handed-over";
import { type Db, openDb } from "@chorus/db/open";
import { eachWireEntry } from "@chorus/sandbox/wire-log";
import { type Comparison, compare, type Difference } from "./compare.ts";
import { openEmbedded } from "./installation.ts";
import type { Settings } from "./settings.ts";
import { installationKey, lastSession, type Session } from "./state-folder.ts";
import { count, table } from "./table.ts";

/** 0: books and log agree. 1: they do not. */
export async function verify(of: {
  settings: Settings;
  run: string | null;
  say: (line: string) => void;
}): Promise<0 | 1> {
  const { settings, say } = of;
  const session = lastSession(settings.CHORUS_HOME);
  if (!session)
    throw new Error("There is nothing to verify yet: run the demo, or send a campaign with `npm start`, first.");
  const key = Buffer.from(settings.CHORUS_KEY ?? installationKey(settings.CHORUS_HOME), "base64");
  const seal = openIdSeal(key);
  const runId = of.run === null ? null : seal.open("run", of.run);
  if (of.run !== null && runId === null)
    throw new Error(`${of.run} is not the id of a run here: it looks like run_ and 26 letters.`);
  return await withDatabase(session, settings, async (db) => {
    const comparison = await compareBooks({ db, key, session, runId });
    for (const line of showComparison(comparison)) say(line);
    return comparison.differences.length === 0 ? 0 : 1;
  });
}

/** The books in this database against the wire log in that folder. */
export function compareBooks(of: {
  db: Db;
  key: Uint8Array;
  session: Pick<Session, "sandboxFolder" | "sandboxChannels">;
  runId: string | null;
}): Promise<Comparison> {
  return compare({
    ledger: eachHandedOver(of.db, of.runId),
    wire: eachWireEntry(of.session.sandboxFolder),
    seal: openIdSeal(of.key),
    channels: of.session.sandboxChannels,
    runId: of.runId,
  });
}

const differencesShown = 20;
const meanings: Readonly<Record<Difference["what"], string>> = {
  not_received: "accepted in the books, never arrived",
  not_in_books: "arrived, and the books do not say so",
  received_twice: "arrived more than once",
};

export function showComparison({ channels: counted, differences }: Comparison): string[] {
  const rows = Object.entries(counted).map(([channel, of]) => [
    channel,
    ...[of.accepted, of.received, of.inDoubt, of.inDoubtReceived].map(count),
    String(differences.filter((difference) => difference.channel === channel).length),
  ]);
  const numbers = ["accepted in the books", "arrived (ids)", "in doubt", "of those arrived", "differences"];
  const lines = table([{ title: "channel" }, ...numbers.map((title) => ({ title, align: "right" as const }))], rows);
  const shown = differences.slice(0, differencesShown).map(({ messageId, channel, what, state }) => {
    return `  ${messageId}  ${channel}  ${meanings[what]} (${state ?? "unknown there"})`;
  });
  const more = differences.length > shown.length ? [`  … and ${differences.length - shown.length} more`] : [];
  const verdict =
    differences.length === 0 ? "  Every message id agrees." : `  ${differences.length} message ids do not agree:`;
  return [...lines, verdict, ...shown, ...more];
}

/** The running program's database, the one of DATABASE_URL, or the embedded one, started for as long as this takes. */
async function withDatabase<T>(
  session: Session & { isRunning: boolean },
  settings: Settings,
  use: (db: Db) => Promise<T>,
): Promise<T> {
  const steps: (() => Promise<void> | void)[] = [];
  try {
    const embedded = { folder: settings.CHORUS_HOME, name: session.databaseName, say: () => {} };
    const isThere = session.isRunning || !session.isEmbedded;
    const db = await openDb({
      url: isThere ? session.databaseUrl : await openEmbedded(embedded, { add: (step) => steps.push(step) }),
      channels: channels.map((channel) => channel.id),
      connections: 2,
    });
    steps.push(() => db.close());
    return await use(db);
  } finally {
    for (const step of steps.reverse()) await step();
  }
}
