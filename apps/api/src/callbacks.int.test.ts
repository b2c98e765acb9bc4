/** Thousands of Twilio's callbacks as they really come: in any order, more than once, and long after; and what failures among them do. */
import { createHmac } from "node:crypto";
import { openIdSeal } from "@chorus/core/id";
import { messageStates } from "@chorus/core/message";
import { ensureCarrier, findCarrier } from "@chorus/db/carriers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Json, openTestApi, type TestApi } from "./test-api.ts";
import { addContacts, haveLaunched, makeCampaign } from "./test-campaign.ts";

const publicUrl = "https://chorus.example.com";
const account = "AC00000000000000000000000000000001";
const secret = "the account's auth token";

let api: TestApi;
let carrier: string;
beforeAll(async () => {
  api = await openTestApi({
    ...{ PUBLIC_URL: publicUrl, TWILIO_ACCOUNT_SID: account, TWILIO_AUTH_TOKEN: secret, TWILIO_FROM: "+14155550100" },
    TWILIO_BASE_URL: "http://127.0.0.1:9",
  });
  const place = { workspaceId: api.id, channel: "sms", provider: "twilio", account };
  carrier = openIdSeal(api.installationKey).seal("carrier", (await ensureCarrier(api.db, place)).id);
});
afterAll(() => api.close());

type Message = { readonly runId: string; readonly messageId: string; readonly id: string };

/** A run whose texts Twilio has taken with their first attempt. */
async function haveSent(count: number): Promise<Message[]> {
  await api.db.sql.query("delete from contact");
  await addContacts(api, count);
  const runId = await haveLaunched(api, await makeCampaign(api, { channels: ["sms"] }));
  await api.db.sql.query("delete from due where run_id = $1", [runId]);
  const { rows } = await api.db.sql.query<{ id: string }>(
    `update message set state = ${messageStates.accepted}, attempt = 1, settled_at = chorus_now() where run_id = $1 returning id`,
    [runId],
  );
  const seal = openIdSeal(api.installationKey);
  return rows.map(({ id }) => ({ runId, messageId: id, id: seal.sealMessage({ runId, messageId: id }) }));
}

type Call = { readonly of: Message; readonly status: string; readonly code?: number; readonly attempt?: number };

