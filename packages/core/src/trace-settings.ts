/** Where traces go: variables that OpenTelemetry itself has named, for the settings of every process that traces. */
import { z } from "zod";

const headerList = /^\s*[^=,\s]+\s*=[^,]*(,\s*[^=,\s]+\s*=[^,]*)*$/;

export const traceVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: "an http:// or https:// URL such as http://127.0.0.1:4318" })
    .optional()
    .describe("a collector that takes OTLP over HTTP, without /v1/traces; without it nothing is traced"),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .regex(headerList, "name=value, several separated by commas, values percent-encoded")
    .optional()
    .describe("headers the collector asks for, such as a key"),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe(
      "share of messages and requests that are traced, 0 to 1; a message is traced in every process or in none",
    ),
} as const;
