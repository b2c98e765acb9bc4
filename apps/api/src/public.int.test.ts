import { type LinkTokens, openLinkTokens } from "@chorus/core/link-token";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestApi, type TestApi } from "./test-api.ts";
import { addContacts, haveLaunched, makeCampaign } from "./test-campaign.ts";

let api: TestApi;
let tokens: LinkTokens;
type Sent = { runId: string; messageId: string; contactId: string };
let english: Sent;
let chinese: Sent;

beforeAll(async () => {
  api = await openTestApi();
  tokens = openLinkTokens(api.installationKey);
  await addContacts(api, 1);
  await addContacts(api, 1, { locale: "zh-CN" });
  const runId = await haveLaunched(api, await makeCampaign(api, { locales: ["en", "zh"] }));
  const { rows } = await api.db.sql.query<Sent & { locale: string }>(
    `select run_id as "runId", id as "messageId", contact_id as "contactId", locale from message
      where run_id = $1 and channel_no = $2`,
    [runId, api.db.channels.noOf("email")],
  );
  const of = (locale: string) => {
    const row = rows.find((each) => each.locale === locale);
    if (!row) throw new Error(`no message in ${locale}`);
    return { runId: row.runId, messageId: row.messageId, contactId: row.contactId };
  };
  [english, chinese] = [of("en"), of("zh")];
});
afterAll(() => api.close());

const token = (sent: Sent, link = 0): string => tokens.write({ runId: sent.runId, messageId: sent.messageId, link });
const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
  api.ask(method, path, { as: "nobody", headers, ...(body === undefined ? {} : { body }) });
const count = async (sql: string, values: unknown[] = []): Promise<number> =>
  Number((await api.db.sql.query(`select count(*) from ${sql}`, values)).rows[0]?.count);
const suppressions = () => count("suppression");
const consentOf = async (sent: Sent): Promise<string> =>
  (
    await api.db.sql.query("select state from consent where contact_id = $1 and channel_no = $2", [
      sent.contactId,
      api.db.channels.noOf("email"),
    ])
  ).rows[0]?.state;

