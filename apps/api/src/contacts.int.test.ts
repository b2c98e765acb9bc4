import { channels } from "@chorus/channels/registry";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestApi, type TestApi } from "./test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

const send = (...contacts: object[]) => api.ask("POST", "/v1/contacts", { body: { contacts } });
const find = async (q: string) => (await api.ask("GET", `/v1/contacts?q=${encodeURIComponent(q)}`)).body.items;

describe("contacts sent as JSON", () => {
  test("are added, changed by their external id, and shown with addresses and consents", async () => {
    const first = await send({
      externalId: "j1",
      firstName: "Ann",
      addresses: { email: "Ann@example.com", sms: "+14155550101" },
      country: "USA",
      fields: { vip: true, points: 3 },
      consents: { email: "granted", sms: "none" },
      consentSource: "shop checkout",
    });
    expect(first.status).toBe(200);
    await send({ externalId: "j1", fields: { points: 4 }, consents: { email: "withdrawn" } });
    const { body } = await api.ask("GET", `/v1/contacts/${first.body.items[0].id}`);
    expect(body).toMatchObject({
      externalId: "j1",
      firstName: "Ann",
      timeZone: null, // one country, several clocks
      country: "US",
      fields: { vip: true, points: 4 },
      addresses: [
        { channel: "email", value: "ann@example.com" },
        { channel: "sms", value: "+14155550101" },
      ],
      consents: [{ channel: "email", state: "withdrawn", source: "api" }],
    });
  });

  test("are taken all or none: one bad address names its place and nothing is stored", async () => {
    const answer = await send({ externalId: "k1" }, { externalId: "k2", addresses: { email: "a@b, c@d" } });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ path: "contacts[1].addresses.email", code: "email.multiple" }]);
    expect(await find("k1")).toEqual([]);
  });

  test.each([
    ["39", "email", "a@example.com;b@example.com", "email.multiple"],
    ["40", "email", "b@example.com\r\nBcc: e@example.com", "email.control_char"],
    ["40", "email", "b@example.com%0d%0aBcc: e@example.com", "email.control_char"],
    ["41", "email", "a..b@example.com", "email.unsupported_local"],
    ["42", "email", "user@[127.0.0.1]", "email.domain"],
    ["42", "email", "user@localhost", "email.domain"],
    ["43", "email", "用户@例子.中国", "email.eai_unsupported"],
    ["46", "email", `${"a".repeat(65)}@example.com`, "email.length"],
    ["54", "sms", "138 0013 8000", "phone.country_required"],
    ["55", "sms", "+1 (415) 555-2671 x12", "phone.extension"],
    ["58", "sms", "whatsapp:+14155550101", "phone.channel"],
  ])("%s: %s %j is refused as %s", async (_row, channel, value, code) => {
    const answer = await send({ externalId: "bad", addresses: { [channel]: value } });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0]).toMatchObject({ path: `contacts[0].addresses.${channel}`, code });
  });

  test("45: a likely slip is taken as it was given, with a note", async () => {
    const answer = await send({ externalId: "slip", addresses: { email: "ann@gmial.com" } });
    expect(answer.status).toBe(200);
    expect(answer.body.notes).toHaveLength(1);
  });

  test("47: a role's address is taken, and marketing to it is suppressed", async () => {
    const answer = await send({ externalId: "role", addresses: { email: "Postmaster@example.com" } });
    expect(answer.body.notes).toMatchObject([{ code: "email.role_address" }, { code: "address.suppressed" }]);
    const asked = await api.ask("GET", "/v1/suppressions?channel=email&address=postmaster@example.com");
    expect(asked.body.items).toMatchObject([{ reason: "role_address", scope: "marketing", source: "import" }]);
  });

  test("54: a number without its country is read by the contact's own country", async () => {
    await send({ externalId: "de1", addresses: { sms: "0151 23456789" }, country: "Germany" });
    expect(await find("+49 151 23456789")).toMatchObject([{ externalId: "de1" }]);
  });

  test("a channel without personal addresses is refused by name", async () => {
    const answer = await send({ externalId: "s1", addresses: { slack: "#general" } });
    expect(answer.body.errors[0]).toMatchObject({ path: "contacts[0].addresses.slack", code: "channel.unknown" });
  });

  test("5: five hundred are taken, one more is refused", async () => {
    const many = Array.from({ length: 500 }, (_, i) => ({ externalId: `many${i}` }));
    expect((await send(...many)).body.items).toHaveLength(500);
    expect((await send(...many, { externalId: "one-more" })).status).toBe(413);
  });
});

describe("the list of contacts", () => {
  test("goes through all of them page by page, none twice and none left out", async () => {
    const shop = await api.openWorkspace();
    const contacts = Array.from({ length: 45 }, (_, i) => ({ externalId: `p${i}` }));
    await api.ask("POST", "/v1/contacts", { key: shop.keys.owner, body: { contacts } });
    const found: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page = await api.ask("GET", `/v1/contacts?limit=20${cursor && `&cursor=${cursor}`}`, {
        key: shop.keys.owner,
      });
      found.push(...page.body.items.map((each: { externalId: string }) => each.externalId));
      cursor = page.body.nextCursor;
    }
    expect(found).toEqual(contacts.map((each) => each.externalId));
  });

  test("24: a cursor that was tampered with or belongs to another list is refused", async () => {
    const { nextCursor } = (await api.ask("GET", "/v1/contacts?limit=1")).body;
    const other = await api.openWorkspace();
    const asks = [
      api.ask("GET", `/v1/contacts?cursor=${nextCursor.slice(0, -2)}AA`),
      api.ask("GET", `/v1/contacts?q=j&cursor=${nextCursor}`),
      api.ask("GET", `/v1/contacts?cursor=${nextCursor}`, { key: other.keys.owner }),
    ];
    for (const answer of await Promise.all(asks)) {
      expect(answer.status).toBe(400);
      expect(answer.body.errors[0].code).toBe("cursor.invalid");
    }
  });

  test("a per cent sign or underscore in the search is a letter like any other", async () => {
    await send({ externalId: "100%_sure" });
    expect(await find("100%_")).toHaveLength(1);
    expect(await find("1%")).toHaveLength(0);
  });
});

