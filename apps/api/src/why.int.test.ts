import { openLinkTokens } from "@chorus/core/link-token";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Json, openTestApi, type TestApi } from "./test-api.ts";
import {
  addContacts,
  approve,
  haveMailSent,
  haveWritten,
  launchApproved,
  makeCampaign,
  openRef,
  soundContents,
} from "./test-campaign.ts";

let api: TestApi;
let segment: Json;
let campaign: Json;
/** By external id: the buyer, whoever matched nothing, and whoever declined profiling. */
let messages: Record<"buyer" | "other" | "declined", string>;

const rule: Json = {
  is: "all",
  of: [
    { is: "field", field: "country", op: "eq", value: "GB" },
    { is: "field", field: "city", op: "exists" },
    { is: "activity", kind: "purchase", measure: "orders", op: "gte", value: 1, withinDays: 90 },
  ],
};
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
const bought = (externalId: string, days: number): Json => ({
  ...{ eventId: `${externalId} ${days}`, externalId, kind: "purchase", at: daysAgo(days), orderRef: `o${days}` },
});
const email = { ...soundContents, email: { ...(soundContents.email as Json), headline: "Now {{fact:price}} only" } };

beforeAll(async () => {
  api = await openTestApi();
  await addContacts(api, 1, { externalId: "buyer", fields: { city: "Leeds" }, firstName: "Adelaide" });
  await addContacts(api, 1, { externalId: "other", country: "DE", locale: "de-DE" });
  await addContacts(api, 1, { externalId: "declined", fields: { city: "York" }, profiling: false });
  await api.ask("POST", "/v1/activity", { body: { events: [bought("buyer", 3), bought("declined", 3)] } });
  segment = (await api.ask("POST", "/v1/segments", { body: { name: "Buyers", rule } })).body;
  const angles = [
    { angle: "benefit", tone: "warm", share: 3 },
    { angle: "price", tone: "plain", share: 1 },
  ];
  campaign = await makeCampaign(api, { segments: [segment.id], channels: ["email", "sms"], angles });
  const variants = await haveWritten(api, campaign, email);
  for (const variant of variants) {
    const contents = { email: { ...email.email, subject: "A quiet word about summer" } };
    const edited = await api.ask("PATCH", `/v1/variants/${variant.id}`, { body: { revision: 1, contents } });
    expect(edited.status, edited.text).toBe(200);
  }
  await approve(api, campaign);
  await launchApproved(api, campaign);
  await haveMailSent(api);
  const idOf = async (externalId: string) =>
    (await api.ask("GET", `/v1/messages?externalId=${externalId}&channel=email`)).body.items[0].id;
  messages = { buyer: await idOf("buyer"), other: await idOf("other"), declined: await idOf("declined") };
});
afterAll(() => api.close());

const why = async (id: string): Promise<Json> => (await api.ask("GET", `/v1/messages/${id}/why`)).body;

