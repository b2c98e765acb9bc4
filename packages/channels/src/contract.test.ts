/** What every channel promises, asked of each one in the registry, with the sandbox's stand-ins as the other side. */
import type { Carrier, Channel, HandOver, SendOutcome } from "@chorus/core/channel";
import { refusalsIn } from "@chorus/core/problem";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { callbackUrl, type Sample, samples } from "../test/contract-samples.ts";
import { compileFor, facts, filling, handOver, messageId, recipient } from "../test/samples.ts";
import { openSandboxProcess, type Sandbox } from "../test/sandbox-process.ts";
import { channelById, channels } from "./registry.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandboxProcess();
});
afterAll(() => sandbox.close());

const sampleOf = (channel: Channel): Sample => {
  const sample = samples[channel.id];
  if (!sample) throw new Error(`Give the ${channel.id} channel its sample in test/contract-samples.ts.`);
  return sample;
};

const opened: Carrier[] = [];
afterEach(async () => {
  for (const carrier of opened.splice(0)) await carrier.close?.();
  await fetch(new URL("/control/faults", sandbox.httpUrl), { method: "DELETE" });
});

function open(channel: Channel, more: Record<string, string> = {}): Carrier {
  const { provider, settings } = sampleOf(channel);
  const carrier = channel.open({ provider, settings: { ...settings(sandbox), ...more }, callbackUrl });
  opened.push(carrier);
  return carrier;
}

let made = 0;
/** A message of its own: nothing of another test has its id or, where there are people, its address. */
function message(channel: Channel, address = sampleOf(channel).address(made + 1)) {
  made += 1;
  const id = messageId(made);
  const render = channel.compile(sampleOf(channel).content, compileFor());
  const to = recipient({ address, firstName: `Marigold${made}` });
  const { body } = render(filling(to, id), { id, at: new Date() });
  return { id, address, body, name: `Marigold${made}` };
}
type Message = ReturnType<typeof message>;

const details: { outcome: SendOutcome; of: Message; secrets: readonly string[] }[] = [];
async function send(channel: Channel, of: Message, how: Partial<HandOver> = {}, carrier = open(channel)) {
  const outcome = await carrier.send(of.body, handOver({ messageId: of.id, ...how }));
  details.push({ outcome, of, secrets: sampleOf(channel).secrets });
  return outcome;
}
const fault = (channel: Channel, of: Message, what: object) =>
  sandbox.fault(sampleOf(channel).provider, of.address, what);
const accepted = async (of: Message) => (await sandbox.wire(of.id)).filter(({ event }) => event === "accepted");

describe("the registry", () => {
  it("finds each channel by its id, which is its own, and nothing by any other", () => {
    expect(new Set(channels.map(({ id }) => id)).size).toBe(channels.length);
    for (const channel of channels) expect(channelById(channel.id)).toBe(channel);
    expect(channelById("pigeon")).toBeNull();
  });
});

