/** Provider accounts at work in real processes: whom an installation speaks to, and what a change of account does. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { accountVariables } from "@chorus/channels/accounts";
import { channels } from "@chorus/channels/registry";
import { accountList, accountTestView, accountView } from "@chorus/core/wire-accounts";
import { approvalView, campaignView, preflightView } from "@chorus/core/wire-campaigns";
import { reportView, runList } from "@chorus/core/wire-runs";
import { type Db, openDb } from "@chorus/db/open";
import { openTestDatabase } from "@chorus/db/test-db";
import { migrateQueue } from "@chorus/queue/connect";
import { openSandbox, type Sandbox } from "@chorus/sandbox/open-sandbox";
import { readWireLog } from "@chorus/sandbox/wire-log";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Client, openClient } from "./client.ts";
import { startProcess } from "./processes.ts";
import { root } from "./settings.ts";
import { createWithKeys } from "./workspace.ts";

/** More than are leased at once: what is leased goes out through the account it was leased for. */
const contacts = 200;
const undo: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

type Place = { db: Db; client: Client; folder: string; connectionsFile: string };

/** API and worker as processes whose every connection is written down, with no account in their environment. */
async function openPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "chorus-accounts-"));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const database = await openTestDatabase();
  undo.push(() => database.close());
  await migrateQueue(database.url);
  const connectionsFile = join(folder, "connections.jsonl");
  const env = {
    DATABASE_URL: database.url,
    CHORUS_KEY: randomBytes(32).toString("base64"),
    LOG_LEVEL: "info",
    CONNECTIONS_FILE: connectionsFile,
    NODE_OPTIONS: `--import=${pathToFileURL(join(root, "apps/cli/test/note-connections.mjs"))}`,
    ...Object.fromEntries(outside.map((name) => [name, ""])),
  };
  const start = async <Ready>(name: string, more: Record<string, string>, ready: z.ZodType<Ready>) => {
    const main = join(root, `apps/${name}/src/start.ts`);
    const wanted = { name, main, logFile: join(folder, `${name}.log`), env: { ...env, ...more }, ready };
    const running = await startProcess(wanted, new AbortController().signal);
    undo.push(() => running.stop());
    return running.ready;
  };
  const { url } = await start("api", {}, z.object({ event: z.literal("api.ready"), url: z.string() }));
  await start("worker", { PUBLIC_URL: url }, z.object({ event: z.literal("worker.ready") }));
  const db = await openDb({ url: database.url, channels: channels.map((each) => each.id), connections: 2 });
  undo.push(() => db.close());
  const people = [{ name: "Ada", email: "ada@example.com", role: "owner" as const }];
  const [key = ""] = await createWithKeys(db, { name: "Accounts", kind: "sandbox", people });
  return { db, folder, connectionsFile, client: openClient({ url, key, signal: new AbortController().signal }) };
}

/** Whatever this machine's own environment says, these processes have no account and no model. */
const outside = [...Object.keys(accountVariables), "OPENAI_BASE_URL", "OPENAI_API_KEY"];

async function sandboxIn(folder: string, name: string): Promise<Sandbox & { accepted(): Promise<number> }> {
  const place = join(folder, name);
  const sandbox = await openSandbox({ folder: place });
  undo.push(() => sandbox.close());
  const accepted = async () => (await readWireLog(place)).filter((entry) => entry.event === "accepted").length;
  return { ...sandbox, accepted };
}

async function* contactRows() {
  yield "external_id,first_name,email,consent_email,locale\n";
  for (let n = 0; n < contacts; n++) yield `k${n},Name ${n},k${n}@example.com,yes,en\n`;
}

async function launch({ client }: Place): Promise<string> {
  await client.upload("/v1/imports/contacts", contactRows(), { answer: z.object({ accepted: z.number() }) });
  const brief = { goal: "Say hello", factSheet: { facts: [], links: [{ id: "shop", url: "https://shop.example/" }] } };
  const wish = { name: "Hello", brief, channels: ["email"], locales: ["en"] };
  const { id } = await client.post("/v1/campaigns", wish, campaignView);
  await client.post(`/v1/campaigns/${id}/plan`, undefined, campaignView);
  while ((await client.get(`/v1/campaigns/${id}`, campaignView)).state !== "in_review") await sleep(100);
  const { contentHash, audienceSize } = await client.get(`/v1/campaigns/${id}/preflight`, preflightView);
  await client.post(`/v1/campaigns/${id}/approve`, { contentHash, audienceSize }, approvalView);
  await client.post(`/v1/campaigns/${id}/schedule`, { at: "now" }, campaignView);
  return id;
}

const give = ({ client }: Place, url: string) =>
  client.put("/v1/accounts/email", { provider: "smtp", settings: { url, concurrency: 1 } }, accountView);
