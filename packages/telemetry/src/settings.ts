/** What tracing is told, and how OpenTelemetry spells it. */
export type TelemetrySettings = {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_HEADERS?: string | undefined;
  readonly OTEL_TRACES_SAMPLER_ARG: number;
};

/** The endpoint is a base: OTLP §"Endpoint URLs for OTLP/HTTP" adds the signal's path to it. */
export const tracesUrl = (endpoint: string): string => `${endpoint.replace(/\/+$/, "")}/v1/traces`;

/** W3C Baggage's form, as OpenTelemetry's specification has it: `name=value,name=value`. */
export function readHeaders(list = ""): Record<string, string> {
  const pairs = list.split(",").flatMap((pair) => {
    const at = pair.indexOf("=");
    return at > 0 ? [[pair.slice(0, at).trim(), decode(pair.slice(at + 1).trim())] as const] : [];
  });
  return Object.fromEntries(pairs);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone percent sign: meant as it stands
  }
}