describe.each(channels.map((channel) => [channel.id, channel] as const))("the %s channel", (_id, channel) => {
  it("finds good content good, and shows it within its limits", () => {
    const { content, address } = sampleOf(channel);
    expect(channel.check(content, { facts, locale: "en-GB" })).toEqual([]);
    const preview = channel.preview(content, compileFor(), filling(recipient({ address: address(1) })));
    expect(JSON.stringify(preview)).toContain("20%");
    expect(preview.measures.length).toBeGreaterThan(0);
    for (const { field, used, max } of preview.measures) expect(used, field).toBeLessThanOrEqual(max);
  });

  it("has limits with a source and a date, and a content schema whose every field has a role and a description", () => {
    for (const limit of channel.traits.limits) {
      expect(limit.source).not.toBe("");
      expect(limit.checkedOn).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
    for (const field of leaves(z.toJSONSchema(channel.content) as Schema)) {
      expect(field).toMatchObject({
        role: expect.any(String),
        description: expect.any(String),
        maxLength: expect.any(Number),
      });
    }
  });

  it("refuses bad content by name and place", () => {
    const { content } = sampleOf(channel);
    const [field = ""] = Object.keys(content);
    const problems = (change: object) =>
      refusalsIn(channel.check({ ...content, ...change }, { facts, locale: "en-GB" })).map((each) => [
        each.path,
        each.code,
      ]);
    expect(problems({ [field]: undefined })).toEqual([[field, "field.required"]]);
    expect(problems({ [field]: 3 })).toEqual([[field, "field.invalid"]]);
    expect(problems({ [field]: "x".repeat(20_000) })).toEqual([[field, "field.too_long"]]);
    expect(problems({ [field]: "{{fact:nope}}" })).toEqual([[field, "slot.unknown_fact"]]);
    expect(problems({ [field]: "{{user.constructor}}" })).toEqual([[field, "slot.forbidden"]]);
    expect(problems({ [field]: "a\u0007b" })).toEqual([[field, "text.control_char"]]);
    expect(problems({ surprise: 1 })).toEqual([["surprise", "field.unknown"]]);
    expect(channel.check("a text", { facts, locale: "en" })).not.toEqual([]);
    expect(channel.check(null, { facts, locale: "en" })).not.toEqual([]);
  });

  it("will not compile what it refuses", () => {
    expect(() => channel.compile({ text: 1 }, compileFor())).toThrow(/not content of the/);
  });

  it("gives every reader it writes to a way out", () => {
    const { wayOut } = sampleOf(channel);
    expect(wayOut !== null).toBe(channel.traits.reach === "one_contact");
    const { id, body } = message(channel);
    expect(wayOut?.(body, id) ?? true).toBe(true);
  });

  it("hands a message over once: accepted here is one arrival there, under the message's own id", async () => {
    const of = message(channel);
    const outcome = await send(channel, of);
    expect(outcome).toMatchObject({ is: "accepted", providerMessageId: expect.stringMatching(/./) });
    expect(await accepted(of)).toHaveLength(1);
    const [arrival] = await sandbox.inbox(of.id);
    expect(JSON.stringify(arrival)).toContain(channel.traits.reach === "public" ? "20%" : of.name);
  });

  it("puts a message off when the provider says later, for as long as it says", async () => {
    const of = message(channel);
    await fault(channel, of, { is: "rate_limited", retryAfterSeconds: 7 });
    const outcome = await send(channel, of);
    expect(outcome).toMatchObject({ is: "deferred" });
    if (outcome.is === "deferred" && outcome.scope === "carrier") {
      expect(outcome.retryAfterMs).toBeGreaterThan(5000); // where a moment is named instead, some of it is over
      expect(outcome.retryAfterMs).toBeLessThanOrEqual(8000);
    }
    expect(await accepted(of)).toEqual([]);
  });

  it("says that it does not know when the line dies after the last byte, and finds out where that can be asked", async () => {
    const of = message(channel);
    await fault(channel, of, { is: "accept_then_hang_up" });
    const carrier = open(channel);
    const sentAround = new Date();
    expect(await send(channel, of, {}, carrier)).toMatchObject({ is: "unknown" });
    await expect.poll(() => accepted(of)).toHaveLength(1);
    expect(carrier.lookUp !== undefined).toBe(carrier.resend === "can_ask");
    if (!carrier.lookUp) return;
    const asked = { messageId: of.id, attempt: 1, sentAround };
    expect(await carrier.lookUp(of.body, asked)).toMatchObject({ is: "accepted" });
    const never = message(channel);
    expect(await carrier.lookUp(never.body, { ...asked, messageId: never.id })).toEqual({ is: "not_accepted" });
    if (sampleOf(channel).askedByKey) return;
    expect(await carrier.lookUp(of.body, { ...asked, sentAround: new Date(0) })).toEqual({ is: "not_accepted" });
  });

  it("says that it does not know when no answer comes in time", async () => {
    const of = message(channel);
    await fault(channel, of, { is: "hang", ms: 20_000 });
    const carrier = open(channel, sampleOf(channel).impatient);
    expect(await send(channel, of, {}, carrier)).toMatchObject({ is: "unknown" });
    await expect.poll(() => accepted(of)).toHaveLength(1);
  });

  it("never calls a provider's own breakdown an acceptance or the reader's fault", async () => {
    const of = message(channel);
    await fault(channel, of, { is: "server_error" });
    expect((await send(channel, of)).is).toMatch(/^(?:unknown|deferred)$/);
    expect(await accepted(of)).toEqual([]);
  });

  it("names a bad address as one", async () => {
    const { badAddress } = sampleOf(channel);
    const of = message(channel, "address" in badAddress ? badAddress.address : undefined);
    if ("fault" in badAddress) await fault(channel, of, badAddress.fault);
    expect(await send(channel, of)).toMatchObject(badAddress.outcome);
    expect(await accepted(of)).toEqual([]);
  });

  it("puts every message off when nobody is there or the account is wrong, and burns no address", async () => {
    const secret = Object.keys(sampleOf(channel).settings(sandbox)).find((name) => /token|password/i.test(name));
    if (secret) {
      const wrong = await send(channel, message(channel), {}, open(channel, { [secret]: "wrong" }));
      expect(wrong).toMatchObject({ is: "distrusted", whom: "account" });
    }
    const nowhere = channel.id === "email" ? { url: "smtp://127.0.0.1:1" } : { baseUrl: "http://127.0.0.1:1/" };
    const gone = await send(channel, message(channel), {}, open(channel, nowhere));
    expect(gone).toMatchObject({ is: "deferred", scope: "carrier", detail: "ECONNREFUSED while connecting" });
  });

  it("asks before the last byte, and sends nothing when the answer is no", async () => {
    const of = message(channel);
    let asked = 0;
    const mayStillSend = () => {
      asked += 1;
      return false;
    };
    expect(await send(channel, of, { mayStillSend })).toEqual({ is: "held" });
    expect(asked).toBe(1);
    expect(await accepted(of)).toEqual([]);
  });

  it("sends nothing when it was told to stop before", async () => {
    const of = message(channel);
    expect(await send(channel, of, { signal: AbortSignal.abort() })).toEqual({ is: "held" });
    expect(await accepted(of)).toEqual([]);
  });

  it("believes a callback only with its signature, and knows a repeated one by its key", async () => {
    const carrier = open(channel);
    const make = sampleOf(channel).callback;
    expect(carrier.receive !== undefined).toBe(make !== undefined);
    if (!make || !carrier.receive) return;
    const { id } = message(channel);
    const genuine = make(id, callbackUrl);
    const events = await carrier.receive(genuine);
    expect(events).toMatchObject([{ is: "delivery", messageId: id, delivery: "delivered" }]);
    expect((await carrier.receive(genuine))?.map(({ key }) => key)).toEqual(events?.map(({ key }) => key));
    const { headers, url, body } = genuine;
    const forged = [
      { ...genuine, headers: {} },
      { ...genuine, headers: { "x-twilio-signature": "" } },
      { ...genuine, headers: Object.fromEntries(Object.keys(headers).map((name) => [name, "AAAA"])) },
      { ...genuine, url: url.replace(id, messageId(9999)) },
      { ...genuine, url: url.replace("https", "http") },
      { ...genuine, body: body.replace("delivered", "failed") },
      { ...genuine, body: `${body}&ErrorCode=30003` },
    ];
    for (const request of forged) expect(await carrier.receive(request), JSON.stringify(request)).toBeNull();
  });

  it("explains wrong settings by name and keeps their values to itself", () => {
    const { provider, settings } = sampleOf(channel);
    const [first = ""] = Object.keys(settings(sandbox));
    const opening = (change: object) => () =>
      channel.open({ provider, settings: { ...settings(sandbox), ...change }, callbackUrl });
    expect(opening({ [first]: "hunter2" })).toThrow(new RegExp(`^(?!.*hunter2)[\\s\\S]*${first}:`));
    expect(opening({ surprise: "hunter2" })).toThrow(/^(?!.*hunter2)[\s\S]*surprise/);
    expect(() => channel.open({ provider: "carrier-pigeon", settings: {}, callbackUrl })).toThrow(
      /carrier-pigeon.*It has:/,
    );
  });
});

describe("every detail of every outcome above", () => {
  it("holds no name, address, text or secret", () => {
    expect(details.length).toBeGreaterThan(20);
    for (const { outcome, of, secrets } of details) {
      if (outcome.is === "accepted" || outcome.is === "held") continue;
      for (const secret of [of.name, of.address, "towels", ...secrets]) expect(outcome.detail).not.toContain(secret);
      expect(outcome.detail).toMatch(/\w/);
      expect(outcome.detail.length).toBeLessThan(120);
    }
  });
});

type Schema = { properties?: Record<string, Schema>; items?: Schema };
const leaves = (schema: Schema): Schema[] => {
  const inner = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : [])];
  return inner.length === 0 ? [schema] : inner.flatMap(leaves);
};
