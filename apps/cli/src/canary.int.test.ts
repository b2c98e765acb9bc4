/**
 * People and secrets that can be recognised anywhere go through everything that the product does; then every place that
 * must not know them is searched. `sandbox` is where they may be: it stands for the providers.
 */
import { randomBytes } from "node:crypto";
import { openIdSeal } from "@chorus/core/id";
import { reportView, runList } from "@chorus/core/wire-runs";
import { ensureCarrier } from "@chorus/db/carriers";
import { tapQueue } from "@chorus/queue/test-dump";
import { defaultAccounts } from "@chorus/sandbox/accounts";
import { describe, expect, inject, it } from "vitest";
import { launchCampaign, openTestPlace, type TestPlace, until } from "./test-place.ts";

const backends = [
  { name: "PostgreSQL", queueUrl: (databaseUrl: string) => databaseUrl },
  { name: "Redis", queueUrl: () => `${inject("redisUrl")}?prefix=canary-${randomBytes(4).toString("hex")}` },
];

/** No two share a part, and none is a word of ours. */
const mark = (what: string) => `${what}${randomBytes(5).toString("hex")}`;
const people = Array.from({ length: 8 }, (_, n) => ({
  externalId: mark("ext"),
  firstName: mark("Zwanette"),
  email: `${mark("mailbox")}@kanarie.example.com`,
  phone: `+1212555010${n}`,
  favourite: mark("Quokka"),
}));
const secrets = {
  twilioToken: mark("twiliotoken"),
  slackToken: `xoxb-${mark("slacktoken")}`,
  smtpPassword: mark("smtppassword"),
  modelKey: mark("modelkey"),
};
const said = {
  reply: mark("when-do-you-open-"),
  badValue: mark("not-a-locale-"),
  query: mark("searched-for-"),
  url: mark("no-such-page-"),
  strangersMail: `${mark("stranger-")}@example.com`,
  code: mark("code-"),
};

describe.each(backends)("with the queue on $name", ({ name, queueUrl }) => {
  it.skipIf(name === "Redis" && !inject("redisUrl"))(
    "no name, address, field, text, key or secret is in a log, a trace, a job, the queue's store or an attempt's words",
    { timeout: 240_000 },
    async () => {
      const place = await openTestPlace({
        queueUrl,
        settings: {
          TWILIO_AUTH_TOKEN: secrets.twilioToken,
          SLACK_BOT_TOKEN: secrets.slackToken,
          OPENAI_API_KEY: secrets.modelKey,
          SMTP_LOGIN: `relay:${secrets.smtpPassword}`,
        },
        env: { LOG_LEVEL: "trace" },
      });
      const tap = await tapQueue(place.queueUrl);
      try {
        await live(place);
        await misbehave(place);
        const ledger = await wordsOfLedger(place);
        await place.stopApps();
        const places = {
          logs: await place.logs("api", "worker"),
          traces: await place.exported(),
          queue: await tap.read(),
          ledger,
        };
        expectToBeAlive(places);
        expectToHaveReachedPeople(await wire(place));
        expect(findCanaries(places, place)).toEqual([]);
      } finally {
        await tap.close();
        await place.close();
      }
    },
  );
});

/** Imports, a campaign with every kind of failure, callbacks, a STOP, a reply, a click and an opt-out. */
async function live(place: TestPlace): Promise<void> {
  await importPeople(place);
  await place.sandbox.setInboundUrl(await webhookOf(place));
  const [first, second, third, fourth, fifth, sixth] = people;
  await place.sandbox.addFaults([
    { provider: "smtp", match: { to: first?.email }, fault: { is: "hard_bounce" } },
    { provider: "smtp", match: { to: second?.email }, fault: { is: "mailbox_full" } },
    { provider: "smtp", match: { to: third?.email }, fault: { is: "accept_then_hang_up" } },
    { provider: "twilio", match: { to: first?.phone }, fault: { is: "invalid_number" } },
    { provider: "twilio", match: { to: second?.phone }, fault: { is: "hard_bounce" } },
    { provider: "twilio", match: { to: third?.phone }, fault: { is: "server_error", times: 1 } },
    { provider: "twilio", match: { to: fourth?.phone }, fault: { is: "reply", text: "STOP", afterMs: 0 } },
    { provider: "twilio", match: { to: fifth?.phone }, fault: { is: "reply", text: said.reply, afterMs: 0 } },
    { provider: "twilio", match: { to: sixth?.phone }, fault: { is: "rate_limited", retryAfterSeconds: 1, times: 1 } },
  ]);
  const campaignId = await launchCampaign(place, { channels: ["email", "sms"] });
  // A full mailbox is tried again after a minute, which nobody here waits for.
  await until(async () => (await count(place, "message")) === 2 * people.length);
  await until(async () => (await count(place, "due where state > 0 or not_before <= chorus_now()")) === 0);
  const { items } = await place.client.get(`/v1/campaigns/${campaignId}/runs`, runList);
  const { books } = await place.client.get(`/v1/runs/${items[0]?.id}/report`, reportView);
  expect(Object.keys(books.failed).length, "the campaign met refusals").toBeGreaterThan(0);
  expect(books.inDoubt, "and a doubt").toBeGreaterThan(0);
  await sendCode(place);
  await until(async () => (await count(place, "suppression where reason = 'stop'")) > 0);
  await until(async () => (await count(place, "activity where kind = 'reply'")) > 0);
  await until(async () => (await count(place, "provider_event where kind = 'undelivered'")) > 0);
}

