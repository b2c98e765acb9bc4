import { randomBytes } from "node:crypto";
import { openIdSeal } from "@chorus/core/id";
import { traceIdOf } from "@chorus/core/trace-id";
import { afterEach, describe, expect, it } from "vitest";
import { noTelemetry, openTelemetry, type Telemetry } from "./telemetry.ts";
import { type Collector, openCollector } from "./test-collector.ts";

const seal = openIdSeal(randomBytes(32));
const nameMessage = (n: number) => seal.sealMessage({ runId: "1", messageId: String(n) });

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function collecting(
  settings: Record<string, unknown> = {},
): Promise<{ collector: Collector; telemetry: Telemetry; troubles: string[] }> {
  const collector = await openCollector();
  undo.push(() => collector.close());
  const troubles: string[] = [];
  const telemetry = await openTelemetry({
    settings: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: 1, ...settings },
    service: "chorus-test",
    onTrouble: (detail) => troubles.push(detail),
  });
  undo.push(() => telemetry.close());
  return { collector, telemetry, troubles };
}

describe("a message's spans", () => {
  it("are in the trace that its public id names, whichever process saw them, and link to what they were part of", async () => {
    const { collector, telemetry } = await collecting();
    const job = telemetry.begin("job pumpLane", { lane: 3 }, { kind: "consumer" });
    const id = nameMessage(1);
    telemetry.message(id, job).note("message.leased", { channel: "sms", lane: 3 });
    telemetry
      .message(() => id, job)
      .begin("message.hand_over")
      .end({ outcome: "accepted" });
    job.end({ outcome: "done" });
    await telemetry.close();
    const spans = collector.spans();
    const traceId = traceIdOf(id);
    const mine = spans.filter((span) => span.traceId === traceId);
    expect(mine.map((span) => span.name)).toEqual(["message.leased", "message.hand_over"]);
    expect(new Set(mine.map((span) => span.parentSpanId)).size).toBe(1);
    const own = spans.find((span) => span.name === "job pumpLane");
    expect(own?.traceId).not.toBe(traceId);
    expect(mine.map((span) => span.links)).toEqual([
      [{ traceId: own?.traceId, spanId: own?.spanId }],
      [{ traceId: own?.traceId, spanId: own?.spanId }],
    ]);
    expect(mine[0]).toMatchObject({
      service: "chorus-test",
      attributes: { "chorus.channel": "sms", "chorus.lane": 3 },
    });
  });

  it("say nothing that is not a plain word: an address, a name or a sentence is withheld", async () => {
    const { collector, telemetry } = await collecting();
    for (const reason of ["ada@example.com", "+447946010000", "Ada Lovelace", "no such mailbox: ada"])
      telemetry.message(nameMessage(1)).note("message.reported", { reason });
    telemetry.begin("request", {}).end({ route: "/v1/messages/:id" }, { failed: true });
    await telemetry.close();
    const [failed, ...told] = collector.spans().reverse();
    expect(told.map((span) => span.attributes["chorus.reason"])).toEqual(Array(4).fill("withheld"));
    expect(failed).toMatchObject({ status: { code: 2 }, attributes: { "chorus.route": "/v1/messages/:id" } });
    expect(failed?.status.message).toBeUndefined();
  });

  it("are traced for a share of messages, the same ones in every process", async () => {
    const share = { OTEL_TRACES_SAMPLER_ARG: 0.3 };
    const traced = async () => {
      const { collector, telemetry } = await collecting(share);
      for (let n = 1; n <= 400; n++) telemetry.message(nameMessage(n)).note("message.leased");
      await telemetry.close();
      return collector.spans().map((span) => span.traceId);
    };
    const first = await traced();
    expect(first.length).toBeGreaterThan(60);
    expect(first.length).toBeLessThan(200);
    expect(await traced()).toEqual(first);
  });
});

describe("a request's span", () => {
  it("is in the trace of the service that called, and begins one of its own for a header that is none", async () => {
    const { collector, telemetry } = await collecting();
    const [traceId, spanId] = ["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"];
    for (const traceparent of [
      `00-${traceId}-${spanId}-01`,
      "00-nothing",
      `00-${"0".repeat(32)}-${spanId}-01`,
      undefined,
    ])
      telemetry.begin("POST /v1/messages", {}, { kind: "server", traceparent }).end();
    await telemetry.close();
    const [honoured, ...own] = collector.spans();
    expect(honoured).toMatchObject({ traceId, parentSpanId: spanId });
    expect(own.map((span) => span.parentSpanId)).toEqual([undefined, undefined, undefined]);
    expect(new Set(own.map((span) => span.traceId)).size).toBe(3);
  });
});

describe("a collector", () => {
  it("is sent the headers it asks for", async () => {
    const { collector, telemetry } = await collecting({
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20a, x-team=mail",
    });
    telemetry.begin("request").end();
    await telemetry.close();
    expect(collector.headers()).toMatchObject({ authorization: "Bearer a", "x-team": "mail" });
  });

  it("that takes nothing is told of once, and holds up a stop for two seconds at most", async () => {
    const { collector, telemetry, troubles } = await collecting();
    collector.hang();
    telemetry.begin("request").end();
    const before = performance.now();
    await telemetry.close();
    expect(performance.now() - before).toBeLessThan(3_000);
    const nobody = await openTelemetry({
      settings: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9", OTEL_TRACES_SAMPLER_ARG: 1 },
      service: "chorus-test",
      onTrouble: (detail) => troubles.push(detail),
    });
    nobody.begin("request").end();
    await nobody.close();
    expect(troubles.length).toBeLessThanOrEqual(1);
  });

  it("gets all batches of a long queue at a stop", async () => {
    const { collector, telemetry } = await collecting();
    for (let n = 1; n <= 4_500; n++) telemetry.message(nameMessage(n)).note("message.leased");
    await telemetry.close();
    expect(collector.spans()).toHaveLength(4_500);
  });
});

describe("without a collector", () => {
  it("nothing is opened, no id is sealed, and a message costs a few microseconds at most", async () => {
    const telemetry = await openTelemetry({
      settings: { OTEL_TRACES_SAMPLER_ARG: 1 },
      service: "chorus-test",
      onTrouble: () => {},
    });
    expect(telemetry).toBe(noTelemetry);
    const seals = { made: 0 };
    const publicId = () => {
      seals.made++;
      return nameMessage(1);
    };
    const messages = 200_000;
    const before = performance.now();
    for (let n = 0; n < messages; n++) {
      const trace = telemetry.message(publicId, null);
      trace.note("message.leased", { channel: "sms", lane: 3 });
      trace.begin("message.permit", { channel: "sms" }).end({ outcome: "send" });
      trace.begin("message.hand_over", { channel: "sms", attempt: 1 }).end({ outcome: "accepted" });
      trace.begin("message.record", { channel: "sms", attempt: 1 }).end({ outcome: "accepted" });
    }
    expect(seals.made).toBe(0);
    expect(((performance.now() - before) * 1_000) / messages).toBeLessThan(5);
  });
});
