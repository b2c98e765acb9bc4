import { randomBytes } from "node:crypto";
import { mayDo, roles } from "@chorus/core/role";
import { createKey, revokeKey } from "@chorus/db/keys";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { KnownRoute } from "./route-list.ts";
import { type Json, openTestApi, type TestApi, type TestWorkspace } from "./test-api.ts";
import { addContacts, haveLaunched, haveWritten, makeCampaign } from "./test-campaign.ts";
import { expectRefusal, expectRefused, takeStock } from "./test-refusal.ts";

/** What these tests hold is held of every route there is, so a new one has to bring an example of its kind here. */
let api: TestApi;
let other: TestWorkspace;
/** Public ids of our own workspace, by the place after /v1/ that they are used under. */
let ids: Record<string, string>;
let keyed: KnownRoute[];

beforeAll(async () => {
  api = await openTestApi();
  other = await api.openWorkspace();
  keyed = api.routes.filter((route) => route.url.startsWith("/v1/") && route.method !== "HEAD");
  const [contact = ""] = await addContacts(api, 3);
  const file = { body: "external_id\nx1\n", headers: { "content-type": "text/csv" } };
  const imported = await api.ask("POST", "/v1/imports/contacts", file);
  const segment = { name: "Everyone", rule: { is: "everyone" } };
  const made = await api.ask("POST", "/v1/segments", { body: segment });
  const campaign = await makeCampaign(api);
  await haveLaunched(api, campaign);
  const madeCopy = async () => {
    const product = { sku: "BAG", name: "Camera bag", url: "https://shop.example.com/bag" };
    const asked = await api.ask("POST", "/v1/copies", { body: { kind: "ad", locales: ["en"], products: [product] } });
    return asked.body.items[0].id as string;
  };
  const first = async (path: string) => (await api.ask("GET", path)).body.items[0].id as string;
  ids = {
    ...{ contacts: contact, imports: imported.body.id, segments: made.body.id, campaigns: campaign.id },
    variants: await first(`/v1/campaigns/${campaign.id}/variants`),
    runs: await first(`/v1/campaigns/${campaign.id}/runs`),
    messages: await first("/v1/messages"),
    people: await first("/v1/people"),
    copies: await madeCopy(),
  };
});
afterAll(() => api.close());

/** Bodies that get past their schema, by route, so that only the id is left to refuse. */
const bodies: Record<string, Json> = {
  "PUT /v1/segments/:id": { name: "Mine now", rule: { is: "everyone" } },
  "PATCH /v1/campaigns/:id": { name: "Mine now" },
  "POST /v1/campaigns/:id/approve": { contentHash: "0".repeat(64), audienceSize: 3 },
  "POST /v1/campaigns/:id/schedule": { at: "now" },
  "PUT /v1/people/:id/addresses/:channel": { address: "+447946000001" },
  "POST /v1/variants/:id/test-send": { channel: "email" },
  "POST /v1/variants/:id/evidence": { code: "law.cn.first", got: "Mine", source: "a report of our own" },
  "PATCH /v1/copies/:id": { revision: 0, contents: { ad: { headline: "Mine now" } } },
  "POST /v1/copies/:id/approve": { hash: "0".repeat(64) },
  "POST /v1/variants/:id/reject": { revision: 1, because: "Not like us" },
  "PUT /v1/variants/:id/rating": { revision: 1, quality: 3, accuracy: 3 },
  "PATCH /v1/variants/:id": { revision: 1, contents: { sms: { text: "Mine now" } } },
};

const nameOf = (route: KnownRoute) => `${route.method} ${route.url}`;
const nounOf = (route: KnownRoute) => route.url.split("/")[2] ?? "";
const hasId = (route: KnownRoute) => /:(?!kind\b|channel\b)/.test(route.url);
const pathOf = (route: KnownRoute, id: string) =>
  route.url
    .replace(/:kind\b/, "contacts")
    .replace(/:channel\b/, "sms")
    .replace(/:\w+/, id);