describe("looking at an unsubscribe link", () => {
  it.each([
    ["English", () => english, "en", "Unsubscribe from Test Shop"],
    ["Chinese", () => chinese, "zh", "退订Test Shop的消息"],
  ])("shows a page in the reader's %s with one button, and loads nothing", async (_language, sent, lang, title) => {
    const answer = await ask("GET", `/u/${token(sent())}`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(answer.text).toContain(`<html lang="${lang}">`);
    expect(answer.text).toContain(`<h1>${title}</h1>`);
    expect(answer.text.match(/<button/g)).toHaveLength(1);
    expect(answer.text).not.toMatch(/<script|src=|https?:/);
    expect(answer.text.match(/href="[^"]*"/g)).toEqual([`href="${token(sent())}/why"`]);
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(answer.headers.get("set-cookie")).toBeNull();
  });

  it("a hundred times, in every way a scanner does, changes nothing (S12)", async () => {
    const before = [await suppressions(), await consentOf(english), await count("consent_event"), await count("click")];
    for (let i = 0; i < 25; i++)
      await Promise.all([
        ask("GET", `/u/${token(english)}`),
        ask("HEAD", `/u/${token(english)}`),
        ask("HEAD", `/c/${token(english, 1)}`),
        ask("GET", `/c/${token(english, 1)}`, { "sec-purpose": "prefetch;prerender" }),
      ]);
    const after = [await suppressions(), await consentOf(english), await count("consent_event"), await count("click")];
    expect(after).toEqual(before);
  });
});

describe("unsubscribing", () => {
  it("by a mailbox's one-click POST takes effect within the request, without cookie, login or redirect", async () => {
    const answer = await ask(
      "POST",
      `/u/${token(english)}`,
      { "content-type": "application/x-www-form-urlencoded" },
      "List-Unsubscribe=One-Click",
    );
    expect([answer.status, answer.headers.get("set-cookie"), answer.headers.get("location")]).toEqual([
      200,
      null,
      null,
    ]);
    expect(answer.text).toContain("You are unsubscribed");
    expect(await consentOf(english)).toBe("withdrawn");
    const { rows } = await api.db.sql.query("select reason, scope, source from suppression");
    expect(rows).toEqual([{ reason: "unsubscribed", scope: "marketing", source: "link" }]);
  });

  it("twice is no error and writes no second suppression", async () => {
    const before = await suppressions();
    expect((await ask("POST", `/u/${token(english)}`)).status).toBe(200);
    expect(await suppressions()).toBe(before);
  });

  it.each([
    [
      "multipart, as RFC 8058 prefers",
      "multipart/form-data; boundary=x",
      '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
    ],
    ["with a type nobody expects", "application/octet-stream", "?"],
    ["with JSON that is none", "application/json", "{"],
  ])("works %s", async (_how, type, body) => {
    expect((await ask("POST", `/u/${token(chinese)}`, { "content-type": type }, body)).status).toBe(200);
    expect(await consentOf(chinese)).toBe("withdrawn");
  });

  it("works for a message whose run has long finished", async () => {
    await addContacts(api, 1, { locale: "en-GB" });
    const runId = await haveLaunched(api, await makeCampaign(api, { channels: ["email"] }));
    const { rows } = await api.db.sql.query<Sent>(
      'select run_id as "runId", id as "messageId", contact_id as "contactId" from message where run_id = $1 and state = 0',
      [runId],
    );
    await api.db.sql.query("delete from due where run_id = $1", [runId]);
    await api.db.sql.query(
      "update run set state = 'finished', finished_at = chorus_now() - interval '90 days' where id = $1",
      [runId],
    );
    const [sent] = rows;
    if (!sent) throw new Error("nothing was planned");
    expect((await ask("POST", `/u/${token(sent)}`)).status).toBe(200);
    expect(await consentOf(sent)).toBe("withdrawn");
  });
});

describe("a click", () => {
  it("leads to the stored address and is recorded once", async () => {
    const before = await count("click");
    for (let i = 0; i < 2; i++) {
      const answer = await ask("GET", `/c/${token(english, 1)}`);
      expect([answer.status, answer.headers.get("location")]).toEqual([
        302,
        "https://shop.example.com/spring?a=1&b=%C3%BC",
      ]);
      expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
    }
    expect(await count("click")).toBe(before + 1);
  });

  it("is no open redirect: what is added to a link changes nothing (S6)", async () => {
    const answer = await ask("GET", `/c/${token(english, 1)}?url=https://evil.example/&to=//evil.example`);
    expect(answer.headers.get("location")).toBe("https://shop.example.com/spring?a=1&b=%C3%BC");
  });
});

describe("a link that is none of ours", () => {
  const made = (): [string, string][] => [
    ["made up", "A".repeat(22)],
    ["cut short", token(english).slice(0, 21)],
    [
      "changed in one letter",
      `${token(english, 1).slice(0, 10)}${token(english, 1)[10] === "A" ? "B" : "A"}${token(english, 1).slice(11)}`,
    ],
    ["from another installation", openLinkTokens(new Uint8Array(32)).write({ ...english, link: 0 })],
    ["of a message that never was", tokens.write({ runId: english.runId, messageId: "999999999", link: 0 })],
    ["of a link the message has not", token(english, 9)],
    ["with markup", "%3Cscript%3E"],
  ];

  it("is answered with one and the same page, whatever is wrong with it", async () => {
    const pages = new Set<string>();
    for (const [what, text] of made())
      for (const [method, path] of [
        ["GET", "/u/"],
        ["POST", "/u/"],
        ["GET", "/c/"],
      ] as const) {
        if (what === "of a link the message has not" && path === "/u/") continue;
        const answer = await ask(method, `${path}${text}`);
        expect([what, method, path, answer.status]).toEqual([what, method, path, 404]);
        pages.add(answer.text);
      }
    expect(pages.size).toBe(1);
    expect([...pages][0]).not.toMatch(/Test Shop|script/);
  });

  it("does not open the other door: a click link unsubscribes nobody, an unsubscribe link leads nowhere", async () => {
    const before = await suppressions();
    for (const method of ["GET", "POST"]) expect((await ask(method, `/u/${token(english, 1)}`)).status).toBe(404);
    expect((await ask("GET", `/c/${token(english)}`)).status).toBe(404);
    expect(await suppressions()).toBe(before);
  });

  it.each([
    ["zh-CN,zh;q=0.9", "zh", "页面不存在"],
    ["de-AT", "de", "Hier ist nichts"],
    ["fr", "fr", "Rien ici"],
    ["constructor", "en", "Nothing here"],
  ])("is answered to whoever reads %s in their language, or in English", async (accepted, lang, title) => {
    const answer = await ask("GET", "/u/nothing", { "accept-language": accepted });
    expect(answer.text).toContain(`<html lang="${lang}">`);
    expect(answer.text).toContain(`<h1>${title}</h1>`);
  });
});