describe("the record of a campaign's message", () => {
  it("says why this segment, with the rule and what it saw in the reader, and nobody's city", async () => {
    const record = await why(messages.buyer);
    expect(record.segment).toMatchObject({
      ...{ id: segment.id, version: 1, because: "first_match", nameNow: "Buyers", audience: "everyone" },
      ruleText: 'country is "GB" and city exists and orders by purchase in 90 days is at least 1',
      values: [
        { name: "country", value: "GB", basis: "stated" },
        { name: "city", value: "(text of 5 characters)", basis: "stated" },
        { name: "orders by purchase in 90 days", value: 1, basis: "observed" },
      ],
    });
    expect(JSON.stringify(record)).not.toMatch(/Leeds|Adelaide|@example\.com|\+4479/);
  });

  it("says who was in no segment, and who asked not to be profiled", async () => {
    const [other, declined] = [await why(messages.other), await why(messages.declined)];
    const passedOver = [{ id: segment.id, version: 1 }];
    expect(other.segment).toMatchObject({ id: null, because: "matched_none", passedOver });
    expect(other.segment.values[0]).toMatchObject({ name: "country", value: "DE" });
    expect(declined.segment).toMatchObject({ id: null, because: "declined_profiling", passedOver: [], values: [] });
    expect(declined.sentence).toContain("because you do not want to be profiled");
  });

  it("says what allowed it, and what the same run did for them elsewhere", async () => {
    const { who, channelAndTime, outcome } = await why(messages.buyer);
    expect(who.state).toBe("accepted");
    expect(who).toMatchObject({
      channel: "email",
      class: "marketing",
      consent: { state: "granted", source: "test form" },
    });
    expect(channelAndTime.rules).toMatchObject({ needsConsent: true });
    expect(channelAndTime.channels.map((each: Json) => each.channel).sort()).toEqual(["email", "sms"]);
    expect(outcome).toMatchObject({ optOuts: ["link"], clicks: [], consentWithdrawnAt: null });
  });

  it("says how the angle was drawn, and it is the same when it is drawn again", async () => {
    const { choice } = await why(messages.buyer);
    const isBenefit = choice.drawn.number < 3;
    expect(choice).toMatchObject({ isSame: true, drawn: { of: 4 }, by: "hash of run and reader" });
    expect([choice.angle, choice.probability]).toEqual(isBenefit ? ["benefit", 0.75] : ["price", 0.25]);
  });

  it("says which words: whose they were, what a person changed, the facts they name and who approved them", async () => {
    const { copy, guards, personalData } = await why(messages.buyer);
    expect(copy).toMatchObject({
      revision: 2,
      origin: { aiGenerated: false, wroteFirst: "template", prompt: "template@1" },
      facts: [{ id: "price", shown: "£12.50", source: "price list" }],
      links: [{ id: "shop" }],
      approval: { by: { name: "approver" } },
    });
    expect(copy.origin.edits).toMatchObject([
      {
        revision: 2,
        by: { name: "owner" },
        changed: [{ path: "subject", before: "A quiet word about spring", after: "A quiet word about summer" }],
      },
    ]);
    expect(copy.origin.editedShare).toBeGreaterThan(0);
    expect(guards).toMatchObject({ findings: expect.any(Array), overrides: [] });
    expect(personalData).toEqual({
      merged: [{ field: "first_name", value: "(text of 8 characters)", used: "value" }],
      sentToModel: [],
    });
  });
});

describe("what was true then stays what is told", () => {
  it("after the reader moved, the segment's rule changed and the name of it too", async () => {
    const before = await why(messages.buyer);
    await api.ask("PUT", `/v1/segments/${segment.id}`, { body: { name: "Renamed", rule: { is: "everyone" } } });
    const moved = { externalId: "buyer", country: "FR", firstName: "Bo", fields: { city: "Lille", vip: true } };
    await api.ask("POST", "/v1/contacts", { body: { contacts: [moved] } });
    await api.ask("POST", "/v1/contacts", { body: { contacts: [{ ...moved, country: "IT" }] } });
    const after = await why(messages.buyer);
    expect(after.segment).toEqual({ ...before.segment, nameNow: "Renamed" });
    expect(after.copy).toEqual(before.copy);
    expect(after.personalData).toEqual(before.personalData);
  });

  it("of two changes after one message, what the message was planned by is kept and nothing else", async () => {
    const { rows } = await api.db.sql.query("select country, fields from contact_past");
    expect(rows).toEqual([{ country: "GB", fields: { city: "Leeds" } }]);
  });

  it("an older purchase that comes in late is not counted, and the record says that it cannot tell", async () => {
    await api.ask("POST", "/v1/activity", { body: { events: [bought("other", 5)] } });
    expect((await why(messages.other)).segment).toMatchObject({ because: "since_changed", values: "since_changed" });
  });

  it("a consent that is taken back later does not change what there was", async () => {
    const token = openLinkTokens(api.installationKey).write({ ...openRef(api, messages.declined), link: 0 });
    expect((await api.ask("POST", `/u/${token}`, { as: "nobody" })).status).toBe(200);
    const { who, outcome } = await why(messages.declined);
    expect(who.consent).toMatchObject({ state: "granted", source: "test form" });
    expect(outcome.consentWithdrawnAt).not.toBeNull();
  });
});