const change = (text: string, at: number) => text.slice(0, at) + (text[at] === "0" ? "1" : "0") + text.slice(at + 1);

const ask = (route: KnownRoute, id: string, key: string | undefined) => {
  const isFile = route.url === "/v1/imports/:kind";
  const body = isFile ? "external_id\nx1\n" : bodies[nameOf(route)];
  const headers = { "if-match": '"1"', ...(isFile && { "content-type": "text/csv" }) };
  return api.ask(route.method, pathOf(route, id), { as: "nobody", key, body, headers });
};

describe("3a.14 an id of another workspace", () => {
  test("gets 404 on every route with an id, byte for byte like one that never was, and changes nothing", async () => {
    const before = await takeStock(api);
    const routes = keyed.filter(hasId);
    expect(routes.length).toBeGreaterThan(20);
    for (const route of routes) {
      const id = ids[nounOf(route)];
      if (!id) throw new Error(`${nameOf(route)}: give an example of such an id in this file's beforeAll`);
      const bytes: string[] = [];
      const tampered = [change(id, 4), change(id, 17), change(id, id.length - 1)];
      for (const given of [id, ...tampered]) {
        const answer = await ask(route, given, other.keys.owner);
        expect(answer.status, `${nameOf(route)} ${given}: does it need a body in this file? ${answer.text}`).toBe(404);
        expectRefusal(answer, { status: 404, code: "id.unknown", path: "id" });
        bytes.push(answer.text.replace(answer.body.requestId, ""));
      }
      expect(new Set(bytes).size, nameOf(route)).toBe(1);
    }
    expect(await takeStock(api)).toEqual(before);
  });

  test("and ids of another kind, of no kind, or of the database get 404 in the same bytes", async () => {
    const before = await takeStock(api);
    for (const route of keyed.filter(hasId)) {
      const own = ids[nounOf(route)] ?? "";
      const kinds = Object.values(ids).filter((id) => id.slice(0, 4) !== own.slice(0, 4));
      const renamed = kinds.map((id) => own.slice(0, 4) + id.slice(4));
      const bytes = new Set<string>();
      for (const given of [
        ...kinds,
        ...renamed,
        "1",
        "-1",
        "0",
        "null",
        own.toUpperCase(),
        own.slice(0, -1),
        `${own}0`,
      ]) {
        const answer = await ask(route, given, api.keys.owner);
        expect(answer.status, `${nameOf(route)} ${given}`).toBe(404);
        bytes.add(answer.text.replace(answer.body.requestId, ""));
      }
      expect(bytes.size, nameOf(route)).toBe(1);
    }
    expect(await takeStock(api)).toEqual(before);
  });

  test("is nowhere in another workspace's lists, reports or searches", async () => {
    for (const route of keyed.filter((each) => each.method === "GET" && !hasId(each))) {
      const query = route.url === "/v1/suppressions" ? "?channel=email&address=c0@example.com" : "";
      const answer = await api.ask("GET", route.url + query, { key: other.keys.owner });
      expect(answer.status, nameOf(route)).toBe(200);
      for (const id of Object.values(ids)) expect(answer.text, nameOf(route)).not.toContain(id);
    }
    for (const query of [`contact=${ids.contacts}`, `run=${ids.runs}`, "address=c0@example.com"]) {
      const answer = await api.ask("GET", `/v1/messages?${query}`, { key: other.keys.owner });
      expect(answer.body, query).toEqual({ items: [], nextCursor: null });
    }
  });
});

