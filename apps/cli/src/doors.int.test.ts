/** What the README tells a service and an operator to type, typed; and a security message in the middle of a campaign. */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { z } from "zod";
import { readmeCommand } from "./readme-example.ts";
import { launchCampaign, openTestPlace, type TestPlace, until } from "./test-place.ts";

/** A campaign that is under way for a while: each mail takes its time at the provider. */
const contacts = 400;
const providerMs = 300;
/** Two cores run the campaign, the API and the stand-ins at the same moment. */
const urgentWithinMs = 4_000;

const backends = [
  { name: "PostgreSQL", queueUrl: (databaseUrl: string) => databaseUrl },
  { name: "Redis", queueUrl: () => `${inject("redisUrl")}?prefix=doors-${randomUUID().slice(0, 8)}` },
];

describe.each(backends)("with the queue on $name", ({ name, queueUrl }) => {
  const isMissing = name === "Redis" && !inject("redisUrl");
  let place: TestPlace;
  beforeAll(async () => {
    if (!isMissing) place = await openTestPlace({ queueUrl });
  }, 120_000);
  afterAll(() => place?.close());

  const type = async (command: string): Promise<Json> => {
    const env = { ...process.env, CHORUS: place.apiUrl, KEY: place.apiKey };
    const { stdout } = await promisify(execFile)("sh", ["-ec", command], { env });
    return JSON.parse(stdout);
  };
  const arrivals = async (query: string): Promise<Json[]> =>
    JSON.parse(await (await fetch(`${place.sandboxUrl}/inbox.json?${query}`)).text()).messages;
  const message = (id: string): Promise<Json> =>
    type(`curl -sS "$CHORUS/v1/messages/${id}" -H "Authorization: Bearer $KEY"`);

  it.skipIf(isMissing)("a service sends with the README's curl, and the mail is in the inbox", async () => {
    const { id } = await type(readmeCommand("**A service sends.**"));
    await until(async () => (await arrivals("to=ann@example.com")).length === 1);
    const [mail] = await arrivals("to=ann@example.com");
    expect(mail).toMatchObject({ channel: "email", messageId: id });
    expect(JSON.stringify(mail)).toMatch(/Your order 1017[\s\S]*Thank you, Ann/);
    expect(JSON.stringify(mail), "a receipt has no way out of it").not.toMatch(/List-Unsubscribe/i);
    expect((await type(readmeCommand("**A service sends.**"))).id).toBe(id);
    await until(async () => (await message(id)).state === "accepted");
    expect(await arrivals("to=ann@example.com")).toHaveLength(1);
  });

  it.skipIf(isMissing)("an operator finds a failed message with the README's curl, and why it failed", async () => {
    await place.sandbox.addFaults([
      { provider: "smtp", match: { to: "ann@example.com" }, fault: { is: "hard_bounce" } },
    ]);
    const failing = readmeCommand("**A service sends.**").replace("order-1017-receipt", "order-1018-receipt");
    const { id } = await type(failing);
    await until(async () => (await message(id)).state === "failed");
    const found = await type(readmeCommand("**An operator finds a failed message**"));
    expect(found.items).toMatchObject([{ id, state: "failed", reason: "no_such_address" }]);
    expect((await message(id)).attempts).toMatchObject([
      { outcome: "failed", detail: expect.stringMatching(/5\.1\.1/) },
    ]);
  });

  it.skipIf(isMissing)("D16: a security message does not wait behind a campaign", { timeout: 180_000 }, async () => {
    const rows = Array.from({ length: contacts }, (_, n) => `s${n},s${n}@example.com,yes,en`);
    await place.client.upload("/v1/imports/contacts", csv(rows), { answer: anything });
    await place.sandbox.addFaults([{ provider: "smtp", match: { to: "s*" }, fault: { is: "hang", ms: providerMs } }]);
    await launchCampaign(place, { channels: ["email"] });
    const isBusy = async () => Number((await openMarketing()).sending) >= 5;
    await until(isBusy);
    const started = performance.now();
    const { id } = await type(codeFor("bob@example.com"));
    await until(async () => (await arrivals("to=bob@example.com")).length === 1);
    const tookMs = performance.now() - started;
    expect(Number((await openMarketing()).waiting), "the campaign still had people to reach").toBeGreaterThan(50);
    expect(tookMs).toBeLessThan(urgentWithinMs);
    await until(async () => (await message(id)).state === "accepted");
  });

  async function openMarketing() {
    const { rows } = await place.db.sql.query(
      "select count(*) filter (where state = 2) as sending, count(*) filter (where state <> 2) as waiting from due where class = 2",
    );
    return rows[0];
  }
});

/** Whatever came back; a test that reads a field it should not have finds `undefined` and fails on it. */
// biome-ignore lint/suspicious/noExplicitAny: the outside is untyped on purpose, tests compare what really came
type Json = any;

const anything = z.unknown();

async function* csv(rows: readonly string[]) {
  yield `external_id,email,consent_email,locale\n${rows.join("\n")}\n`;
}

const codeFor = (address: string): string => `curl -sS "$CHORUS/v1/messages" -H "Authorization: Bearer $KEY" \
  -H "Content-Type: application/json" -H "Idempotency-Key: ${randomUUID()}" -d '${JSON.stringify({
    ...{ channel: "email", class: "security", to: { address } },
    content: {
      subject: "Your code",
      headline: "Your code",
      paragraphs: ["Use it to sign in. Nobody of us asks for it."],
    },
  })}'`;
