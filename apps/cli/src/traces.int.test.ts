/** One message from the campaign's run through the worker to the provider's callback and its reader's click, as a collector sees it. */
import { openIdSeal } from "@chorus/core/id";
import { publicIdOf, rootSpanIdOf, traceIdOf } from "@chorus/core/trace-id";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  launchCampaign,
  openTestPlace,
  type ReceivedSpan,
  type TestPlace,
  until,
  untilFinished,
} from "./test-place.ts";

const callersTrace = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };

let place: TestPlace;
let spans: ReceivedSpan[];
let messages: { publicId: string; channel: string }[];

beforeAll(async () => {
  place = await openTestPlace();
  await importContacts(place);
  const campaignId = await launchCampaign(place, { channels: ["email", "sms"] });
  await untilFinished(place, campaignId);
  await until(async () => (await count("message", "delivery = 'delivered'")) === 3);
  await readAndLeave(place);
  messages = await listMessages(place);
  await place.stopApps();
  spans = await place.spans();
}, 150_000);
afterAll(() => place.close());

async function importContacts({ apiUrl, apiKey }: TestPlace) {
  const rows = [1, 2, 3].map((n) => `t${n},Name ${n},t${n}@example.com,+1212555010${n},yes,yes,en`);
  const answer = await fetch(`${apiUrl}/v1/imports/contacts`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${apiKey}`,
      "content-type": "text/csv",
      traceparent: `00-${callersTrace.traceId}-${callersTrace.spanId}-01`,
    },
    body: ["external_id,first_name,email,phone,consent_email,consent_sms,locale", ...rows, ""].join("\n"),
  });
  expect(answer.status, await answer.text()).toBeLessThan(300);
}

const count = async (table: string, where: string): Promise<number> =>
  (await place.db.sql.query<{ n: number }>(`select count(*)::int as n from ${table} where ${where}`)).rows[0]?.n ?? 0;

/** What a reader does: follows the link of a text, and leaves by the link of a mail. */
async function readAndLeave({ sandboxUrl }: TestPlace) {
  const inbox = z.object({ messages: z.array(z.object({ body: z.object({ text: z.string().nullish() }) })) });
  const textsOf = async (channel: string) =>
    inbox
      .parse(await (await fetch(`${sandboxUrl}/inbox.json?channel=${channel}`)).json())
      .messages.map((each) => each.body.text);
  const [text] = await textsOf("sms");
  const [mail] = await textsOf("email");
  const click = /http:\S+\/c\/\S+/.exec(text ?? "")?.[0] ?? "";
  const leave = /http:\S+\/u\/[\w-]+/.exec(mail ?? "")?.[0] ?? "";
  expect((await fetch(click, { redirect: "manual" })).status).toBe(302);
  expect((await fetch(leave, { method: "POST" })).status).toBe(200);
}

async function listMessages({ db, installationKey }: TestPlace) {
  const seal = openIdSeal(installationKey);
  const { rows } = await db.sql.query<{ runId: string; messageId: string; channel: string }>(
    `select m.run_id as "runId", m.id as "messageId", c.id as channel from message m join channel c on c.no = m.channel_no`,
  );
  return rows.map((row) => ({ publicId: seal.sealMessage(row), channel: row.channel }));
}

const inOrder = (list: readonly ReceivedSpan[]) =>
  [...list].sort((a, b) => (BigInt(a.startNs) < BigInt(b.startNs) ? -1 : 1));
const traceOf = (publicId: string) => inOrder(spans.filter((span) => span.traceId === traceIdOf(publicId)));

describe("a message of a campaign", () => {
  const sent = ["message.leased", "message.permit", "message.hand_over", "message.record"];

  it("has one trace, of its own id, from the worker's lease to the provider's last callback", () => {
    const texts = messages.filter((message) => message.channel === "sms");
    expect(texts).toHaveLength(3);
    for (const { publicId } of texts) {
      const trace = traceOf(publicId);
      const namesOf = (service: string) => trace.filter((span) => span.service === service).map((span) => span.name);
      expect(namesOf("chorus-worker")).toEqual(sent);
      // A provider may call before the worker has written down its answer, but never before the hand-over.
      expect(trace.slice(0, 3).map((span) => span.name)).toEqual(sent.slice(0, 3));
      const reports = trace.filter((span) => span.name === "message.reported");
      expect(reports.map((span) => span.attributes["chorus.delivery"]).sort()).toEqual(["delivered", "sent"]);
      expect(namesOf("chorus-api").filter((name) => name !== "message.clicked")).toEqual(
        reports.map((span) => span.name),
      );
      expect(new Set(trace.map((span) => span.parentSpanId))).toEqual(
        new Set([rootSpanIdOf(traceIdOf(publicId) ?? "")]),
      );
    }
  });

  it("says which channel took it and how", () => {
    for (const { publicId, channel } of messages) {
      const handedOver = traceOf(publicId).find((span) => span.name === "message.hand_over");
      expect(handedOver?.attributes).toEqual({
        "chorus.channel": channel,
        "chorus.attempt": 1,
        "chorus.outcome": "accepted",
      });
    }
  });

  it("leads to the job and to the request in which each step was taken", () => {
    for (const { publicId } of messages) {
      for (const { name, links } of traceOf(publicId)) {
        expect(links).toHaveLength(1);
        const work = spans.find((span) => span.spanId === links[0]?.spanId);
        expect([name, work?.name]).toEqual([name, workOf(name)]);
      }
    }
  });
  const workOf = (name: string) => {
    if (name === "message.reported") return "POST /webhooks/:carrierId";
    if (name === "message.clicked") return "GET /c/:token";
    return name === "message.unsubscribed" ? "POST /u/:token" : "job pumpLane";
  };

  it("shows what its reader did with it", () => {
    const names = messages.flatMap(({ publicId }) => traceOf(publicId).map((span) => span.name));
    expect(names.filter((name) => name === "message.clicked")).toHaveLength(1);
    expect(names.filter((name) => name === "message.unsubscribed")).toHaveLength(1);
  });

  it("can be found from its trace", () => {
    const traced = [...new Set(spans.filter((span) => span.name === "message.hand_over").map((span) => span.traceId))];
    expect(traced.map(publicIdOf).sort()).toEqual(messages.map((message) => message.publicId).sort());
  });
});

describe("requests and jobs", () => {
  it("a request that another service makes is in that service's trace", () => {
    const [upload, ...others] = spans.filter((span) => span.traceId === callersTrace.traceId);
    expect(others).toEqual([]);
    expect(upload?.parentSpanId).toBe(callersTrace.spanId);
    expect(upload?.name).toMatch(/^POST .v1.imports/);
    expect(upload?.attributes).toMatchObject({ "chorus.method": "POST", "chorus.status": 200 });
    expect(upload?.attributes["chorus.requestId"]).toMatch(/^req_/);
  });

  it("every kind of job has spans with the ids that it carried", () => {
    const jobs = new Map(
      spans.filter((span) => span.name.startsWith("job ")).map((span) => [span.name, span.attributes]),
    );
    expect([...jobs.keys()].sort()).toEqual(
      ["job expandAudience", "job launchRuns", "job planCampaign", "job pumpLane", "job writeVariant"].sort(),
    );
    expect(jobs.get("job pumpLane")).toMatchObject({ "chorus.channel": expect.any(String), "chorus.outcome": "done" });
  });

  it("nobody probes or scrapes into the traces", async () => {
    expect(spans.filter((span) => /healthz|readyz|metrics/.test(span.name))).toEqual([]);
  });
});