/** Signed as Twilio signs: HMAC-SHA1 of the URL followed by every parameter, sorted by name (twilio.com/docs/usage/security). */
async function report({ of, status, code, attempt = 1 }: Call): Promise<number> {
  const path = `/webhooks/${carrier}?m=${of.id}&a=${attempt}`;
  const form: Record<string, string> = {
    AccountSid: account,
    MessageSid: `SM${of.id}${attempt}`,
    MessageStatus: status,
  };
  if (code !== undefined) form.ErrorCode = String(code);
  const signed = Object.keys(form)
    .sort()
    .map((name) => name + form[name])
    .join("");
  const signature = createHmac("sha1", secret).update(`${publicUrl}${path}${signed}`).digest("base64");
  const headers = { "content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature };
  const answer = await fetch(`${api.url}${path}`, {
    method: "POST",
    headers,
    body: new URLSearchParams(form).toString(),
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** The same order for the same seed (Numerical Recipes' generator). */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  return items
    .map((item) => ({ item, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

async function reportAll(calls: readonly Call[]): Promise<void> {
  const left = [...calls];
  const lines = Array.from({ length: 16 }, async () => {
    for (let call = left.pop(); call; call = left.pop()) expect(await report(call)).toBe(200);
  });
  await Promise.all(lines);
}

const ladders = [
  ["queued", "sent", "delivered"],
  ["queued", "sending", "sent", "undelivered"],
  ["sent", "delivered", "read"],
  ["accepted", "queued", "sent"],
] as const;
const highest = [
  ["delivered", 3],
  ["undelivered", 3],
  ["read", 4],
  ["sent", 2],
] as const;

describe("D19: callbacks that are shuffled, tripled and replayed", () => {
  it("end at the highest status of each message, fall nowhere on the way, and count once", {
    timeout: 120_000,
  }, async () => {
    const messages = await haveSent(200);
    await api.db.sql.query(`create table fallen (id bigint);
      create function note_fall() returns trigger language plpgsql as $$ begin insert into fallen values (new.id); return new; end $$;
      create trigger falls before update on message for each row
        when (new.delivery_rank < old.delivery_rank or (new.delivery_rank = old.delivery_rank and new.delivery is distinct from old.delivery))
        execute function note_fall()`);
    const once = messages.flatMap((of, n) => (ladders[n % ladders.length] ?? []).map((status) => ({ of, status })));
    const seed = Date.now() % 100_000;
    await reportAll(shuffled([...once, ...once, ...once], seed));
    await reportAll(shuffled(once, seed + 1));
    const { rows } = await api.db.sql.query<{ id: string; delivery: string; rank: number; state: number }>(
      "select id, delivery, delivery_rank as rank, state from message where run_id = $1",
      [messages[0]?.runId],
    );
    const found = new Map(rows.map((row) => [row.id, [row.delivery, row.rank, row.state]]));
    for (const [n, { messageId }] of messages.entries())
      expect(found.get(messageId), `message ${n}, seed ${seed}`).toEqual([
        ...(highest[n % highest.length] ?? []),
        messageStates.accepted,
      ]);
    expect((await api.db.sql.query("select * from fallen")).rows).toEqual([]);
    const kept = await api.db.sql.query<{ events: number }>("select count(*)::int as events from provider_event");
    expect(kept.rows[0]?.events).toBe(once.length);
  });
});

describe("D17: a text that was taken and then failed", () => {
  beforeEach(async () => {
    await api.db.sql.query("delete from provider_event");
    await api.db.sql.query(
      "update carrier set blocked_until = null, blocked_because = null, failures = 0, released_at = null",
    );
  });
  const read = async ({ id }: Message): Promise<Json> => (await api.ask("GET", `/v1/messages/${id}`)).body;
  const standing = async () => (await findCarrier(api.db, { workspaceId: api.id, channel: "sms" })) as Json;
  const suppressions = async () =>
    (await api.db.sql.query("select reason, scope, source from suppression where workspace_id = $1", [api.id])).rows;
  /** As if the second attempt had been accepted. */
  const sentAgain = (of: Message) =>
    api.db.sql.query(
      `with gone as (delete from due where message_id = $2 returning attempt)
       update message set state = ${messageStates.accepted}, attempt = gone.attempt + 1 from gone where run_id = $1 and id = $2`,
      [of.runId, of.messageId],
    );

  it("30003: goes out once more after an hour, its late news is no news of that, and the second time it ends", async () => {
    const [of] = await haveSent(1);
    if (!of) throw new Error("nothing was sent");
    const since = Date.now();
    await report({ of, status: "undelivered", code: 30003 });
    const again = await read(of);
    expect(again).toMatchObject({
      state: "waiting",
      delivery: null,
      attempts: [{ attempt: 1, outcome: "undelivered" }],
    });
    const waits = Date.parse(again.due.notBefore) - since;
    expect(waits).toBeGreaterThanOrEqual(3_600_000);
    expect(waits).toBeLessThan(3_700_000);
    await report({ of, status: "sent" });
    expect(await read(of)).toMatchObject({ state: "waiting", delivery: null });
    await sentAgain(of);
    await report({ of, status: "undelivered", code: 30003, attempt: 2 });
    expect(await read(of)).toMatchObject({ state: "accepted", attempt: 2, delivery: "undelivered", due: null });
  });

  it("30003: a second attempt that arrives is delivered", async () => {
    const [of] = await haveSent(1);
    if (!of) throw new Error("nothing was sent");
    await report({ of, status: "undelivered", code: 30003 });
    await sentAgain(of);
    for (const status of ["sent", "delivered"]) await report({ of, status, attempt: 2 });
    await report({ of, status: "undelivered", code: 30003 }); // replayed
    expect(await read(of)).toMatchObject({ state: "accepted", delivery: "delivered" });
  });

  it("30005: two dead ends suppress the number, one does not", async () => {
    for (const expected of [[], [{ reason: "unreachable", scope: "all", source: "provider" }]]) {
      const [of] = await haveSent(1);
      if (!of) throw new Error("nothing was sent");
      await report({ of, status: "undelivered", code: 30005 });
      await report({ of, status: "undelivered", code: 30005 });
      expect(await suppressions()).toEqual(expected);
    }
    await api.db.sql.query("delete from suppression");
  });

  it("30034: pauses the sender, and the text waits for its release", async () => {
    const [of] = await haveSent(1);
    if (!of) throw new Error("nothing was sent");
    await report({ of, status: "failed", code: 30034 });
    expect(await standing()).toMatchObject({ isPaused: true, blockedBecause: "Twilio error 30034" });
    expect(await read(of)).toMatchObject({ state: "waiting" });
  });

  it("63038: holds the account for a day, and the text does not outlive its own", async () => {
    const [of] = await haveSent(1);
    if (!of) throw new Error("nothing was sent");
    await report({ of, status: "failed", code: 63038 });
    const { blockedUntil, isPaused } = await standing();
    expect(isPaused).toBe(false);
    expect(blockedUntil.getTime() - Date.now()).toBeGreaterThan(23.9 * 3_600_000);
    expect(await read(of)).toMatchObject({ state: "accepted", delivery: "undelivered" });
  });

  it("30007: the tenth of the last 200 pauses the sender, and after a release the count begins anew", async () => {
    const messages = await haveSent(40);
    const filtered = (from: number, to: number) =>
      reportAll(messages.slice(from, to).map((of) => ({ of, status: "undelivered", code: 30007 })));
    await reportAll(messages.slice(30).map((of) => ({ of, status: "delivered" })));
    await filtered(0, 9);
    expect(await standing()).toMatchObject({ isPaused: false });
    await filtered(9, 10);
    expect(await standing()).toMatchObject({
      isPaused: true,
      blockedBecause: expect.stringContaining("filter too many"),
    });
    expect((await api.ask("POST", "/v1/accounts/sms/release")).body).toEqual({ released: true });
    await filtered(10, 19);
    expect(await standing()).toMatchObject({ isPaused: false });
  });

  it("through another workspace's carrier does nothing", async () => {
    const [of] = await haveSent(1);
    if (!of) throw new Error("nothing was sent");
    const mine = carrier;
    const other = await api.openWorkspace();
    const place = { workspaceId: other.id, channel: "sms", provider: "twilio", account };
    const theirs = await ensureCarrier(api.db, place);
    carrier = openIdSeal(api.installationKey).seal("carrier", theirs.id);
    await report({ of, status: "undelivered", code: 30003 });
    await report({ of: { ...of, id: of.id }, status: "failed", code: 30005 });
    carrier = mine;
    expect(await read(of)).toMatchObject({ state: "accepted", delivery: null, attempts: [] });
    expect(await suppressions()).toEqual([]);
  });
});
