import { openAddressHash } from "@chorus/core/address-hash";
import { listRejects } from "@chorus/db/imports";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, openTestApi, type TestApi, type TestWorkspace } from "./test-api.ts";

let api: TestApi;
let shop: TestWorkspace;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

/** Every test begins with an empty workspace. */
const freshShop = async () => {
  shop = await api.openWorkspace();
};

const take = (kind: string, file: string | Uint8Array, query = "", type = "text/csv"): Promise<Answer> =>
  api.ask("POST", `/v1/imports/${kind}${query}`, {
    key: shop.keys.operator,
    body: file,
    headers: { "content-type": type },
  });

const csv = (...lines: string[]): string => `${lines.join("\n")}\n`;
const codes = (answer: Answer): string[] => answer.body.notes.map((note: { code: string }) => note.code);
const look = (path: string) => api.ask("GET", path, { key: shop.keys.owner });

async function contact(externalId: string) {
  const { items } = (await look(`/v1/contacts?q=${encodeURIComponent(externalId)}`)).body;
  const found = items.find((each: { externalId: string }) => each.externalId === externalId);
  return found ? (await look(`/v1/contacts/${found.id}`)).body : null;
}

describe("importing contacts", () => {
  test("takes names, addresses, consents, country and free fields, and says what became of them", async () => {
    await freshShop();
    const answer = await take(
      "contacts",
      csv(
        "external_id,first_name,email,phone,country,locale,time_zone,consent_email,consent_sms,consent_source,profiling,City,points",
        "c1,Ann,Ann@Example.COM,+1 415 555 0101,United Kingdom,,,yes,no,checkout 2026,yes,Leeds,12",
        "c2,王小明,wang@example.com,,EIRE,zh-Hans-CN,Asia/Shanghai,granted,,,no,,",
        "c3,,,,Unspecified,,,,,,,,",
      ),
      "?numbers=points",
    );
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      kind: "contacts",
      state: "finished",
      rows: 3,
      accepted: 3,
      rejected: 0,
      rejectsUrl: null,
    });
    expect(codes(answer)).toEqual(["country.unknown"]);
    expect(await contact("c1")).toMatchObject({
      firstName: "Ann",
      locale: "en-GB",
      timeZone: "Europe/London",
      country: "GB",
      profiling: true,
      fields: { city: "Leeds", points: 12 },
      addresses: [
        { channel: "email", value: "ann@example.com", suppressions: [] },
        { channel: "sms", value: "+14155550101", suppressions: [] },
      ],
      consents: [{ channel: "email", purpose: "marketing", state: "granted", source: "checkout 2026" }],
    });
    expect(await contact("c2")).toMatchObject({
      locale: "zh-Hans-CN",
      timeZone: "Asia/Shanghai",
      country: "IE",
      profiling: false,
    });
    expect(await contact("c3")).toMatchObject({
      locale: "en-GB",
      timeZone: null,
      country: null,
      addresses: [],
      consents: [],
    });
  });

  test("26: a file in GB18030 is read as such, and says so", async () => {
    await freshShop();
    const name = Buffer.from("cdf5d0a1c3f7", "hex"); // 王小明
    const answer = await take(
      "contacts",
      Buffer.concat([Buffer.from("external_id,first_name\nc1,"), name, Buffer.from("\n")]),
    );
    expect(answer.body.notes).toContainEqual({
      code: "csv.encoding",
      count: 1,
      message: expect.stringContaining("gb18030"),
    });
    expect((await contact("c1")).firstName).toBe("王小明");
  });

  test("26: what could be read in two ways is asked, and nothing is taken", async () => {
    await freshShop();
    const bytes = Buffer.concat([
      Buffer.from("external_id,first_name\nc1,"),
      Buffer.from("c0ee", "hex"),
      Buffer.from("\nc2,Jos\u00e9\n", "latin1"),
    ]);
    const answer = await take("contacts", bytes);
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0]).toMatchObject({
      code: "csv.encoding_ambiguous",
      message: expect.stringContaining("charset="),
    });
    expect((await look("/v1/imports")).body.items).toEqual([]);
    expect((await take("contacts", bytes, "", "text/csv; charset=iso-8859-1")).status).toBe(200);
  });

  test("27: semicolons, a mark at the start and quoted line ends are understood", async () => {
    await freshShop();
    await take("contacts", '\ufeffexternal_id;first_name;note\r\nc1;Ann;"two\r\nlines; and more"\r\n');
    expect((await contact("c1")).fields).toEqual({ note: "two\r\nlines; and more" });
  });

  test("28: a ragged row is left out with its number, the others are taken", async () => {
    await freshShop();
    const answer = await take("contacts", csv("external_id,first_name", "c1,Ann", "c2,Ben,surplus", "c3", "c4,Dan"));
    expect(answer.body).toMatchObject({ rows: 4, accepted: 2, rejected: 2 });
    const rejects = await api.ask("GET", new URL(answer.body.rejectsUrl).pathname, { key: shop.keys.owner });
    expect(rejects.text).toMatch(
      /^\ufeff?rejected_row,rejected_code,rejected_because,external_id,first_name\r\n3,row\.ragged,/,
    );
    expect(rejects.text).toContain("4,row.ragged");
  });

  test("28: an unclosed quote stops with its row, earlier rows are kept, and the mended file goes on", async () => {
    await freshShop();
    const rows = Array.from({ length: 6_000 }, (_, i) => `c${i},Ann`);
    const broken = csv("external_id,first_name", ...rows, 'x1,"never closed', ...rows);
    const answer = await take("contacts", broken + "y".repeat(130_000));
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      errors: [{ code: "csv.quote_unclosed", path: "row 6002" }],
      import: { state: "stopped", rows: 6_000, accepted: 6_000 },
    });
    const mended = await take("contacts", csv("external_id,first_name", ...rows, "x1,Zoe"));
    expect(mended.body).toMatchObject({ state: "finished", accepted: 6_001 });
    expect((await contact("x1")).firstName).toBe("Zoe");
  });

  test.each([
    ["a missing external_id, with the nearest column", "externalid,first_name", "csv.column_missing", "externalid"],
    ["a column that stands twice", "external_id,city,City", "csv.column_duplicate", "city"],
    ["a column without a name", "external_id,,city", "csv.column_blank", "name"],
    [
      "more than 200 columns",
      `external_id,${Array.from({ length: 200 }, (_, i) => `f${i}`).join()}`,
      "csv.too_many_columns",
      "200",
    ],
  ])("29: %s is refused before a row is taken", async (_title, header, code, words) => {
    await freshShop();
    const answer = await take("contacts", csv(header, "c1,Ann,x"));
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0]).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  test("30: formulas are stored as they are, and a rejects file cannot carry them", async () => {
    await freshShop();
    const answer = await take(
      "contacts",
      csv("external_id,note,email", 'c1,"=HYPERLINK(""x"")",', "=c2,+1,not an address"),
    );
    expect((await contact("c1")).fields.note).toBe('=HYPERLINK("x")');
    const { text } = await api.ask("GET", new URL(answer.body.rejectsUrl).pathname, { key: shop.keys.owner });
    expect(text).toContain("'=c2,'+1,not an address");
    const mended = text.replace("not an address", "c2@example.com");
    expect((await take("contacts", mended)).body).toMatchObject({ accepted: 1, rejected: 0 });
    expect(await contact("=c2")).toMatchObject({ fields: { note: "+1" } });
  });

  test("31: one address five times is one contact, the last row wins, and the count is shown", async () => {
    await freshShop();
    const rows = ["ann@example.com", "Ann@Example.com", "ANN@EXAMPLE.COM", "ann@example.com", "ann@EXAMPLE.com"];
    const answer = await take(
      "contacts",
      csv("external_id,first_name,email", ...rows.map((email, i) => `c${i},N${i},${email}`)),
    );
    expect(answer.body.notes).toContainEqual({
      code: "address.duplicate",
      count: 4,
      message: expect.stringContaining("4 rows"),
    });
    const { items } = (await look("/v1/contacts")).body;
    expect(items).toMatchObject([{ externalId: "c4", firstName: "N4" }]);
    const plus = await take("contacts", csv("external_id,email", "d1,ann+tag@example.com", "d2,a.nn@example.com"));
    expect(codes(plus)).not.toContain("address.duplicate");
    expect((await look("/v1/contacts")).body.items).toHaveLength(3);
  });

  test("31: an empty cell changes nothing, and a known address finds its contact in the next file too", async () => {
    await freshShop();
    await take("contacts", csv("external_id,first_name,email,city", "c1,Ann,ann@example.com,Leeds"));
    await take("contacts", csv("external_id,first_name,email,city", "new-id,,ANN@example.com,York"));
    expect((await look("/v1/contacts")).body.items).toHaveLength(1);
    expect(await contact("new-id")).toMatchObject({ firstName: "Ann", fields: { city: "York" } });
  });

  test("32: a phone number that Excel mangled is left out with a hint", async () => {
    await freshShop();
    const answer = await take("contacts", csv("external_id,phone", "c1,1.38E+10", "c2,+14155550101"));
    expect(answer.body).toMatchObject({ accepted: 1, rejected: 1 });
    const { text } = await api.ask("GET", new URL(answer.body.rejectsUrl).pathname, { key: shop.keys.owner });
    expect(text).toContain("phone.scientific");
  });

  test("34: a suppressed address is imported as suppressed and never signed up again", async () => {
    await freshShop();
    const address = { channel: "email", address: "ann@example.com" };
    await api.ask("POST", "/v1/suppressions", { key: shop.keys.owner, body: { ...address, reason: "unsubscribed" } });
    const answer = await take("contacts", csv("external_id,email,consent_email", "c1,Ann@example.com,yes"));
    expect(answer.body.notes).toContainEqual({ code: "address.suppressed", count: 1, message: expect.any(String) });
    expect((await contact("c1")).addresses).toMatchObject([
      { suppressions: [{ reason: "unsubscribed", scope: "marketing" }] },
    ]);
  });

  test("34: a withdrawn consent is not given back by an old list, and a plain no takes back a yes", async () => {
    await freshShop();
    const header = "external_id,email,consent_email";
    await take(
      "contacts",
      csv(header, "c1,ann@example.com,withdrawn", "c2,ben@example.com,no", "c3,cat@example.com,yes"),
    );
    const again = await take(
      "contacts",
      csv(header, "c1,ann@example.com,yes", "c2,ben@example.com,yes", "c3,cat@example.com,no"),
    );
    expect(again.body.notes).toContainEqual({ code: "consent.withdrawn_kept", count: 1, message: expect.any(String) });
    const states: unknown[] = [];
    for (const id of ["c1", "c2", "c3"])
      states.push((await contact(id)).consents.map((each: { state: string }) => each.state));
    expect(states).toEqual([["withdrawn"], ["granted"], ["withdrawn"]]);
  });

  test("35: without a consent column everybody is imported, nobody has consent, and that is said", async () => {
    await freshShop();
    const answer = await take("contacts", csv("external_id,email", "c1,ann@example.com"));
    expect(answer.body.accepted).toBe(1);
    expect(codes(answer)).toContain("consent.missing");
    expect((await contact("c1")).consents).toEqual([]);
  });

  test("36: columns that look sensitive are left out unless they are asked for by name", async () => {
    await freshShop();
    const file = csv("external_id,date_of_birth,passport_no,city", "c1,2012-01-01,X1,Leeds");
    const answer = await take("contacts", file);
    expect(answer.body.notes).toContainEqual({
      code: "column.sensitive",
      count: 2,
      message: expect.stringContaining("date_of_birth, passport_no"),
    });
    expect((await contact("c1")).fields).toEqual({ city: "Leeds" });
    await take("contacts", file, "?keep=passport_no");
    expect((await contact("c1")).fields).toEqual({ city: "Leeds", passport_no: "X1" });
  });

  test("37: the same file again changes nothing and says so", async () => {
    await freshShop();
    const file = csv(
      "external_id,first_name,email,consent_email,city",
      "c1,Ann,ann@example.com,yes,Leeds",
      "c2,Ben,,,",
    );
    await take("contacts", file);
    const before = await contact("c1");
    const answer = await take("contacts", file);
    expect(answer.body).toMatchObject({ state: "finished", accepted: 2 });
    expect(codes(answer)).toEqual(["import.same_file"]);
    expect(await contact("c1")).toEqual(before);
  });

  test("37: an upload that is cut keeps what came, and the whole file goes on from there", async () => {
    await freshShop();
    const rows = Array.from({ length: 20_000 }, (_, i) => `c${i},Somebody${i}`);
    const bytes = Buffer.from(csv("external_id,first_name", ...rows));
    const upload = new ReadableStream({
      start(controller) {
        controller.enqueue(bytes.subarray(0, Math.floor(bytes.length * 0.6)));
      },
    });
    const aborted = new AbortController();
    const sending = fetch(`${api.url}/v1/imports/contacts`, {
      method: "POST",
      body: upload,
      duplex: "half",
      signal: aborted.signal,
      headers: { "content-type": "text/csv", authorization: `Bearer ${shop.keys.owner}` },
    }).catch(() => null);
    await expect
      .poll(async () => (await look("/v1/imports")).body.items[0]?.rows, { timeout: 20_000 })
      .toBeGreaterThanOrEqual(5_000);
    aborted.abort();
    await sending;
    await expect
      .poll(async () => (await look("/v1/imports")).body.items[0]?.state, { timeout: 20_000 })
      .toBe("stopped");
    const cut = (await look("/v1/imports")).body.items[0];
    expect(cut.notes.map((note: { code: string }) => note.code)).toContain("upload.cut");
    expect(cut.accepted).toBeGreaterThan(11_000);
    expect((await take("contacts", new Uint8Array(bytes))).body).toMatchObject({ state: "finished", accepted: 20_000 });
    const { rows: counted } = await api.db.sql.query(
      "select count(*)::int as count from contact where workspace_id = $1",
      [shop.id],
    );
    expect(counted[0].count).toBe(20_000);
  });

  test("100: only time zones of the tz database are taken, and the one that was meant is named", async () => {
    await freshShop();
    const zones = ["EST", "GMT+8", "Mars/Phobos", "Europe/Londn", "Europe/London"];
    const answer = await take("contacts", csv("external_id,time_zone", ...zones.map((zone, i) => `c${i},${zone}`)));
    expect(answer.body).toMatchObject({ accepted: 1, rejected: 4 });
    const { text } = await api.ask("GET", new URL(answer.body.rejectsUrl).pathname, { key: shop.keys.owner });
    expect(text.match(/time_zone\.unknown/g)).toHaveLength(4);
    expect(text).toContain("Did you mean Europe/London?");
  });

  test("a file belongs to its workspace, and strangers do not see it", async () => {
    await freshShop();
    const answer = await take("contacts", csv("external_id,email", "c1,nonsense"));
    const other = await api.openWorkspace();
    for (const path of [`/v1/imports/${answer.body.id}`, `/v1/imports/${answer.body.id}/rejects.csv`])
      expect((await api.ask("GET", path, { key: other.keys.owner })).status).toBe(404);
    expect((await look(`/v1/imports/${answer.body.id}`)).body).toEqual(answer.body);
  });

  test("addresses are found again by the same hash that the ledger keeps", async () => {
    await freshShop();
    await take("contacts", csv("external_id,email", "c1,ann@example.com"));
    const hash = openAddressHash(api.installationKey, shop.id)("email", "ann@example.com");
    const { rows } = await api.db.sql.query("select value from address where workspace_id = $1 and hash = $2", [
      shop.id,
      hash,
    ]);
    expect(rows).toEqual([{ value: "ann@example.com" }]);
    expect((await look("/v1/contacts?q=ANN%40example.com")).body.items).toHaveLength(1);
  });
});

