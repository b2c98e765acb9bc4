/**
 * Traces. All spans about a message are in the trace that its public id names, whichever process saw what; requests
 * and jobs have spans of their own, which the message's spans link to. Without a collector all of it is nothing.
 */
import type { SpanContext } from "@opentelemetry/api";
import type { Attributes } from "./attributes.ts";
import { openTracing } from "./open-tracing.ts";
import type { TelemetrySettings } from "./settings.ts";

/** Something that is under way in this process: a request, a job, one step of a message. */
export type Span = {
  /** What others link to; null when it is not traced. */
  readonly context: SpanContext | null;
  /** Once. `failed` marks it for whoever looks for errors. */
  end(attributes?: Attributes, how?: { readonly failed?: boolean }): void;
};

/** The trace of one message. */
export type MessageTrace = {
  /** Something that happened just now. */
  note(name: MessageEvent, attributes?: Attributes): void;
  /** Something that takes time. */
  begin(name: MessageStep, attributes?: Attributes): Span;
};

export type MessageEvent =
  | "message.accepted"
  | "message.cancelled"
  | "message.leased"
  | "message.reported"
  | "message.clicked"
  | "message.unsubscribed";
export type MessageStep = "message.permit" | "message.hand_over" | "message.record";

export type Telemetry = {
  readonly isOn: boolean;
  /**
   * The trace of a message, by its public id. Sealing an id costs something, so it may also be a function, which is
   * only called when traces are on. `link` is the request or job within which it is looked at.
   */
  message(publicId: string | (() => string), link?: Span | null): MessageTrace;
  /** A request or a job. `traceparent` is the calling service's header (W3C Trace Context). */
  begin(
    name: string,
    attributes?: Attributes,
    of?: { readonly kind?: SpanKindName; readonly traceparent?: string | undefined },
  ): Span;
  /** Sends what is left, for at most two seconds. */
  close(): Promise<void>;
};
export type SpanKindName = "server" | "consumer" | "internal";

const nothing: Span = { context: null, end: () => {} };
const silentTrace: MessageTrace = { note: () => {}, begin: () => nothing };

/** Traces nothing and costs nothing. */
export const noTelemetry: Telemetry = {
  isOn: false,
  message: () => silentTrace,
  begin: () => nothing,
  close: async () => {},
};

export type OpenTelemetry = {
  readonly settings: TelemetrySettings;
  /** The process: "chorus-api". */
  readonly service: string;
  /** Told when the collector begins to refuse or cannot be reached, and not again before it has taken something. */
  readonly onTrouble: (detail: string) => void;
};

export async function openTelemetry({ settings, service, onTrouble }: OpenTelemetry): Promise<Telemetry> {
  const endpoint = settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  return endpoint ? await openTracing({ endpoint, settings, service, onTrouble }) : noTelemetry;
}