describe("3a.15 a key", () => {
  test("that is missing, strange, revoked or expired gets 401 on every keyed route, each told apart", async () => {
    const of = { workspaceId: api.id, personId: api.people.owner, label: "x" };
    const revoked = await createKey(api.db, of);
    await revokeKey(api.db, { workspaceId: api.id, id: revoked.id });
    const expired = await createKey(api.db, { ...of, expiresAt: new Date(Date.now() - 60_000) });
    const unknown = `chorus_${randomBytes(32).toString("base64url")}`;
    const keys = [undefined, "nonsense", unknown, revoked.secret, expired.secret];
    const codes = ["key.missing", "key.unknown", "key.unknown", "key.revoked", "key.expired"];
    const before = await takeStock(api);
    for (const route of keyed)
      for (const [i, key] of keys.entries()) {
        const answer = await ask(route, ids[nounOf(route)] ?? "x", key);
        expectRefusal(answer, { status: 401, code: codes[i] ?? "", path: "" });
        expect(answer.headers.get("www-authenticate")).toContain("Bearer");
      }
    expect(await takeStock(api)).toEqual(before);
  });

  test("of the wrong role gets 403 with the roles that may, on every route that not everybody may use", async () => {
    const before = await takeStock(api);
    const wrong = keyed.flatMap((route) =>
      roles.flatMap((role) => (route.needs && !mayDo(role, route.needs) ? [{ route, role }] : [])),
    );
    expect(wrong.length).toBeGreaterThan(10);
    for (const { route, role } of wrong) {
      const answer = await ask(route, ids[nounOf(route)] ?? "x", api.keys[role]);
      expectRefusal(answer, { status: 403, code: "role.insufficient", path: "" });
      expect(answer.body.detail, nameOf(route)).toContain(`belongs to an ${role}`);
      const mayToo = roles.filter((each) => route.needs && mayDo(each, route.needs));
      for (const each of mayToo) expect(answer.body.detail, nameOf(route)).toContain(each);
    }
    expect(await takeStock(api)).toEqual(before);
  });
});

const adWith = (text: string): Json => ({ headline: "A bag", text, button: "Have a look", link: "product_1" });

describe("3a.23 two changes with the same ETag", () => {
  test.each([
    ["campaigns", (i: number): Json => ({ name: `Renamed ${i}` }), "campaign.stale"],
    ["copies", (i: number): Json => ({ revision: 0, contents: { ad: adWith(`Words ${i}`) } }), "copy.stale"],
    ["variants", (i: number): Json => ({ revision: 1, contents: { sms: { text: `Words ${i}` } } }), "variant.stale"],
  ])("in %s: the second gets 412 with the version there is now", async (noun, bodyOf, code) => {
    const campaign = await makeCampaign(api);
    const [variant] = await haveWritten(api, campaign);
    const id = { campaigns: campaign.id, variants: variant.id, copies: ids.copies }[noun];
    await api.db.sql.query("update copy set state = 'failed'"); // no worker is here, and what could not be written is open to a person
    const path = `/v1/${noun}/${id}`;
    const read = await api.ask("GET", path);
    const etag = read.headers.get("etag") ?? "none";
    const patch = (i: number) => {
      const body = bodyOf(i);
      return api.ask("PATCH", path, {
        headers: { "if-match": etag },
        body: "revision" in body ? { ...body, revision: read.body.revision } : body,
      });
    };
    const first = await patch(1);
    expect(first.status, first.text).toBe(200);
    expect(first.headers.get("etag")).not.toBe(etag);
    const second = await expectRefused(api, () => patch(2), { status: 412, code });
    expect(second.headers.get("etag")).toBe(first.headers.get("etag"));
  });

  test("sent at once: one is taken, the others get 412", async () => {
    const campaign = await makeCampaign(api);
    const headers = { "if-match": `"${campaign.version}"` };
    const patch = (i: number) =>
      api.ask("PATCH", `/v1/campaigns/${campaign.id}`, { headers, body: { name: `Name ${i}` } });
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => patch(i)));
    expect(answers.map((each) => each.status).sort()).toEqual([200, ...Array(7).fill(412)]);
    const winner = answers.find((each) => each.status === 200);
    expect((await api.ask("GET", `/v1/campaigns/${campaign.id}`)).body.name).toBe(winner?.body.name);
  });

  test("every PATCH there is stands in this test", () => {
    const patches = keyed.filter((route) => route.method === "PATCH").map((route) => route.url);
    expect(patches.sort()).toEqual(["/v1/campaigns/:id", "/v1/copies/:id", "/v1/variants/:id"]);
  });
});

