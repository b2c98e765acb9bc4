/** `npm run demo`: a real shop, one whole campaign, and books that balance. Reads from top to bottom as the story it is. */
import { writeFileSync } from "node:fs";
import { channels } from "@chorus/channels/registry";
import { approveAndSend, makeCampaign, makeSegments, readPreflight, watchRun, writeCopy } from "./campaign.ts";
import { type Client, openClient } from "./client.ts";
import { demoFaults } from "./faults.ts";
import { type Halt, untilStopped } from "./halt.ts";
import { importShop, suppressSome } from "./importing.ts";
import { type Installation, withInstallation } from "./installation.ts";
import { opsLink } from "./ops-link.ts";
import { makeRoomFor, type Report, writeOutcome } from "./out.ts";
import { openMeters } from "./progress.ts";
import { refuseOutsideProviders } from "./providers.ts";
import { reckon } from "./reckon.ts";
import { showPreflight, showProviders, showReport } from "./report.ts";
import { openSandboxControl, type SandboxControl } from "./sandbox-control.ts";
import { playScenario, readScenario, type Scenario } from "./scenario.ts";
import type { Settings } from "./settings.ts";
import { openShop, type Shop } from "./shop.ts";
import { brand } from "./shop-voice.ts";
import { count } from "./table.ts";
import { createWithKeys } from "./workspace.ts";

export type DemoOptions = {
  readonly exit: boolean;
  readonly json: string | null;
  readonly limit: number | null;
  /** One of ours by its name, or a file; null: the shop. */
  readonly scenario: string | null;
};
type Telling = {
  readonly options: DemoOptions;
  readonly settings: Settings;
  readonly halt: Halt;
  readonly say: (line: string) => void;
};

/** Answers the exit code: 0 when every message is accounted for and what was accepted is what arrived. */
export async function demo(of: Telling): Promise<number> {
  const { options, settings, halt, say } = of;
  const startedAt = performance.now();
  refuseOutsideProviders(settings);
  if (options.json) makeRoomFor(options.json);
  const tell = options.scenario === null ? tellShop(of) : tellScenario(of, readScenario(options.scenario));
  return await withInstallation(
    { command: "demo", settings, halt, say: (line) => say(`  ${line}`) },
    async (chorus) => {
      for (const line of showProviders(chorus.providers)) say(`  ${line}`);
      const [authorKey = "", approverKey = ""] = await createWithKeys(chorus.db, {
        name: brand,
        kind: "sandbox",
        people: [
          { name: "Ada Author", email: "ada@shop.example", role: "author" },
          { name: "Abel Approver", email: "abel@shop.example", role: "approver" },
        ],
      });
      const link = await opsLink(chorus);
      say(`\nWatch it all from the operators' page:\n\n  ${link}`);
      const author = openClient({ url: chorus.apiUrl, key: authorKey, signal: halt.signal });
      const approver = openClient({ url: chorus.apiUrl, key: approverKey, signal: halt.signal });
      const sandbox = openSandboxControl({ url: chorus.sandboxUrl, signal: halt.signal });
      const cast = { ...of, chorus, author, approver, sandbox, startedAt };
      const { campaignId, code } = await tell(cast);
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      say(`\n${options.json ? `The figures are in ${options.json}. ` : ""}All of it took ${seconds} seconds.`);
      if (!options.exit) await stayUp(cast, { campaignId, key: authorKey });
      return code;
    },
  );
}

type Told = { readonly campaignId: string; readonly code: 0 | 1 };

function tellShop({ options, halt, say }: Telling): (cast: Cast) => Promise<Told> {
  const media = new Intl.ListFormat("en-GB").format(channels.map(({ label }) => label));
  say(`Chorus demo: a gift shop, its customers, one campaign on ${media}.\n`);
  const reading = openShop({ limit: options.limit ?? undefined, now: new Date() });
  reading.catch(() => {}); // awaited below, when the processes are up
  return async (cast) => {
    const { author } = cast;
    const segments = await bringInTheShop(cast, await reading);
    const campaignId = await makeCampaign(author, segments);
    const variants = await withMeters((meters) =>
      writeCopy({ client: author, campaignId, meters, signal: halt.signal }),
    );
    const report = await approveAndWatch(cast, campaignId);
    const story = await reckon({ ...cast, client: author, signal: halt.signal, variants, report });
    for (const line of showReport(story)) say(line);
    if (options.json) writeOutcome(options.json, story.outcome);
    const agrees = story.disagreements.length === 0 && story.comparison.differences.length === 0;
    return { campaignId, code: agrees ? 0 : 1 };
  };
}

