import { randomUUID } from "node:crypto";
import { openLinkTokens } from "@chorus/core/link-token";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Json, openTestApi, type TestApi } from "./test-api.ts";
import {
  addContacts,
  approve,
  haveLaunched,
  haveMailSent,
  haveWritten,
  launchApproved,
  makeCampaign,
  openRef,
} from "./test-campaign.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
  await addContacts(api, 1);
});
afterAll(() => api.close());

const why = async (id: string): Promise<Json> => (await api.ask("GET", `/v1/messages/${id}/why`)).body;
const send = async (body: Json): Promise<string> => {
  const headers = { "idempotency-key": randomUUID() };
  const answer = await api.ask("POST", "/v1/messages", { body, headers });
  expect(answer.status, answer.text).toBe(202);
  return answer.body.id;
};
const receipt: Json = {
  channel: "email",
  class: "transactional",
  content: {
    subject: "Your order {{contact:order|of today}}",
    headline: "Thank you, {{contact:first_name|there}}",
    paragraphs: ["That was {{fact:paid}}."],
  },
  facts: [{ id: "paid", kind: "number", value: 17, source: "the till" }],
  fields: { order: "A-1017" },
};
const page = async (id: string): Promise<string> => {
  const token = openLinkTokens(api.installationKey).write({ ...openRef(api, id), link: 0 });
  const answer = await api.ask("GET", `/u/${token}/why`, { as: "nobody" });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  return answer.text;
};
const mailOf = async (externalId: string): Promise<string> =>
  (await api.ask("GET", `/v1/messages?externalId=${externalId}&channel=email`)).body.items[0].id;

it("a receipt has no segment and no draw; its words came with the request", async () => {
  const id = await send({ ...receipt, to: { address: "ann@example.com", firstName: "Ann" } });
  await haveMailSent(api);
  const record = await why(id);
  expect(record).toMatchObject({
    sentence: "Test Shop sent you this because of your account or an order.",
    who: { campaignId: null, contactId: null, class: "transactional", consent: null },
    ...{ segment: null, choice: null },
    channelAndTime: { rules: null },
    copy: { variantId: null, origin: null, approval: null, facts: [{ id: "paid", shown: "17" }] },
    guards: { findings: null, overrides: [] },
    outcome: { optOuts: [] },
  });
  expect(record.personalData.merged).toEqual([
    { field: "order", value: "(text of 6 characters)", used: "value" },
    { field: "first_name", value: "(text of 3 characters)", used: "value" },
  ]);
});

it("a single send of an approved variant names the revision that has its very words, whatever was written since", async () => {
  const campaign = await makeCampaign(api);
  const [variant] = await haveWritten(api, campaign);
  await approve(api, campaign);
  const id = await send({ channel: "email", class: "marketing", to: { externalId: "c-0" }, variant: variant.id });
  const contents = { email: { ...variant.contents.email, subject: "Other words" } };
  const edited = await api.ask("PATCH", `/v1/variants/${variant.id}`, { body: { revision: 1, contents } });
  expect(edited.status, edited.text).toBe(200);
  expect((await why(id)).copy).toMatchObject({
    ...{ variantId: variant.id, revision: 1 },
    origin: { wroteFirst: "template", edits: [] },
    approval: { by: { name: "approver" } },
  });
});

it("a public post is to nobody in particular, and says whose copy it is", async () => {
  const destination = { channel: "slack", name: "News", address: "C0123456789" };
  await api.ask("POST", "/v1/destinations", { body: destination });
  const slack = {
    headline: "Spring",
    text: "Spring is here: {{link:shop}}",
    button: { label: "See it", link: "shop" },
  };
  const campaign = await makeCampaign(api, { channels: ["slack"] });
  await haveWritten(api, campaign, { slack });
  await approve(api, campaign);

  await launchApproved(api, campaign);
  const { items } = (await api.ask("GET", "/v1/messages?channel=slack")).body;
  expect(await why(items[0].id)).toMatchObject({
    sentence: null,
    who: { contactId: null, destinationId: expect.stringMatching(/^dst_/), consent: null },
    segment: { because: "of_variant", values: [] },
    choice: { angle: "benefit", probability: 1, drawn: null, isSame: true },
    copy: { revision: 1, links: [{ id: "shop" }] },
    outcome: { optOuts: [] },
  });
});

it("a message that never left is explained to auditors alone: to nobody is said that it was sent, or that they agreed", async () => {
  await addContacts(api, 1, { externalId: "silent", consents: {} });
  await haveLaunched(api, await makeCampaign(api));
  const record = await why(await mailOf("silent"));
  expect(record).toMatchObject({ sentence: null, who: { state: "skipped", reason: "no_consent" } });
});

it("of somebody who was erased nothing comes back, and the reader's page still answers", async () => {
  await addContacts(api, 1, {
    externalId: "gone",
    firstName: "Wilhelmina",
    fields: { city: "Ghent" },
    locale: "zh-CN",
  });
  const of = { is: "field", field: "city", op: "exists" };
  const segment = (await api.ask("POST", "/v1/segments", { body: { name: "In a city", rule: of } })).body;
  await haveLaunched(api, await makeCampaign(api, { segments: [segment.id], locales: ["zh"] }));
  await haveMailSent(api);
  const [id, receiptId] = [await mailOf("gone"), await send({ ...receipt, to: { externalId: "gone" } })];
  await haveMailSent(api);
  expect(await page(id)).toContain("您收到哪个版本取决于客户档案中的信息。");
  await api.db.sql.query("delete from contact where external_id = 'gone'");
  const [record, ofReceipt] = [await why(id), await why(receiptId)];
  expect(record).toMatchObject({
    who: { consent: "erased" },
    segment: { id: segment.id, because: "erased", values: "erased" },
    copy: { revision: 1 },
    personalData: { merged: "erased" },
  });
  expect(ofReceipt).toMatchObject({ copy: { facts: "erased", links: "erased" }, personalData: { merged: "erased" } });
  expect(JSON.stringify([record, ofReceipt])).not.toMatch(/Wilhelmina|Ghent|A-1017|@example\.com/);
  expect(await page(id)).toContain("Test Shop");
});

it("an address without a contact that was erased is told no more either", async () => {
  const id = await send({ ...receipt, to: { address: "brief@example.com", firstName: "Brief" } });
  await haveMailSent(api);
  await api.db.sql.query(
    `insert into suppression (workspace_id, channel_no, address_hash, scope, reason, source)
     select workspace_id, channel_no, address_hash, 'all', 'erasure', 'a letter' from message where run_id = $1 and id = $2`,
    Object.values(openRef(api, id)),
  );
  expect(await why(id)).toMatchObject({ copy: { facts: "erased" }, personalData: { merged: "erased" } });
});

it("the reader's page is in the language of the message, and opens with the link of an opt-out alone", async () => {
  await addContacts(api, 1, { externalId: "fr", locale: "fr-FR" });
  await haveLaunched(api, await makeCampaign(api, { locales: ["fr"] }));
  const id = await mailOf("fr");
  const text = await page(id);
  expect(text).toContain('<html lang="fr">');
  expect(text).toMatch(
    /<p>Test Shop vous a envoyé ce message car vous avez accepté ses nouvelles le [^<;]+ ; vous avez reçu la version destinée à tous\.<\/p>/,
  );
  const ofClick = openLinkTokens(api.installationKey).write({ ...openRef(api, id), link: 1 });
  expect((await api.ask("GET", `/u/${ofClick}/why`, { as: "nobody" })).status).toBe(404);
});
