/** Sends spans to the collector as OTLP over HTTP (JSON), and says once when that does not work. */
import type { SpanExporter } from "@opentelemetry/sdk-trace-node";
import { readHeaders, type TelemetrySettings, tracesUrl } from "./settings.ts";

const answerWithinMs = 5_000;
/** As many as a full queue has batches: at a stop all of them leave together, and one too many would be thrown away. */
const atOnce = 20;

type Open = {
  readonly endpoint: string;
  readonly settings: TelemetrySettings;
  readonly onTrouble: (detail: string) => void;
};

export async function openExporter({ endpoint, settings, onTrouble }: Open): Promise<SpanExporter> {
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
  const exporter = new OTLPTraceExporter({
    url: tracesUrl(endpoint),
    headers: readHeaders(settings.OTEL_EXPORTER_OTLP_HEADERS),
    timeoutMillis: answerWithinMs,
    concurrencyLimit: atOnce,
  });
  let isTroubled = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error && !isTroubled) onTrouble(nameOf(result.error));
        isTroubled = result.error !== undefined;
        done(result);
      }),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}

/** Its code or its name: the words of an error may hold the collector's address with a key in it. */
const nameOf = (error: Error): string => ("code" in error && error.code ? String(error.code) : error.name);
