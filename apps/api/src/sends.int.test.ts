import { randomUUID } from "node:crypto";
import { channels } from "@chorus/channels/registry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, type Json, openTestApi, type TestApi } from "./test-api.ts";
import { addContacts, approve, haveWritten, makeCampaign } from "./test-campaign.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({ API_RATE_LIMIT: "1000000" });
}, 120_000);
afterAll(() => api.close());

const receipt: Json = {
  channel: "email",
  class: "transactional",
  to: { address: "ann@example.com", firstName: "Ann" },
  content: {
    subject: "Your order {{contact:order|of today}}",
    headline: "Thank you, {{contact:first_name|there}}",
    paragraphs: ["We have your order and are packing it."],
  },
  fields: { order: "A-17" },
};
const send = (body: unknown, key: string | null = randomUUID(), of: Json = {}): Promise<Answer> =>
  api.ask("POST", "/v1/messages", { body, ...of, headers: key === null ? {} : { "idempotency-key": key } });
const codes = (answer: Answer): string[] => answer.body.errors.map((error: Json) => error.code);
const counted = async (): Promise<number> =>
  Number((await api.db.sql.query("select count(*) from message")).rows[0].count);
/** Sessions that wait for the lock on the table of messages. */
const waiting = async (): Promise<number> =>
  (await api.db.sql.query("select count(*)::int from pg_locks where relation = 'message'::regclass and not granted"))
    .rows[0].count;
const messageOf = async (id: string): Promise<Json> => (await api.ask("GET", `/v1/messages/${id}`)).body;

describe("a single send", () => {
  it("D8: is in the ledger before its 202, and can be followed", async () => {
    const answer = await send(receipt);
    expect(answer.status).toBe(202);
    expect(answer.headers.get("location")).toBe(`/v1/messages/${answer.body.id}`);
    expect(await messageOf(answer.body.id)).toMatchObject({
      ...{ id: answer.body.id, channel: "email", class: "transactional", state: "waiting", reason: null },
      due: { notBefore: expect.any(String), expiresAt: expect.any(String) },
    });
  });

  it("comes in batches of up to 500, all of them or none", async () => {
    const before = await counted();
    const some = Array.from({ length: 500 }, (_, n) => ({ ...receipt, to: { address: `c${n}@example.com` } }));
    const answer = await send({ messages: some });
    expect(answer.status).toBe(202);
    expect(new Set(answer.body.messages.map((each: Json) => each.id)).size).toBe(500);
    expect((await send({ messages: [...some, receipt] })).status).toBe(400);
    const broken = await send({ messages: [receipt, { ...receipt, to: { address: "nobody" } }] });
    expect(broken.status).toBe(400);
    expect(broken.body.errors[0].path).toBe("messages[1].to.address");
    expect(await counted()).toBe(before + 500);
  });

  it("posts no words before all the world that nobody has approved, whoever asks", async () => {
    const open = channels.filter(({ traits }) => traits.permission.needsApproval);
    expect(open.length).toBeGreaterThan(0);
    for (const { id: channel, normalizeAddress } of open) {
      const address = ["shop.example.com", "@shop@social.example"].find((each) => normalizeAddress(each).is === "ok");
      const { body } = await api.ask("POST", "/v1/destinations", { body: { channel, name: "Our feed", address } });
      for (const kind of ["transactional", "marketing"]) {
        const post = { channel, class: kind, to: { destination: body.id }, content: { text: "We are open." } };
        expect(codes(await send(post))).toEqual(["approval.needed"]);
      }
    }
  });

  it("goes to a contact by id or by the id it was imported with, in the contact's language", async () => {
    const [contact = ""] = await addContacts(api, 1, { externalId: "sends-1", locale: "zh-CN" });
    for (const to of [{ contact }, { externalId: "sends-1" }]) {
      const { body } = await send({ ...receipt, to });
      expect(await messageOf(body.id)).toMatchObject({ contactId: contact, locale: "zh-CN", state: "waiting" });
    }
    const missing = await send({ ...receipt, to: { externalId: "who?" } });
    expect([missing.status, codes(missing)]).toEqual([422, ["contact.unknown"]]);
  });

  it("is skipped with the reason when the ledger's rules say so: marketing needs consent, a receipt does not", async () => {
    const [contact = ""] = await addContacts(api, 1, { externalId: "sends-2", consents: { email: "none" } });
    const words = {
      ...receipt.content,
      subject: "Spring is here",
      headline: "Spring is here",
      paragraphs: ["Come and see it."],
    };
    const marketing = await send({ ...receipt, class: "marketing", content: words, fields: {}, to: { contact } });
    expect(marketing.status).toBe(202);
    expect(await messageOf(marketing.body.id)).toMatchObject({ state: "skipped", reason: "no_consent" });
    const { body } = await send({ ...receipt, to: { contact } });
    expect(await messageOf(body.id)).toMatchObject({ state: "waiting" });
  });

  it("that is marketing goes to contacts only, in words that somebody who may approve stands for", async () => {
    const nobody = await send({ ...receipt, class: "marketing" });
    expect([nobody.status, codes(nobody)]).toEqual([422, ["consent.unknown"]]);
    const [contact = ""] = await addContacts(api, 1);
    const unreviewed = await send({ ...receipt, class: "marketing", to: { contact } }, randomUUID(), {
      as: "operator",
    });
    expect([unreviewed.status, codes(unreviewed)]).toEqual([422, ["approval.needed"]]);
    const ungrounded = { ...receipt.content, paragraphs: ["Only today: 70% off everything."] };
    const claimed = await send({ ...receipt, class: "marketing", to: { contact }, content: ungrounded });
    expect(claimed.status).toBe(400);
  });

  it("may use an approved variant, and no other", async () => {
    const [contact = ""] = await addContacts(api, 1);
    const campaign = await makeCampaign(api, { channels: ["email"] });
    const [variant] = await haveWritten(api, campaign);
    const body = { channel: "email", class: "marketing", to: { contact }, variant: variant.id };
    const early = await send(body);
    expect([early.status, codes(early)]).toEqual([422, ["variant.unapproved"]]);
    await approve(api, campaign);
    const taken = await send(body);
    expect(taken.status).toBe(202);
    expect(await messageOf(taken.body.id)).toMatchObject({ variantId: variant.id, class: "marketing" });
    expect(codes(await send({ ...body, class: "transactional" }))).toEqual(["class.marketing_copy"]);
  });

  it("can be called off while it waits, and then no more", async () => {
    const { body } = await send(receipt);
    const cancelled = await api.ask("POST", `/v1/messages/${body.id}/cancel`);
    expect(cancelled.body).toMatchObject({ id: body.id, state: "cancelled" });
    expect((await api.ask("POST", `/v1/messages/${body.id}/cancel`)).status).toBe(200);
    await api.db.sql.query("update message set state = 3 where state = 7");
    const late = await api.ask("POST", `/v1/messages/${body.id}/cancel`);
    expect([late.status, codes(late)]).toEqual([409, ["message.state"]]);
  });

  it("of another workspace is not there: not to be seen, not to be called off", async () => {
    const { body } = await send(receipt);
    const other = await api.openWorkspace();
    const seen = await api.ask("GET", `/v1/messages/${body.id}`, { key: other.keys.owner });
    const called = await api.ask("POST", `/v1/messages/${body.id}/cancel`, { key: other.keys.owner });
    expect([seen.status, called.status]).toEqual([404, 404]);
    expect((await messageOf(body.id)).state).toBe("waiting");
  });
});

