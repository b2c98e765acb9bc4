/** Pausing, stopping and starting again, with a real worker: what the provider's wire log says of when it bit. */
import { setTimeout as sleep } from "node:timers/promises";
import { openTestApi, type TestApi } from "@chorus/api/test-api";
import { addContacts, approve, haveLaunched, haveWritten, makeCampaign } from "@chorus/api/test-campaign";
import { openIdSeal } from "@chorus/core/id";
import { eachHandedOver } from "@chorus/db/handed-over";
import { migrateQueue } from "@chorus/queue/connect";
import { openSandbox, type Sandbox } from "@chorus/sandbox/open-sandbox";
import { temporaryFolder } from "@chorus/sandbox/test-sandbox";
import { readWireLog } from "@chorus/sandbox/wire-log";
import { readConfig } from "@chorus/worker/config";
import { startWorker } from "@chorus/worker/worker";
import { expect, it, onTestFinished } from "vitest";
import { compare } from "./compare.ts";
import { chooseProviders } from "./providers.ts";
import { readSettings } from "./settings.ts";
import { watchInvariants } from "./test-invariants.ts";

type Place = { api: TestApi; sandbox: Sandbox; folder: string; startWorker(): ReturnType<typeof startWorker> };

async function openPlace(): Promise<Place> {
  const folder = await temporaryFolder();
  const sandbox = await openSandbox({ folder });
  onTestFinished(() => sandbox.close());
  const at = { smtp: sandbox.smtpUrl, http: sandbox.httpUrl };
  const { environment } = chooseProviders({ settings: readSettings({}), sandbox: at, staysHere: true });
  const api = await openTestApi(environment);
  onTestFinished(() => api.close());
  await migrateQueue(api.databaseUrl);
  const config = readConfig({
    ...environment,
    DATABASE_URL: api.databaseUrl,
    PUBLIC_URL: api.url,
    CHORUS_KEY: Buffer.from(api.installationKey).toString("base64"),
    LOG_LEVEL: "silent",
  });
  return { api, sandbox, folder, startWorker: () => startWorker(config) };
}

const accepted = async ({ folder }: Place) => (await readWireLog(folder)).filter((entry) => entry.event === "accepted");

/** Slow enough that something is always in the provider's hands, until `hurry` is called. */
async function launchSlowly(place: Place, contacts: number) {
  const { api } = place;
  const faults = `${place.sandbox.httpUrl}/control/faults`;
  const slow = [{ provider: "smtp", match: {}, fault: { is: "hang", ms: 100 } }];
  const headers = { "content-type": "application/json" };
  await fetch(faults, { method: "POST", body: JSON.stringify(slow), headers });
  for (let n = 0; n < contacts; n += 350) await addContacts(api, Math.min(350, contacts - n));
  const campaign = await makeCampaign(api, { channels: ["email"] });
  const runId = await haveLaunched(api, campaign);
  const worker = await place.startWorker();
  onTestFinished(() => worker.stop());
  const invariants = watchInvariants(api.db);
  onTestFinished(() => invariants.stop());
  return {
    invariants,
    runId,
    pull: (lever: "pause" | "resume" | "cancel") => api.ask("POST", `/v1/campaigns/${campaign.id}/${lever}`),
    run: async () => (await api.ask("GET", `/v1/campaigns/${campaign.id}/runs`)).body.items[0],
    books: async () => (await api.ask("GET", `/v1/campaigns/${campaign.id}/report`)).body.books,
    hurry: () => fetch(faults, { method: "DELETE" }),
  };
}

/** Message by message: what the ledger says of everybody is what the provider took, and nothing came twice. */
async function expectLedgerToBeTheWire({ api, folder }: Place, runId: string): Promise<void> {
  const seal = openIdSeal(api.installationKey);
  const [wire, ledger] = [await readWireLog(folder), eachHandedOver(api.db, runId)];
  const { differences } = await compare({ ledger, wire, seal, channels: ["email"], runId: null });
  expect(differences).toEqual([]);
}

const patient = { timeout: 60_000, interval: 200 };
const pauses = 20;

