/** `chorus verify`: whether the ledger keeps its invariants, and what it calls accepted is what arrived in the sandbox. */
import { channels } from "@chorus/channels/registry";
import { type IdSeal, openIdSeal } from "@chorus/core/id";
import { eachHandedOver } from "@chorus/db/handed-over";
import { checkInvariants, type Invariant } from "@chorus/db/invariants";
import { type Db, openDb } from "@chorus/db/open";
import { eachWireEntry } from "@chorus/sandbox/wire-log";
import { type Comparison, compare, type Difference } from "./compare.ts";
import { openEmbedded } from "./installation.ts";
import type { Settings } from "./settings.ts";
import { invariantsAsJson, showInvariants } from "./show-invariants.ts";
import { installationKey, lastSession, type Session } from "./state-folder.ts";
import { count, table } from "./table.ts";

type Found = { readonly invariants: readonly Invariant[]; readonly comparison: Comparison | null };

/** 0: all of it holds. 1: something does not. */
export async function verify(of: {
  settings: Settings;
  /** The run whose hand-overs are compared; null: all of them. */
  run: string | null;
  asJson: boolean;
  say: (line: string) => void;
}): Promise<0 | 1> {
  const { settings } = of;
  const session = lastSession(settings.CHORUS_HOME);
  const key = Buffer.from(keyOf(settings, session !== null), "base64");
  const seal = openIdSeal(key);
  const runId = of.run === null ? null : seal.open("run", of.run);
  if (of.run !== null && runId === null)
    throw new Error(`${of.run} is not the id of a run here: it looks like run_ and 26 letters.`);
  const found = await withDatabase(session, settings, async (db): Promise<Found> => {
    const invariants = await checkInvariants(db);
    return { invariants, comparison: session && (await compareBooks({ db, key, session, runId })) };
  });
  for (const line of of.asJson ? [asJson(found, seal)] : show(found, seal)) of.say(line);
  const differences = found.comparison?.differences.length ?? 0;
  return differences === 0 && found.invariants.every((each) => each.broken === 0) ? 0 : 1;
}

/** A deployment, whose processes are started one by one, has its key and its database in the environment. */
function keyOf({ CHORUS_KEY, CHORUS_HOME, DATABASE_URL }: Settings, hasSession: boolean): string {
  if (!hasSession && !DATABASE_URL)
    throw new Error("There is nothing to verify yet: run the demo, or send a campaign with `npm start`, first.");
  if (!hasSession && !CHORUS_KEY) throw new Error("Set CHORUS_KEY beside DATABASE_URL: ids are read with it.");
  return CHORUS_KEY ?? installationKey(CHORUS_HOME);
}

const asJson = ({ invariants, comparison }: Found, seal: IdSeal): string =>
  JSON.stringify({ invariants: invariantsAsJson(invariants, seal), comparison }, null, 2);

const show = ({ invariants, comparison }: Found, seal: IdSeal): string[] => [
  ...showInvariants(invariants, seal),
  ...(comparison ? ["", ...showComparison(comparison)] : []),
];

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
  session: (Session & { isRunning: boolean }) | null,
  settings: Settings,
  use: (db: Db) => Promise<T>,
): Promise<T> {
  const steps: (() => Promise<void> | void)[] = [];
  try {
    const db = await openDb({
      url: await urlOf(session, settings, (step) => steps.push(step)),
      channels: channels.map((channel) => channel.id),
      connections: 2,
    });
    steps.push(() => db.close());
    return await use(db);
  } finally {
    for (const step of steps.reverse()) await step();
  }
}

async function urlOf(
  session: (Session & { isRunning: boolean }) | null,
  settings: Settings,
  add: (step: () => Promise<void> | void) => void,
): Promise<string> {
  if (!session) return settings.DATABASE_URL ?? "";
  if (session.isRunning || !session.isEmbedded) return session.databaseUrl;
  return await openEmbedded({ folder: settings.CHORUS_HOME, name: session.databaseName, say: () => {} }, { add });
}
