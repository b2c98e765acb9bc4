/** How soon an opt-out counts: a run is under way, a worker has its message in hands, and the permit says no. */
import { createHmac } from "node:crypto";
import { openIdSeal } from "@chorus/core/id";
import { openLinkTokens, unsubscribeLink } from "@chorus/core/link-token";
import { ensureCarrier } from "@chorus/db/carriers";
import { type Leased, lease } from "@chorus/db/lease";
import { type Permit, permit } from "@chorus/db/permit";
import { registerWorker } from "@chorus/db/workers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestApi, type TestApi } from "./test-api.ts";
import { addContacts, haveLaunched, makeCampaign } from "./test-campaign.ts";

/** The promise: from the first byte of the opt-out to the permit that refuses. */
const effectiveWithinMs = 1_000;
const publicUrl = "https://chorus.example.com";
const account = "AC00000000000000000000000000000001";
const secret = "the account's auth token";

let api: TestApi;
let workerId: string;
let twilio: string;

beforeAll(async () => {
  const settings = { TWILIO_ACCOUNT_SID: account, TWILIO_AUTH_TOKEN: secret, TWILIO_FROM: "+14155550100" };
  api = await openTestApi({ PUBLIC_URL: publicUrl, TWILIO_BASE_URL: "http://127.0.0.1:9", ...settings });
  workerId = await registerWorker(api.db, "a worker");
  const of = { workspaceId: api.id, channel: "sms", provider: "twilio", account };
  twilio = openIdSeal(api.installationKey).seal("carrier", (await ensureCarrier(api.db, of)).id);
});
afterAll(() => api.close());

/** A signed call, as Twilio makes it for what a person wrote (twilio.com/docs/usage/security). */
function write(from: string, Body: string) {
  const path = `/webhooks/${twilio}`;
  const form = { AccountSid: account, Body, From: from, MessageSid: `SM${from}${Body}` };
  const signed = Object.entries(form).reduce((text, [name, value]) => text + name + value, publicUrl + path);
  return api.ask("POST", path, {
    as: "nobody",
    body: new URLSearchParams(form).toString(),
    headers: {
      "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
      "x-twilio-signature": createHmac("sha1", secret).update(signed).digest("base64"),
    },
  });
}

type Held = { readonly leased: Leased; readonly address: string; readonly path: string };

/** Two messages of a new run that a worker has leased and not yet asked the permit for. */
async function holdTwo(channel: "email" | "sms"): Promise<[Held, Held]> {
  await addContacts(api, 2);
  const runId = await haveLaunched(api, await makeCampaign(api, { channels: [channel] }));
  const { rows } = await api.db.sql.query<{ lane: number }>("select distinct lane from due where run_id = $1", [runId]);
  const leased = (await Promise.all(rows.map(({ lane }) => leaseAll(channel, lane)))).flat();
  const [one, other] = leased
    .filter((each) => each.runId === runId)
    .map(toHeld)
    .slice(-2);
  if (!one || !other) throw new Error("nothing was leased");
  return [one, other];
}

async function leaseAll(channel: string, lane: number): Promise<Leased[]> {
  const all: Leased[] = [];
  for (;;) {
    const more = await lease(api.db, { channel, class: "marketing", lane, workerId, limit: 200 });
    if (more.length === 0) return all;
    all.push(...more);
  }
}

function toHeld(leased: Leased): Held {
  const token = openLinkTokens(api.installationKey).write({ ...leased, link: unsubscribeLink });
  return { leased, address: leased.address ?? "", path: `/u/${token}` };
}

const askPermit = async (held: Held): Promise<Permit | undefined> => (await permit(api.db, [held.leased], 60_000))[0];

/** Does it, asks the permit at once, and answers what it said and how long both took. */
async function permitAfter(held: Held, optOut: (of: Held) => Promise<{ status: number }>) {
  const started = performance.now();
  const { status } = await optOut(held);
  const said = await askPermit(held);
  return { status, said, tookMs: performance.now() - started };
}

describe("a message that a worker holds while the person opts out", () => {
  it.each(["STOP", "stop.", "UNSUBSCRIBE", "Unsubscribe!", "退订", " 退订。", "退訂"])(
    "with %j is not sent: the permit skips it within a second",
    async (text) => {
      const [person, other] = await holdTwo("sms");
      const { status, said, tookMs } = await permitAfter(person, ({ address }) => write(address, text));
      expect([status, said]).toEqual([200, { is: "skipped", reason: "suppressed" }]);
      expect(tookMs).toBeLessThan(effectiveWithinMs);
      expect(await askPermit(other)).not.toMatchObject({ is: "skipped" }); // at night it waits
    },
  );

  it("by a mailbox's one-click POST is not sent: the permit skips it within a second (RFC 8058)", async () => {
    const [person, other] = await holdTwo("email");
    const { status, said, tookMs } = await permitAfter(person, ({ path }) =>
      api.ask("POST", path, {
        as: "nobody",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: "List-Unsubscribe=One-Click",
      }),
    );
    expect([status, said]).toEqual([200, { is: "skipped", reason: "suppressed" }]);
    expect(tookMs).toBeLessThan(effectiveWithinMs);
    expect(await askPermit(other)).toMatchObject({ is: "send" });
  });

  it("is among many who opt out at once: every one of them counts within a second", async () => {
    const held: Held[] = [];
    for (let i = 0; i < 5; i++) held.push(...(await holdTwo("email")));
    const answers = await Promise.all(
      held.map((each) => permitAfter(each, ({ path }) => api.ask("POST", path, { as: "nobody" }))),
    );
    for (const { said, tookMs } of answers) {
      expect(said).toEqual({ is: "skipped", reason: "suppressed" });
      expect(tookMs).toBeLessThan(effectiveWithinMs);
    }
  });
});

describe("a message that a worker holds while somebody only looks", () => {
  it.each<[string, string, Record<string, string>]>([
    ["opens the link", "GET", {}],
    ["asks for its headers", "HEAD", {}],
    ["fetches it ahead", "GET", { "sec-purpose": "prefetch;prerender", purpose: "prefetch" }],
    ["asks what may be done with it", "OPTIONS", { "access-control-request-method": "POST" }],
    ["says one-click without a POST", "GET", { "list-unsubscribe": "One-Click" }],
  ])("is sent when a machine or a person %s", async (_how, method, headers) => {
    const [person] = await holdTwo("email");
    const query = method === "GET" ? "?List-Unsubscribe=One-Click" : "";
    const looked = ({ path }: Held) => api.ask(method, path + query, { as: "nobody", headers });
    expect((await permitAfter(person, looked)).said).toMatchObject({ is: "send" });
  });

  it.each(["nonstop fun", "Can I stop by?", "我想退订单"])("is not stopped by %j", async (text) => {
    const [person] = await holdTwo("sms");
    const { status, said } = await permitAfter(person, ({ address }) => write(address, text));
    expect(status).toBe(200);
    expect(said).not.toMatchObject({ is: "skipped" });
  });
});
