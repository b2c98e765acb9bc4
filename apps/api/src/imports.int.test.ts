import { openAddressHash } from "@chorus/core/address-hash";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestApi, type TestApi } from "./test-api.ts";
import { codes, csv, openTestShop } from "./test-shop.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

describe("importing contacts", () => {
  test("takes names, addresses, consents, country and free fields, and says what became of them", async () => {
    const shop = await openTestShop(api);
    const answer = await shop.take(
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
    expect(await shop.contact("c1")).toMatchObject({
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
    expect(await shop.contact("c2")).toMatchObject({
      locale: "zh-Hans-CN",
      timeZone: "Asia/Shanghai",
      country: "IE",
      profiling: false,
    });
    expect(await shop.contact("c3")).toMatchObject({
      locale: "en-GB",
      timeZone: null,
      country: null,
      addresses: [],
      consents: [],
    });
  });

  test("26: a file in GB18030 is read as such, and says so", async () => {
    const shop = await openTestShop(api);
    const name = Buffer.from("cdf5d0a1c3f7", "hex"); // 王小明
    const answer = await shop.take(
      "contacts",
      Buffer.concat([Buffer.from("external_id,first_name\nc1,"), name, Buffer.from("\n")]),
    );
    expect(answer.body.notes).toContainEqual({
      code: "csv.encoding",
      count: 1,
      message: expect.stringContaining("gb18030"),
    });
    expect((await shop.contact("c1")).firstName).toBe("王小明");
  });

  test("26: what could be read in two ways is asked, and nothing is taken", async () => {
    const shop = await openTestShop(api);
    const bytes = Buffer.concat([
      Buffer.from("external_id,first_name\nc1,"),
      Buffer.from("c0ee", "hex"),
      Buffer.from("\nc2,Jos\u00e9\n", "latin1"),
    ]);
    const answer = await shop.take("contacts", bytes);
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0]).toMatchObject({
      code: "csv.encoding_ambiguous",
      message: expect.stringContaining("charset="),
    });
    expect((await shop.look("/v1/imports")).body.items).toEqual([]);
    expect((await shop.take("contacts", bytes, "", "text/csv; charset=iso-8859-1")).status).toBe(200);
  });

  test("27: semicolons, a mark at the start and quoted line ends are understood", async () => {
    const shop = await openTestShop(api);
    await shop.take("contacts", '\ufeffexternal_id;first_name;note\r\nc1;Ann;"two\r\nlines; and more"\r\n');
    expect((await shop.contact("c1")).fields).toEqual({ note: "two\r\nlines; and more" });
  });

  test("28: a ragged row is left out with its number, the others are taken", async () => {
    const shop = await openTestShop(api);
    const answer = await shop.take(
      "contacts",
      csv("external_id,first_name", "c1,Ann", "c2,Ben,surplus", "c3", "c4,Dan"),
    );
    expect(answer.body).toMatchObject({ rows: 4, accepted: 2, rejected: 2 });
    const rejects = await shop.rejectsOf(answer);
    expect(rejects).toMatch(
      /^\ufeff?rejected_row,rejected_code,rejected_because,external_id,first_name\r\n3,row\.ragged,/,
    );
    expect(rejects).toContain("4,row.ragged");
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
    const shop = await openTestShop(api);
    const answer = await shop.take("contacts", csv(header, "c1,Ann,x"));
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0]).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  test("30: formulas are stored as they are, and a rejects file cannot carry them", async () => {
    const shop = await openTestShop(api);
    const answer = await shop.take(
      "contacts",
      csv("external_id,note,email", 'c1,"=HYPERLINK(""x"")",', "=c2,+1,not an address"),
    );
    expect((await shop.contact("c1")).fields.note).toBe('=HYPERLINK("x")');
    const text = await shop.rejectsOf(answer);
    expect(text).toContain("'=c2,'+1,not an address");
    const mended = text.replace("not an address", "c2@example.com");
    expect((await shop.take("contacts", mended)).body).toMatchObject({ accepted: 1, rejected: 0 });
    expect(await shop.contact("=c2")).toMatchObject({ fields: { note: "+1" } });
  });

  test("31: one address five times is one contact, the last row wins, and the count is shown", async () => {
    const shop = await openTestShop(api);
    const rows = ["ann@example.com", "Ann@Example.com", "ANN@EXAMPLE.COM", "ann@example.com", "ann@EXAMPLE.com"];
    const answer = await shop.take(
      "contacts",
      csv("external_id,first_name,email", ...rows.map((email, i) => `c${i},N${i},${email}`)),
    );
    expect(answer.body.notes).toContainEqual({
      code: "address.duplicate",
      count: 4,
      message: expect.stringContaining("4 rows"),
    });
    const { items } = (await shop.look("/v1/contacts")).body;
    expect(items).toMatchObject([{ externalId: "c4", firstName: "N4" }]);
    const plus = await shop.take("contacts", csv("external_id,email", "d1,ann+tag@example.com", "d2,a.nn@example.com"));
    expect(codes(plus)).not.toContain("address.duplicate");
    expect((await shop.look("/v1/contacts")).body.items).toHaveLength(3);
  });

  test("31: an empty cell changes nothing, and a known address finds its contact in the next file too", async () => {
    const shop = await openTestShop(api);
    await shop.take("contacts", csv("external_id,first_name,email,city", "c1,Ann,ann@example.com,Leeds"));
    await shop.take("contacts", csv("external_id,first_name,email,city", "new-id,,ANN@example.com,York"));
    expect((await shop.look("/v1/contacts")).body.items).toHaveLength(1);
    expect(await shop.contact("new-id")).toMatchObject({ firstName: "Ann", fields: { city: "York" } });
  });

  test("32: a phone number that Excel mangled is left out with a hint", async () => {
    const shop = await openTestShop(api);
    const answer = await shop.take("contacts", csv("external_id,phone", "c1,1.38E+10", "c2,+14155550101"));
    expect(answer.body).toMatchObject({ accepted: 1, rejected: 1 });
    const text = await shop.rejectsOf(answer);
    expect(text).toContain("phone.scientific");
  });

  test("34: a suppressed address is imported as suppressed and never signed up again", async () => {
    const shop = await openTestShop(api);
    const address = { channel: "email", address: "ann@example.com" };
    await api.ask("POST", "/v1/suppressions", { key: shop.keys.owner, body: { ...address, reason: "unsubscribed" } });
    const answer = await shop.take("contacts", csv("external_id,email,consent_email", "c1,Ann@example.com,yes"));
    expect(answer.body.notes).toContainEqual({ code: "address.suppressed", count: 1, message: expect.any(String) });
    expect((await shop.contact("c1")).addresses).toMatchObject([
      { suppressions: [{ reason: "unsubscribed", scope: "marketing" }] },
    ]);
  });

  test("34: a withdrawn consent is not given back by an old list, and a plain no takes back a yes", async () => {
    const shop = await openTestShop(api);
    const header = "external_id,email,consent_email";
    await shop.take(
      "contacts",
      csv(header, "c1,ann@example.com,withdrawn", "c2,ben@example.com,no", "c3,cat@example.com,yes"),
    );
    const again = await shop.take(
      "contacts",
      csv(header, "c1,ann@example.com,yes", "c2,ben@example.com,yes", "c3,cat@example.com,no"),
    );
    expect(again.body.notes).toContainEqual({ code: "consent.withdrawn_kept", count: 1, message: expect.any(String) });
    const states: unknown[] = [];
    for (const id of ["c1", "c2", "c3"])
      states.push((await shop.contact(id)).consents.map((each: { state: string }) => each.state));
    expect(states).toEqual([["withdrawn"], ["granted"], ["withdrawn"]]);
  });

  test("35: without a consent column everybody is imported, nobody has consent, and that is said", async () => {
    const shop = await openTestShop(api);
    const answer = await shop.take("contacts", csv("external_id,email", "c1,ann@example.com"));
    expect(answer.body.accepted).toBe(1);
    expect(codes(answer)).toContain("consent.missing");
    expect((await shop.contact("c1")).consents).toEqual([]);
  });

  test("36: columns that look sensitive are left out unless they are asked for by name", async () => {
    const shop = await openTestShop(api);
    const file = csv("external_id,date_of_birth,passport_no,city", "c1,2012-01-01,X1,Leeds");
    const answer = await shop.take("contacts", file);
    expect(answer.body.notes).toContainEqual({
      code: "column.sensitive",
      count: 2,
      message: expect.stringContaining("date_of_birth, passport_no"),
    });
    expect((await shop.contact("c1")).fields).toEqual({ city: "Leeds" });
    await shop.take("contacts", file, "?keep=passport_no");
    expect((await shop.contact("c1")).fields).toEqual({ city: "Leeds", passport_no: "X1" });
  });

  test("37: the same file again changes nothing and says so", async () => {
    const shop = await openTestShop(api);
    const file = csv(
      "external_id,first_name,email,consent_email,city",
      "c1,Ann,ann@example.com,yes,Leeds",
      "c2,Ben,,,",
    );
    await shop.take("contacts", file);
    const before = await shop.contact("c1");
    const answer = await shop.take("contacts", file);
    expect(answer.body).toMatchObject({ state: "finished", accepted: 2 });
    expect(codes(answer)).toEqual(["import.same_file"]);
    expect(await shop.contact("c1")).toEqual(before);
  });

  test("100: only time zones of the tz database are taken, and the one that was meant is named", async () => {
    const shop = await openTestShop(api);
    const zones = ["EST", "GMT+8", "Mars/Phobos", "Europe/Londn", "Europe/London"];
    const answer = await shop.take(
      "contacts",
      csv("external_id,time_zone", ...zones.map((zone, i) => `c${i},${zone}`)),
    );
    expect(answer.body).toMatchObject({ accepted: 1, rejected: 4 });
    const text = await shop.rejectsOf(answer);
    expect(text.match(/time_zone\.unknown/g)).toHaveLength(4);
    expect(text).toContain("Did you mean Europe/London?");
  });

  test("a file belongs to its workspace, and strangers do not see it", async () => {
    const shop = await openTestShop(api);
    const answer = await shop.take("contacts", csv("external_id,email", "c1,nonsense"));
    const other = await api.openWorkspace();
    for (const path of [`/v1/imports/${answer.body.id}`, `/v1/imports/${answer.body.id}/rejects.csv`])
      expect((await api.ask("GET", path, { key: other.keys.owner })).status).toBe(404);
    expect((await shop.look(`/v1/imports/${answer.body.id}`)).body).toEqual(answer.body);
  });

  test("addresses are found again by the same hash that the ledger keeps", async () => {
    const shop = await openTestShop(api);
    await shop.take("contacts", csv("external_id,email", "c1,ann@example.com"));
    const hash = openAddressHash(api.installationKey, shop.id)("email", "ann@example.com");
    const { rows } = await api.db.sql.query("select value from address where workspace_id = $1 and hash = $2", [
      shop.id,
      hash,
    ]);
    expect(rows).toEqual([{ value: "ann@example.com" }]);
    expect((await shop.look("/v1/contacts?q=ANN%40example.com")).body.items).toHaveLength(1);
  });
});
