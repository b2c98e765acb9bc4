/** The tracer behind it: OpenTelemetry's own SDK, handed over as values; nothing is registered globally. */

import { rootSpanIdOf, traceIdOf } from "@chorus/core/trace-id";
import {
  type Context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span as SdkSpan,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { type Attributes, spelled } from "./attributes.ts";
import { openExporter } from "./exporter.ts";
import type { TelemetrySettings } from "./settings.ts";
import type { MessageTrace, Span, Telemetry } from "./telemetry.ts";

/** What waits for the collector, at most: some 10 MB. What comes on top is dropped, for sending must not wait for it. */
const queue = {
  maxQueueSize: 10_000,
  maxExportBatchSize: 500,
  scheduledDelayMillis: 1_000,
  exportTimeoutMillis: 5_000,
};
/** A worker has 25 s for its whole stop. */
const closeWithinMs = 2_000;

const kinds = { server: SpanKind.SERVER, consumer: SpanKind.CONSUMER, internal: SpanKind.INTERNAL } as const;
const silent: MessageTrace = { note: () => {}, begin: () => ({ context: null, end: () => {} }) };

export type OpenTracing = {
  readonly endpoint: string;
  readonly settings: TelemetrySettings;
  readonly service: string;
  readonly onTrouble: (detail: string) => void;
};

/** The SDK is loaded here: most processes have no collector, and would keep it for nothing. */
export async function openTracing(of: OpenTracing): Promise<Telemetry> {
  const { resourceFromAttributes } = await import("@opentelemetry/resources");
  const sdk = await import("@opentelemetry/sdk-trace-node");
  const share = new sdk.TraceIdRatioBasedSampler(of.settings.OTEL_TRACES_SAMPLER_ARG);
  const provider = new sdk.NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": of.service, "process.pid": process.pid }),
    sampler: new sdk.ParentBasedSampler({ root: share }),
    spanProcessors: [new sdk.BatchSpanProcessor(await openExporter(of), queue)],
  });
  /** Follows from the trace's id, the same everywhere. */
  const isTraced = (traceId: string) =>
    share.shouldSample(ROOT_CONTEXT, traceId).decision === sdk.SamplingDecision.RECORD_AND_SAMPLED;
  const tracer = provider.getTracer("chorus");
  return {
    isOn: true,
    message(publicId, link) {
      const traceId = traceIdOf(typeof publicId === "string" ? publicId : publicId());
      return traceId ? traceMessage(tracer, parentOf(traceId, isTraced(traceId)), link?.context ?? null) : silent;
    },
    begin: (name, attributes = {}, { kind = "internal", traceparent } = {}) =>
      spanOf(
        tracer.startSpan(name, { kind: kinds[kind], attributes: spelled(attributes) }, readTraceparent(traceparent)),
      ),
    close: () => within(closeWithinMs, provider.shutdown()),
  };
}

/** The span that all processes hang theirs under. */
function parentOf(traceId: string, isTraced: boolean): Context {
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId: rootSpanIdOf(traceId),
    traceFlags: isTraced ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
  });
}

function traceMessage(tracer: Tracer, parent: Context, link: SpanContext | null): MessageTrace {
  const links = link ? [{ context: link }] : [];
  const start = (name: string, attributes: Attributes = {}) =>
    tracer.startSpan(name, { kind: SpanKind.INTERNAL, attributes: spelled(attributes), links }, parent);
  return {
    note: (name, attributes) => start(name, attributes).end(),
    begin: (name, attributes) => spanOf(start(name, attributes)),
  };
}

const spanOf = (span: SdkSpan): Span => ({
  context: span.isRecording() ? span.spanContext() : null,
  end(attributes, { failed = false } = {}) {
    if (attributes) span.setAttributes(spelled(attributes));
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR }); // without a message: it could repeat what somebody sent
    span.end();
  },
});

/** W3C Trace Context §3.2, version 00; anything else begins a trace of our own. */
function readTraceparent(header: string | undefined): Context {
  const [, traceId = "", spanId = "", flags = ""] =
    /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(header ?? "") ?? [];
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
  return isSpanContextValid(context) ? trace.setSpanContext(ROOT_CONTEXT, context) : ROOT_CONTEXT;
}

/** A collector that is away must not hold up a stop; what it did not take is lost, and nothing else hangs on it. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => {}), late]);
  clearTimeout(timer);
}