describe("3a.24 a cursor", () => {
  /** Whole by their nature: what is installed, an account for each channel, the few people of a workspace, the few lines about one address, the grid of one campaign. */
  const whole = ["/v1/channels", "/v1/accounts", "/v1/people", "/v1/suppressions", "/v1/campaigns/:id/variants"];

  async function pagedLists(): Promise<KnownRoute[]> {
    const { paths } = (await api.ask("GET", "/openapi.json")).body;
    const isList = ({ url }: KnownRoute) => {
      const operation = paths[url.replace(/:(\w+)/g, "{$1}")].get;
      const schema = operation.responses["200"]?.content?.["application/json"]?.schema;
      return schema?.properties?.items !== undefined && !whole.includes(url);
    };
    return keyed.filter((route) => route.method === "GET" && isList(route));
  }

  test("is what every list pages by; one that was tampered with or comes from elsewhere gets 400", async () => {
    const lists = await pagedLists();
    expect(lists.map((route) => route.url)).toContain("/v1/runs/:id/doubts");
    const real = (await api.ask("GET", "/v1/contacts?limit=1")).body.nextCursor as string;
    const before = await takeStock(api);
    for (const route of lists) {
      const path = pathOf(route, ids[nounOf(route)] ?? "");
      const good = await api.ask("GET", `${path}?limit=1`);
      expect(good.body, path).toMatchObject({ items: expect.any(Array) });
      expect(good.body.nextCursor === null || typeof good.body.nextCursor === "string", path).toBe(true);
      const own = (good.body.nextCursor as string | null) ?? real;
      const elsewhere = route.url === "/v1/contacts" ? [] : [real];
      for (const cursor of [
        "x",
        "",
        "0",
        "%00",
        change(own, 3),
        change(own, own.length - 5),
        `${own}AAAA`,
        ...elsewhere,
      ]) {
        const answer = await api.ask("GET", `${path}?cursor=${cursor}`);
        const code = cursor === "%00" ? "text.encoding" : "cursor.invalid";
        expectRefusal(answer, { status: 400, code, path: "cursor" });
      }
    }
    expect(await takeStock(api)).toEqual(before);
  });

  test("of another workspace or another filter gets 400", async () => {
    const { nextCursor } = (await api.ask("GET", "/v1/contacts?limit=1")).body;
    const elsewhere = await api.ask("GET", `/v1/contacts?cursor=${nextCursor}`, { key: other.keys.owner });
    expectRefusal(elsewhere, { status: 400, code: "cursor.invalid", path: "cursor" });
    const filtered = await api.ask("GET", `/v1/contacts?q=c&cursor=${nextCursor}`);
    expectRefusal(filtered, { status: 400, code: "cursor.invalid", path: "cursor" });
  });

  test("leads through every list, none twice and none left out", async () => {
    for (const route of await pagedLists()) {
      const path = pathOf(route, ids[nounOf(route)] ?? "");
      const all = (await api.ask("GET", `${path}?limit=200`)).body.items as Json[];
      const found: Json[] = [];
      for (let query = "limit=1"; query !== ""; ) {
        const { items, nextCursor } = (await api.ask("GET", `${path}?${query}`)).body;
        found.push(...items);
        query = nextCursor === null ? "" : `limit=1&cursor=${nextCursor}`;
      }
      expect(found, path).toEqual(all);
    }
  });

  test.each(["0", "201", "-1", "1.5", "many", ""])("a page of %j entries gets 400 on every list", async (limit) => {
    for (const route of await pagedLists()) {
      const path = pathOf(route, ids[nounOf(route)] ?? "");
      const answer = await api.ask("GET", `${path}?limit=${limit}`);
      expect(answer.status, path).toBe(400);
      expect(answer.body.errors[0].path, path).toBe("limit");
    }
  });
});