function tellScenario({ options, halt, say }: Telling, scenario: Scenario): (cast: Cast) => Promise<Told> {
  say("Chorus demo: one kind of reader, and what is offered to them.\n");
  return async ({ author, approver }) => {
    const { campaignId, ...played } = await playScenario({ scenario, author, approver, signal: halt.signal, say });
    if (options.json) writeFileSync(options.json, `${JSON.stringify(played, null, 2)}\n`);
    const isWhole = played.copies.every(({ state }) => state === "written");
    return { campaignId, code: isWhole ? 0 : 1 };
  };
}

type Cast = Telling & {
  readonly chorus: Installation;
  readonly author: Client;
  readonly approver: Client;
  readonly sandbox: SandboxControl;
  readonly startedAt: number;
};

async function withMeters<T>(use: (meters: ReturnType<typeof openMeters>) => Promise<T>): Promise<T> {
  const meters = openMeters(process.stdout);
  try {
    return await use(meters);
  } finally {
    meters.end();
  }
}

async function bringInTheShop({ author, sandbox, chorus, say }: Cast, shop: Shop): Promise<{ id: string }[]> {
  say(
    `\nThe shop comes in through the API: ${count(shop.productCount)} products, ${count(shop.shoppers.length)} customers, ${count(shop.activityCount)} purchases.\n`,
  );
  await withMeters((meters) => importShop(author, shop, meters));
  const suppressed = await suppressSome(author, shop);
  say(`  ${count(suppressed)} addresses must not be written to: complaints, unsubscribes, STOP`);
  await sandbox.introduce(
    shop.shoppers.map(({ firstName, externalId, email, phone }) => ({
      name: `${firstName} (${externalId})`,
      ...(email ? { email } : {}),
      ...(phone ? { phone } : {}),
    })),
  );
  await sandbox.addFaults(demoFaults(chorus.providers, shop.shoppers));
  const segments = await makeSegments(author);
  say("\nFive segments over what people bought; a rule alone would match:\n");
  for (const { name, matches } of segments) say(`  ${count(matches).padStart(7)}  ${name}`);
  say("\nThe copy is written, for each segment in English and Chinese:\n");
  return segments;
}

async function approveAndWatch({ author, approver, halt, say }: Cast, campaignId: string): Promise<Report> {
  const seen = await readPreflight(author, campaignId);
  say("\nBefore anybody says yes:\n");
  for (const line of showPreflight(seen)) say(line);
  await approveAndSend({ author, approver, campaignId, seen });
  say(
    `\nApproved by a second person for ${count(seen.audienceSize)} contacts and exactly this copy, and scheduled for now:\n`,
  );
  const watching = { client: author, campaignId, signal: halt.signal, preflight: seen };
  return await withMeters((meters) => watchRun({ ...watching, meters }));
}

/** What can be looked at for as long as somebody likes. */
async function stayUp({ chorus, halt, say }: Cast, of: { campaignId: string; key: string }): Promise<void> {
  const { apiUrl, sandboxUrl } = chorus;
  const report = `${apiUrl}/v1/campaigns/${of.campaignId}/report`;
  say("\nEverything stays up until Ctrl-C:\n");
  say(`  inbox     ${sandboxUrl}/`);
  say(`  operators ${(await opsLink(chorus)) ?? ""}`);
  say(`  API docs  ${apiUrl}/docs`);
  say(`  report    curl -H 'authorization: Bearer ${of.key}' ${report}`);
  say(`  metrics   ${apiUrl}/metrics`);
  await untilStopped(halt);
}