describe("D9: an idempotency key", () => {
  it("3a.10 is needed: 400 idempotency.required", async () => {
    const before = await counted();
    const answer = await send(receipt, null);
    expect([answer.status, codes(answer)]).toEqual([400, ["idempotency.required"]]);
    expect(await counted()).toBe(before);
  });

  it("3a.11 used again for another body is 422 idempotency.mismatch with the first request's time", async () => {
    const key = randomUUID();
    const first = await send(receipt, key);
    const second = await send({ ...receipt, fields: { order: "A-18" } }, key);
    expect([second.status, codes(second)]).toEqual([422, ["idempotency.mismatch"]]);
    expect(Math.abs(Date.parse(second.body.firstAt) - Date.now())).toBeLessThan(60_000);
    const again = await send(receipt, key);
    expect([again.status, again.body]).toEqual([202, first.body]);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
  });

  it("3a.12 in flight is 409 with Retry-After 1", async () => {
    const key = randomUUID();
    const holder = await api.db.sql.connect();
    try {
      await holder.query("begin");
      await holder.query("lock table message in exclusive mode"); // the first request waits here, with the key in its hand
      const first = send(receipt, key);
      await expect.poll(waiting, { timeout: 20_000 }).toBe(1); // asked any earlier, a second could be the one with the key
      const second = await send(receipt, key);
      expect([second.status, codes(second), second.headers.get("retry-after")]).toEqual([
        409,
        ["idempotency.in_flight"],
        "1",
      ]);
      await holder.query("rollback");
      expect((await first).status).toBe(202);
    } finally {
      holder.release();
    }
  });

  it("3a.13 of more than 255 characters or with spaces is 400", async () => {
    for (const key of ["k".repeat(256), "two words"])
      expect(codes(await send(receipt, key))).toEqual(["idempotency.invalid"]);
    expect((await send(receipt, "k".repeat(255))).status).toBe(202);
  });

  it("makes exactly one message of each of 200 requests that are made 50 times at once", {
    timeout: 300_000,
  }, async () => {
    const before = await counted();
    const keys = Array.from({ length: 200 }, () => randomUUID());
    for (const key of keys) {
      const body = { ...receipt, fields: { order: key } };
      const answers = await Promise.all(Array.from({ length: 50 }, () => send(body, key)));
      const taken = answers.filter((each) => each.status === 202);
      expect(taken.length).toBeGreaterThan(0);
      expect(new Set(taken.map((each) => each.body.id)).size).toBe(1);
      expect(
        answers.every(
          (each) => each.status === 202 || (each.status === 409 && each.headers.get("retry-after") === "1"),
        ),
      ).toBe(true);
    }
    expect(await counted()).toBe(before + keys.length);
  });

  it("is one workspace's own", async () => {
    const key = randomUUID();
    const other = await api.openWorkspace();
    const mine = await send(receipt, key);
    const theirs = await send(receipt, key, { key: other.keys.owner });
    expect(theirs.status).toBe(202);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });
});

