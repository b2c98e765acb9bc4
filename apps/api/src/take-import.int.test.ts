import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestApi, type TestApi } from "./test-api.ts";
import { csv, openTestShop } from "./test-shop.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

describe("a file that breaks off", () => {
  test("28: an unclosed quote stops with its row, earlier rows are kept, and the mended file goes on", async () => {
    const shop = await openTestShop(api);
    const rows = Array.from({ length: 6_000 }, (_, i) => `c${i},Ann`);
    const broken = csv("external_id,first_name", ...rows, 'x1,"never closed', ...rows);
    const answer = await shop.take("contacts", broken + "y".repeat(130_000));
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      errors: [{ code: "csv.quote_unclosed", path: "row 6002" }],
      import: { state: "stopped", rows: 6_000, accepted: 6_000 },
    });
    const mended = await shop.take("contacts", csv("external_id,first_name", ...rows, "x1,Zoe"));
    expect(mended.body).toMatchObject({ state: "finished", accepted: 6_001 });
    expect((await shop.contact("x1")).firstName).toBe("Zoe");
  });

  test("37: an upload that is cut keeps what came, and the whole file goes on from there", async () => {
    const shop = await openTestShop(api);
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
      .poll(async () => (await shop.look("/v1/imports")).body.items[0]?.rows, { timeout: 20_000 })
      .toBeGreaterThanOrEqual(5_000);
    aborted.abort();
    await sending;
    await expect
      .poll(async () => (await shop.look("/v1/imports")).body.items[0]?.state, { timeout: 20_000 })
      .toBe("stopped");
    const cut = (await shop.look("/v1/imports")).body.items[0];
    expect(cut.notes.map((note: { code: string }) => note.code)).toContain("upload.cut");
    expect(cut.accepted).toBeGreaterThan(11_000);
    expect((await shop.take("contacts", new Uint8Array(bytes))).body).toMatchObject({
      state: "finished",
      accepted: 20_000,
    });
    const { rows: counted } = await api.db.sql.query(
      "select count(*)::int as count from contact where workspace_id = $1",
      [shop.id],
    );
    expect(counted[0].count).toBe(20_000);
  });
});

describe("while a large file is taken in", () => {
  test("38: everybody else is answered, and progress is seen", async () => {
    const shop = await openTestShop(api);
    const rows = Array.from({ length: 30_000 }, (_, i) => `c${i},Somebody,c${i}@example.com,United Kingdom,yes`);
    const taking = shop.take("contacts", csv("external_id,first_name,email,country,consent_email", ...rows));
    let isDone = false;
    void taking.finally(() => {
      isDone = true;
    });
    let answers = 0;
    const seen = new Set<number>();
    while (!isDone) {
      expect((await api.ask("GET", "/healthz", { as: "nobody" })).status).toBe(200);
      seen.add((await shop.look("/v1/imports")).body.items[0]?.rows);
      answers++;
    }
    expect((await taking).body).toMatchObject({ state: "finished", accepted: 30_000 });
    expect(seen.size).toBeGreaterThan(3); // of the seven: 0, 5,000, … 30,000
    expect(answers).toBeGreaterThan(10);
  }, 120_000);

  test("33: more files at once than there is room for are asked to come again", async () => {
    const shop = await openTestShop(api);
    const slow = () => {
      const sent = new AbortController();
      const body = new ReadableStream({
        start: (controller) =>
          controller.enqueue(Buffer.from(`external_id,note\n${`c,${"x".repeat(1_000)}\n`.repeat(80)}`)),
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
    const fifth = async () => await shop.take("contacts", csv("external_id", "c1"));
    const running = async () =>
      (await shop.look("/v1/imports")).body.items.filter((each: { state: string }) => each.state === "running").length;
    await expect.poll(running, { timeout: 20_000 }).toBe(4);
    const refused = await fifth();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
    for (const each of held) each.stop();
    await Promise.all(held.map((each) => each.done));
    await expect.poll(async () => (await fifth()).status, { timeout: 20_000 }).toBe(200);
  });
});
