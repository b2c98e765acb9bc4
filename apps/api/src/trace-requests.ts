/** A span around every request, in the trace of the service that called where it names one; spans of messages link to it. */
import type { Span } from "@chorus/telemetry/telemetry";
import type { FastifyInstance } from "fastify";
import type { World } from "./world.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** null when nothing is traced. */
    span: Span | null;
  }
}

/** Probes and scrapes come every few seconds, and tell nothing. */
const untraced = new Set(["/healthz", "/readyz", "/metrics"]);

export function traceRequests(app: FastifyInstance, { telemetry }: World): void {
  app.decorateRequest("span", null);
  if (!telemetry.isOn) return;
  app.addHook("onRequest", async (request) => {
    const route = request.routeOptions.url ?? "none";
    if (untraced.has(route)) return;
    const { traceparent } = request.headers;
    request.span = telemetry.begin(
      `${request.method} ${route}`,
      { method: request.method, route, requestId: request.id },
      { kind: "server", traceparent: typeof traceparent === "string" ? traceparent : undefined },
    );
  });
  app.addHook("onResponse", async (request, reply) => {
    request.span?.end({ status: reply.statusCode }, { failed: reply.statusCode >= 500 });
  });
}