describe("segments", () => {
  test("count who matches, show a few, and keep a version for each rule", async () => {
    await send(
      { externalId: "seg1", country: "Iceland", fields: { vip: true } },
      { externalId: "seg2", country: "Iceland" },
    );
    const rule = { is: "field", field: "country", op: "eq", value: "IS" };
    const made = await api.ask("POST", "/v1/segments", { body: { name: "Iceland", rule } });
    expect(made.status).toBe(201);
    const preview = await api.ask("GET", `/v1/segments/${made.body.id}/preview`);
    expect(preview.body).toMatchObject({
      count: 2,
      sample: [{ externalId: "seg1", country: "IS" }, { externalId: "seg2" }],
    });
    const put = (body: object) => api.ask("PUT", `/v1/segments/${made.body.id}`, { body });
    expect((await put({ name: "Iceland!", rule })).body.version).toBe(1);
    const narrower = { is: "all", of: [rule, { is: "field", field: "vip", op: "eq", value: true }] };
    expect((await put({ name: "Iceland!", rule: narrower })).body.version).toBe(2);
    expect((await api.ask("GET", `/v1/segments/${made.body.id}/preview`)).body.count).toBe(1);
    const twice = await api.ask("POST", "/v1/segments", { body: { name: "Iceland!", rule } });
    expect([twice.status, twice.body.errors[0].code]).toEqual([409, "name.taken"]);
  });
});

describe("suppressions and destinations", () => {
  test("an address is suppressed in every spelling, and asked after in every spelling", async () => {
    const body = { channel: "email", address: "Stop@Example.com" };
    const made = await api.ask("POST", "/v1/suppressions", { body });
    expect(made.body.items).toMatchObject([{ channel: "email", scope: "all", reason: "manual", source: "api" }]);
    const asked = await api.ask("GET", "/v1/suppressions?channel=email&address=STOP%40example.com");
    expect(asked.body).toEqual(made.body);
    const { rows } = await api.db.sql.query("select to_jsonb(s)::text as row from suppression s");
    expect(JSON.stringify(rows)).not.toContain("stop@example.com");
  });

  test("a destination is an own account on a public channel; the same address again is the same one", async () => {
    const made = await api.ask("POST", "/v1/destinations", {
      body: { channel: "slack", name: "News", address: "#shop-news" },
    });
    expect(made.status).toBe(201);
    const again = await api.ask("POST", "/v1/destinations", {
      body: { channel: "slack", name: "Shop news", address: "#shop-news" },
    });
    expect(again.body).toMatchObject({ id: made.body.id, name: "Shop news", locale: "en-GB" });
    expect((await api.ask("GET", "/v1/destinations")).body.items).toEqual([again.body]);
    const wrong = await api.ask("POST", "/v1/destinations", {
      body: { channel: "email", name: "x", address: "a@example.com" },
    });
    expect(wrong.body.errors[0].code).toBe("channel.not_public");
  });

  test("every channel shows its limits and the shape of its content", async () => {
    const { items } = (await api.ask("GET", "/v1/channels")).body;
    expect(items.map((each: { id: string }) => each.id)).toEqual(channels.map(({ id }) => id));
    for (const channel of items) {
      expect(channel.contentSchema.properties).toBeDefined();
      expect(channel.traits.limits.length).toBeGreaterThan(0);
      expect(channel.carrier).toBeNull();
    }
  });
});

describe("products and activity sent as JSON", () => {
  const product = {
    sku: "A1",
    name: "Lamp",
    price: { micros: 12_500_000, currency: "GBP" },
    url: "https://shop.example.com/a1",
  };
  const event = { eventId: "e1", externalId: "act1", kind: "purchase", at: "2026-10-01T10:00:00Z", sku: "A1" };

  test("are taken, and the same again is no more", async () => {
    await send({ externalId: "act1" });
    expect((await api.ask("POST", "/v1/products", { body: { products: [product] } })).body).toEqual({
      taken: 1,
      written: 1,
    });
    expect((await api.ask("POST", "/v1/products", { body: { products: [product] } })).body).toEqual({
      taken: 1,
      written: 0,
    });
    expect((await api.ask("POST", "/v1/activity", { body: { events: [event] } })).body).toEqual({
      taken: 1,
      inserted: 1,
    });
    expect((await api.ask("POST", "/v1/activity", { body: { events: [event] } })).body).toEqual({
      taken: 1,
      inserted: 0,
    });
  });

  test("one unknown contact or product takes the whole body back", async () => {
    const events = [
      { ...event, eventId: "e2" },
      { ...event, eventId: "e3", externalId: "nobody" },
      { ...event, eventId: "e4", sku: "Z" },
    ];
    const answer = await api.ask("POST", "/v1/activity", { body: { events } });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([
      { path: "events[1].externalId", code: "contact.unknown" },
      { path: "events[2].sku", code: "sku.unknown" },
    ]);
    const { rows } = await api.db.sql.query("select 1 from activity where event_id = 'e2'");
    expect(rows).toEqual([]);
  });

  test("money of another currency is refused, not converted", async () => {
    const answer = await api.ask("POST", "/v1/activity", {
      body: { events: [{ ...event, amount: { micros: 1, currency: "USD" } }] },
    });
    expect(answer.body.errors[0]).toMatchObject({ path: "events[0].amount", code: "currency.other" });
  });
});