it(`D11, D12: a pause bites within a second, and after ${pauses} of them everybody has got one message`, async () => {
  const contacts = 700;
  const place = await openPlace();
  const { runId, pull, run, books, hurry, invariants } = await launchSlowly(place, contacts);
  let withProvider = 0;
  for (let time = 0; time < pauses; time++) {
    await sleep(Math.random() * 200);
    const { status, body } = await pull("pause");
    const pausedAt = Date.now();
    expect(status, "it was under way at every pause").toBe(200);
    withProvider += body.alreadyWithProvider;
    const isLooked = time % 10 === 5;
    await sleep(isLooked ? 1_200 : Math.random() * 60);
    if (isLooked) {
      const after = (await accepted(place)).filter((entry) => Date.parse(entry.at) > pausedAt);
      expect(after.filter((entry) => Date.parse(entry.at) > pausedAt + 1_000)).toEqual([]);
      expect(after.length).toBeLessThanOrEqual(body.alreadyWithProvider);
    }
    await pull("resume");
  }
  expect(withProvider).toBeGreaterThan(0);
  await hurry();
  await expect.poll(async () => (await run()).state, patient).toBe("finished");
  expect(await books()).toMatchObject({ planned: contacts, accepted: contacts, inDoubt: 0, open: 0 });
  await expectLedgerToBeTheWire(place, runId);
  await invariants.expectHeld();
}, 120_000);

it("D12: a campaign that was cancelled halfway is sent on to the unsent, and nobody gets it twice", async () => {
  const contacts = 200;
  const place = await openPlace();
  const { runId, pull, run, books, hurry, invariants } = await launchSlowly(place, contacts);
  await expect.poll(async () => (await accepted(place)).length, patient).toBeGreaterThan(20);
  await pull("cancel");
  await expect.poll(async () => (await run()).state, patient).toBe("cancelled");
  const { accepted: reached, cancelled } = await books();
  expect([reached + cancelled, cancelled > 0, (await accepted(place)).length]).toEqual([contacts, true, reached]);
  await hurry();
  const sentOn = await place.api.ask("POST", `/v1/runs/${(await run()).id}/send-unsent`);
  expect(sentOn.body.unsent).toBe(cancelled);
  await expect.poll(async () => (await run()).state, patient).toBe("finished");
  expect(await books()).toMatchObject({ planned: contacts, accepted: contacts, cancelled: 0, open: 0 });
  await expectLedgerToBeTheWire(place, runId);
  await invariants.expectHeld();
}, 120_000);

it("D14: six hours over a schedule and in mid-campaign, nothing leaves until a person says so", async () => {
  const place = await openPlace();
  const { api } = place;
  const first = await place.startWorker();
  await first.stop();
  await addContacts(api, 20);
  const halfway = await makeCampaign(api, { channels: ["email"] });
  await haveLaunched(api, halfway);
  const planned = await makeCampaign(api, { channels: ["email"] });
  await haveWritten(api, planned);
  await approve(api, planned);
  await api.ask("POST", `/v1/campaigns/${planned.id}/schedule`, { body: { at: "now" } });
  await api.db.sql.query(
    `alter database ${new URL(api.databaseUrl).pathname.slice(1)} set chorus.clock_shift = '6 hours'`,
  );

  const second = await place.startWorker();
  onTestFinished(() => second.stop());
  const stop = async () => (await api.ask("GET", "/v1/stop")).body.stop;
  expect(await stop()).toMatchObject({
    because: expect.stringMatching(/No worker has run since.+20 open messages, 1 scheduled/),
  });
  await sleep(2_500); // two sweeps
  expect(await accepted(place)).toEqual([]);

  expect((await api.ask("POST", "/v1/release")).body.released).toBe(true);
  await expect.poll(async () => (await accepted(place)).length, { timeout: 20_000 }).toBe(20);
  const runs = async () => (await api.ask("GET", `/v1/campaigns/${planned.id}/runs`)).body.items;
  await expect.poll(runs, { timeout: 20_000 }).toMatchObject([{ state: "missed" }]);
  await sleep(1_500);
  expect(await accepted(place), "what was overdue asks again, for itself").toHaveLength(20);
  await api.ask("POST", `/v1/campaigns/${planned.id}/resume`);
  await expect.poll(async () => (await accepted(place)).length, { timeout: 20_000 }).toBe(40);
}, 120_000);