describe("bad input to a single send", () => {
  it("3a.16 content that is no text is 400 type.string, and reads no file", async () => {
    const content = { ...receipt.content, headline: { path: "/etc/passwd" } };
    const answer = await send({ ...receipt, content });
    expect([answer.status, codes(answer)]).toEqual([400, ["type.string"]]);
    expect(answer.body.errors[0].path).toBe("content.headline");
  });

  it("3a.17 a sender on another domain is 422 sender.unverified with the DNS records to add", async () => {
    const answer = await send({ ...receipt, from: { name: "Bank", email: "hello@bank.example" } });
    expect([answer.status, codes(answer)]).toEqual([422, ["sender.unverified"]]);
    expect(answer.body.errors[0].message).toMatch(/_dmarc\.bank\.example TXT .*v=DMARC1/);
    expect((await send({ ...receipt, from: { name: "Returns", email: "returns@example.com" } })).status).toBe(202);
    const hidden = await send({ ...receipt, from: { name: "Bank <a@bank.example>", email: "a@example.com" } });
    expect(codes(hidden)).toEqual(["sender.name"]);
  });

  it("holds its moments against the clock: past, too far, without an offset, over before it begins", async () => {
    const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
    const day = 86_400_000;
    for (const [times, code] of [
      [{ sendAt: inMs(-day) }, "time.past"],
      [{ sendAt: inMs(401 * day) }, "time.too_far"],
      [{ expiresAt: inMs(-1_000) }, "time.order"],
      [{ sendAt: inMs(2 * day), expiresAt: inMs(day) }, "time.order"],
    ] as const) {
      const answer = await send({ ...receipt, ...times });
      expect([answer.status, codes(answer)]).toEqual([422, [code]]);
    }
    expect((await send({ ...receipt, sendAt: "2030-01-01T09:00:00" })).status).toBe(400);
    const { body } = await send({ ...receipt, sendAt: inMs(day), expiresAt: inMs(2 * day) });
    expect(Date.parse((await messageOf(body.id)).due.notBefore)).toBeGreaterThan(Date.now() + day / 2);
  });

  it("names what is wrong: both words and variant, no recipient, two recipients, an unknown slot", async () => {
    expect(codes(await send({ ...receipt, variant: "var_0" }))).toEqual(["content.ambiguous"]);
    expect(codes(await send({ ...receipt, to: {} }))).toEqual(["to.ambiguous"]);
    expect(codes(await send({ ...receipt, to: { address: "a@example.com", contact: "con_0" } }))).toEqual([
      "to.ambiguous",
    ]);
    const content = { ...receipt.content, headline: "It costs {{fact:price}}" };
    expect(codes(await send({ ...receipt, content }))).toEqual(["slot.unknown_fact"]);
    expect(codes(await send({ ...receipt, chanel: "email" }))).toEqual(["field.unknown"]);
  });
});

describe("3a.25 with a store away", () => {
  it("D6: a queue that cannot be reached still gives a 202: the ledger has it", { timeout: 120_000 }, async () => {
    const deaf = await openTestApi({ QUEUE_URL: "redis://127.0.0.1:9" });
    try {
      const headers = { "idempotency-key": randomUUID() };
      const started = performance.now();
      const answer = await deaf.ask("POST", "/v1/messages", { body: receipt, headers });
      expect(answer.status).toBe(202);
      expect(performance.now() - started, "nobody waits for the queue").toBeLessThan(2_000);
      expect((await deaf.ask("GET", `/v1/messages/${answer.body.id}`)).body.state).toBe("waiting");
    } finally {
      await deaf.close();
    }
  });

  it("D7: a database that is away gives 503 with Retry-After, and never a 202", { timeout: 120_000 }, async () => {
    const lost = await openTestApi();
    try {
      const name = new URL(lost.db.url).pathname.slice(1);
      await api.db.sql.query(`alter database "${name}" with allow_connections false`);
      await api.db.sql.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);
      const headers = { "idempotency-key": randomUUID() };
      const answer = await lost.ask("POST", "/v1/messages", { body: receipt, headers });
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
      await api.db.sql.query(`alter database "${name}" with allow_connections true`);
    } finally {
      await lost.close();
    }
  });
});