describe("importing products and activity", () => {
  const products = csv(
    "sku,name,price,category,url,available",
    "A1,Lamp,12.50,light,https://shop.example.com/a1,yes",
    "B2,Mug,3,kitchen,https://shop.example.com/b2,no",
  );

  test("products are taken by SKU, and bad rows are left out with their reasons", async () => {
    await freshShop();
    const answer = await take(
      "products",
      products +
        csv(
          "C3,Vase,\u00a35.00,,https://shop.example.com/c3,",
          "D4,Bowl,5,,javascript:alert(1),",
          "A1,Lamp again,13,light,https://shop.example.com/a1,yes",
        ),
    );
    expect(answer.body).toMatchObject({ rows: 5, accepted: 3, rejected: 2 });
    expect(codes(answer)).toContain("sku.duplicate");
    const { items } = (await look("/v1/products")).body;
    expect(items).toMatchObject([
      { sku: "A1", name: "Lamp again", price: { micros: 13_000_000, currency: "GBP" }, available: true },
      { sku: "B2", price: { micros: 3_000_000 }, available: false },
    ]);
    const { text } = await api.ask("GET", new URL(answer.body.rejectsUrl).pathname, { key: shop.keys.owner });
    expect(text).toMatch(/4,number\.invalid/);
    expect(text).toMatch(/5,value\.format/);
  });

  test("activity finds its contact and product, counts once, and unknown names are left out", async () => {
    await freshShop();
    await take("products", products);
    await take("contacts", csv("external_id", "c1", "c2"));
    const header = "event_id,external_id,kind,at,sku,order_ref,quantity,amount";
    const file = csv(
      header,
      "e1,c1,purchase,2026-10-01T10:00:00Z,A1,o1,2,25.00",
      "e2,c1,return,2026-10-02T10:00:00+02:00,A1,o1,-1,-12.50",
      "e3,c2,view,2026-10-03T10:00:00Z,B2,,,",
      "e4,nobody,purchase,2026-10-01T10:00:00Z,A1,o2,1,12.50",
      "e5,c1,purchase,2026-10-01T10:00:00Z,Z9,o2,1,12.50",
      "e6,c1,purchase,2026-10-01T10:00:00,A1,o2,1,12.50",
      "e7,c1,stole,2026-10-01T10:00:00Z,A1,o2,1,12.50",
      "e8,c1,purchase,2099-10-01T10:00:00Z,A1,o2,1,12.50",
      "e9,c1,purchase,2026-10-01T10:00:00Z,A1,o2,some,12.50",
      "e1,c1,purchase,2026-10-01T10:00:00Z,A1,o1,2,25.00",
    );
    const answer = await take("activity", file);
    expect(answer.body).toMatchObject({ rows: 10, accepted: 4, rejected: 6 });
    const id = (await api.db.sql.query("select max(id)::text as id from import")).rows[0].id;
    const rejects = await listRejects(api.db, { id, limit: 100, after: 0 });
    expect(rejects.map((row) => `${row.rowNo} ${row.code}`)).toEqual([
      "5 contact.unknown",
      "6 sku.unknown",
      "7 value.format",
      "8 value.unknown",
      "9 time.future",
      "10 type.number",
    ]);
    const preview = async (rule: object) =>
      (await api.ask("POST", "/v1/segments/preview", { key: shop.keys.owner, body: { rule } })).body.count;
    const spend = { is: "activity", kind: "purchase", measure: "spend", op: "eq", value: 25, category: "light" };
    expect(await preview(spend)).toBe(1);
    const again = await take("activity", file);
    expect(again.body.notes).toContainEqual({ code: "event.known", count: 4, message: expect.any(String) });
    expect(await preview(spend)).toBe(1);
  });
});