const newestRun = async ({ client }: Place, campaignId: string) =>
  (await client.get(`/v1/campaigns/${campaignId}/runs`, runList)).items[0];

type Connection = { process: string; is: string; address?: string; host?: string };
const connectionsOf = ({ connectionsFile }: Place): Connection[] =>
  readFileSync(connectionsFile, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

describe("an installation without accounts", () => {
  it("opens no socket that leaves this machine, although a campaign is due on it", { timeout: 300_000 }, async () => {
    const place = await openPlace();
    const { items } = await place.client.get("/v1/accounts", accountList);
    expect(items.map((each) => each.account)).toEqual(channels.map(() => null));
    const campaignId = await launch(place);
    await expect.poll(() => newestRun(place, campaignId), { timeout: 30_000 }).toMatchObject({ state: "sending" });
    await sleep(5_000); // the worker's sweeps, beats and attempts to send
    const report = await place.client.get(`/v1/campaigns/${campaignId}/report`, reportView);
    expect(report).toMatchObject({ accounts: [], books: { planned: contacts, open: contacts } });

    const seen = connectionsOf(place);
    const watched = (name: string) => seen.filter((each) => each.process.includes(`/${name}-start-`));
    for (const name of ["api", "worker"]) {
      expect(watched(name).some((each) => each.is === "watching")).toBe(true);
      expect(
        watched(name).filter((each) => each.is === "connect").length,
        `${name} speaks to PostgreSQL`,
      ).toBeGreaterThan(0);
    }
    const away = seen.filter(({ is, address }) => is !== "watching" && !/^(\/|127\.|::1$)/.test(address ?? ""));
    expect(away).toEqual([]);
  });
});

describe("a workspace's own account", () => {
  it("carries what waited for it, is exchanged in mid-run without a restart, and stands on the run by name", {
    timeout: 180_000,
  }, async () => {
    const place = await openPlace();
    const [first, second] = [await sandboxIn(place.folder, "first"), await sandboxIn(place.folder, "second")];
    const campaignId = await launch(place);
    await slowDown(first, 200);
    await give(place, first.smtpUrl);
    const test = await place.client.post("/v1/accounts/email/test", undefined, accountTestView);
    expect(test).toMatchObject({ works: true });
    await expect.poll(() => first.accepted(), { timeout: 60_000, interval: 50 }).toBeGreaterThan(2);
    await give(place, second.smtpUrl);
    await expect.poll(async () => (await newestRun(place, campaignId))?.state, { timeout: 90_000 }).toBe("finished");

    const [one, two] = [await first.accepted(), await second.accepted()];
    expect(one + two, "nobody got it twice, nobody was lost").toBe(contacts);
    expect(Math.min(one, two)).toBeGreaterThan(0);
    const name = (sandbox: Sandbox) => new URL(sandbox.smtpUrl).host;
    const run = await newestRun(place, campaignId);
    expect(run?.accounts.map(({ channel, account }) => [channel, account])).toEqual([
      ["email", name(first)],
      ["email", name(second)],
    ]);
    const report = await place.client.get(`/v1/campaigns/${campaignId}/report`, reportView);
    expect(report.accounts).toEqual(run?.accounts);
    expect(report.books).toMatchObject({ accepted: contacts, open: 0, inDoubt: 0 });
  });
});

describe("a database that fails while an account is opened", () => {
  it("says nothing about the account: its messages come again within seconds, and nothing is blocked", {
    timeout: 180_000,
  }, async () => {
    const place = await openPlace();
    const sandbox = await sandboxIn(place.folder, "only");
    await give(place, sandbox.smtpUrl);
    await failOnOpening(place.db, 3);
    const campaignId = await launch(place);
    const state = async () => (await newestRun(place, campaignId))?.state;
    await expect.poll(state, { timeout: 25_000, interval: 200 }).toBe("finished");
    expect(await sandbox.accepted()).toBe(contacts);
    const { rows } = await place.db.sql.query(
      "select blocked_because, (select last_value::int from hiccups) as hiccups from carrier",
    );
    expect(rows).toEqual([{ blocked_because: null, hiccups: 4 }]);
  });
});

/** A worker notes of a carrier whether it can be asked when it opens it: that fails, so many times. */
async function failOnOpening(db: Db, times: number): Promise<void> {
  await db.sql.query(
    `create sequence hiccups;
     create function hiccup() returns trigger language plpgsql as $$
       begin if nextval('hiccups') <= ${times} then raise 'too many connections'; end if; return new; end $$;
     create trigger hiccup before update of can_ask on carrier for each row execute function hiccup()`,
  );
}

async function slowDown({ httpUrl }: Sandbox, ms: number): Promise<void> {
  const rules = [{ provider: "smtp", match: {}, fault: { is: "hang", ms } }];
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${httpUrl}/control/faults`, { method: "POST", headers, body: JSON.stringify(rules) });
  if (!answer.ok) throw new Error(await answer.text());
}