/** A single send to an address that is nobody's, by way of the queue for what is urgent; its provider says no. */
async function sendCode({ apiUrl, apiKey, sandbox, db }: TestPlace): Promise<void> {
  await sandbox.addFaults([{ provider: "smtp", match: { to: said.strangersMail }, fault: { is: "hard_bounce" } }]);
  const answer = await fetch(`${apiUrl}/v1/messages`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${apiKey}`,
      "content-type": "application/json",
      "idempotency-key": "canary-code",
    },
    body: JSON.stringify({
      ...{ channel: "email", class: "security", to: { address: said.strangersMail }, fields: { code: said.code } },
      content: { subject: "Your code", headline: "Your code", paragraphs: ["It is {{contact:code|on its way}}."] },
    }),
  });
  expect(answer.status).toBe(202);
  await until(
    async () => (await db.sql.query("select 1 from message where class = 0 and state = 5")).rows.length === 1,
  );
}

async function importPeople({ apiUrl, apiKey }: TestPlace): Promise<void> {
  const header = "external_id,first_name,email,phone,consent_email,consent_sms,locale,favourite_animal";
  const rows = people.map((each) =>
    [each.externalId, each.firstName, each.email, each.phone, "yes", "yes", "en", each.favourite].join(","),
  );
  const bad = `${people[0]?.externalId},${people[0]?.firstName},${people[0]?.email} and ${people[1]?.email},${people[1]?.phone}x,yes,yes,${said.badValue},${people[0]?.favourite}`;
  const answer = await fetch(`${apiUrl}/v1/imports/contacts`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "text/csv" },
    body: [header, ...rows, bad, ""].join("\n"),
  });
  const taken = await answer.json();
  expect(taken).toMatchObject({ accepted: people.length, rejected: 1 });
}

/** The carrier is made when it is first used, so the test makes it as the worker will. */
async function webhookOf({ db, apiUrl, installationKey }: TestPlace): Promise<string> {
  const { rows } = await db.sql.query<{ id: string }>("select id from workspace");
  const of = {
    workspaceId: rows[0]?.id ?? "",
    channel: "sms",
    provider: "twilio",
    account: defaultAccounts.twilioAccountSid,
  };
  const { id } = await ensureCarrier(db, of);
  return `${apiUrl}/webhooks/${openIdSeal(installationKey).seal("carrier", id)}`;
}

const count = async ({ db }: TestPlace, what: string): Promise<number> =>
  (await db.sql.query<{ n: number }>(`select count(*)::int as n from ${what}`)).rows[0]?.n ?? 0;

/** What callers get wrong, with people and secrets in all the places where they do not belong. */
async function misbehave(place: TestPlace): Promise<void> {
  const { apiUrl, apiKey } = place;
  const [person] = people;
  const call = async (path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json", ...init.headers };
    const answer = await fetch(`${apiUrl}${path}`, { ...init, headers, redirect: "manual" });
    await answer.text();
    return answer.status;
  };
  const inQuery = encodeURIComponent(person?.email ?? "");
  expect(await call(`/v1/messages?address=${inQuery}&channel=email`)).toBe(200);
  expect(await call(`/v1/messages?address=${inQuery}&channel=${said.query}`)).toBeGreaterThanOrEqual(200);
  expect(await call(`/${said.url}/${inQuery}`)).toBe(404);
  expect(await call(`/u/${said.url}`)).toBe(404);
  expect(
    await call("/v1/contacts", { method: "POST", body: `{"contacts": [{"firstName": "${person?.firstName}"` }),
  ).toBe(400);
  expect(
    await call("/v1/contacts", {
      method: "POST",
      body: JSON.stringify({ contacts: [{ ...person, nothing: said.query }] }),
    }),
  ).toBe(400);
  expect(await call("/v1/campaigns", { headers: { authorization: `Bearer ${apiKey}x` } })).toBe(401);
  expect(await call(`/v1/campaigns?cursor=${person?.firstName}`)).toBe(400);
  const traceparent = `00-${person?.email}-${person?.phone}-01`;
  expect(await call("/v1/campaigns", { headers: { traceparent, "x-request-id": person?.email ?? "" } })).toBe(200);
  const form = new URLSearchParams({ From: person?.phone ?? "", Body: said.reply, MessageSid: "SM1" });
  const forged = { "content-type": "application/x-www-form-urlencoded", "x-twilio-signature": secrets.twilioToken };
  expect(
    await call(new URL(await webhookOf(place)).pathname, { method: "POST", body: form.toString(), headers: forged }),
  ).toBe(403);
}

/** The columns that hold words of a provider, of a worker or of an error, for every row. */
async function wordsOfLedger({ db }: TestPlace): Promise<string> {
  const columns = [
    ["attempt", "detail"],
    ["doubt", "detail"],
    ["provider_event", "detail"],
    ["provider_event", "key"],
    ["message", "reason"],
    ["message", "provider_message_id"],
    ["carrier", "blocked_because"],
    ["run", "state_because"],
    ["worker", "name"],
    ["variant", "fallback_reason"],
    ["variant", "contents"],
  ];
  const all = await Promise.all(
    columns.map(async ([table, column]) => {
      const { rows } = await db.sql.query<{ line: string }>(
        `select concat('${table}.${column} ', ${column}::text) as line from ${table}`,
      );
      return rows.map((row) => row.line);
    }),
  );
  return all.flat().join("\n");
}

const wire = async ({ sandboxUrl }: TestPlace): Promise<string> =>
  `${await (await fetch(`${sandboxUrl}/wire`)).text()}${await (await fetch(`${sandboxUrl}/inbox.json?limit=500`)).text()}`;

/** A search that finds nothing proves something only where there was something to search. */
function expectToBeAlive(places: Readonly<Record<string, string>>): void {
  expect(places.logs).toContain("request.answered");
  expect(places.logs).toContain("message.failed");
  expect(places.logs).toContain('"level":20');
  expect(places.traces).toContain("message.hand_over");
  expect(places.traces).toContain("message.reported");
  expect(places.queue).toMatch(/pump-sms-\d/);
  expect(places.queue).toMatch(/write-\d+-/);
  expect(places.ledger).toContain("attempt.detail 550 5.1.1 at RCPT TO");
  expect(places.ledger).toContain("attempt.detail HTTP 400, Twilio error 21211");
}

function expectToHaveReachedPeople(wire: string): void {
  for (const { email, phone } of people) expect([wire.includes(email), wire.includes(phone)]).toEqual([true, true]);
  expect(wire).toContain(said.reply);
}

/** Where which canary sits, with what stands around it. */
function findCanaries(places: Readonly<Record<string, string>>, { apiKey, installationKey }: TestPlace): string[] {
  const canaries = [
    ...people.flatMap(({ externalId, firstName, email, phone, favourite }) => [
      ...[externalId, firstName, email, email.split("@")[0] ?? email, encodeURIComponent(email)],
      ...[phone.slice(1), favourite],
    ]),
    ...Object.values(secrets),
    ...Object.values(said),
    ...[apiKey, apiKey.slice("chorus_".length), apiKey.slice(-20)],
    Buffer.from(installationKey).toString("base64"),
    Buffer.from(installationKey).toString("hex"),
    Buffer.from(`relay:${secrets.smtpPassword}`).toString("base64"),
  ];
  return Object.entries(places).flatMap(([where, text]) =>
    canaries.flatMap((canary) => {
      const at = text.indexOf(canary);
      return at < 0 ? [] : [`${where}: ${canary} in …${text.slice(Math.max(0, at - 120), at + 80)}…`];
    }),
  );
}