describe("while a large file is taken in", () => {
  test("38: everybody else is answered, and progress is seen", async () => {
    await freshShop();
    const rows = Array.from({ length: 30_000 }, (_, i) => `c${i},Somebody,c${i}@example.com,United Kingdom,yes`);
    const taking = take("contacts", csv("external_id,first_name,email,country,consent_email", ...rows));
    let isDone = false;
    void taking.finally(() => {
      isDone = true;
    });
    let answers = 0;
    const seen = new Set<number>();
    while (!isDone) {
      expect((await api.ask("GET", "/healthz", { as: "nobody" })).status).toBe(200);
      seen.add((await look("/v1/imports")).body.items[0]?.rows);
      answers++;
    }
    expect((await taking).body).toMatchObject({ state: "finished", accepted: 30_000 });
    expect(seen.size).toBeGreaterThan(3); // of the seven: 0, 5,000, … 30,000
    expect(answers).toBeGreaterThan(10);
  }, 120_000);

  test("33: more files at once than there is room for are asked to come again", async () => {
    await freshShop();
    const slow = () => {
      const sent = new AbortController();
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(Buffer.from("external_id\n")),
      });
      const headers = { "content-type": "text/csv", authorization: `Bearer ${shop.keys.owner}` };
      const done = fetch(`${api.url}/v1/imports/contacts`, {
        method: "POST",
        body,
        duplex: "half",
        headers,
        signal: sent.signal,
      }).catch(() => null);
      return { stop: () => sent.abort(), done };
    };
    const held = [slow(), slow(), slow(), slow()];
    const fifth = async () => await take("contacts", csv("external_id", "c1"));
    await expect.poll(async () => (await fifth()).status, { timeout: 10_000 }).toBe(503);
    for (const each of held) each.stop();
    await Promise.all(held.map((each) => each.done));
    await expect.poll(async () => (await fifth()).status, { timeout: 10_000 }).toBe(200);
  });
});
