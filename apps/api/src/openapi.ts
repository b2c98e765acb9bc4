/** The API described by itself: /openapi.json from the very schemas that check requests, and /docs to read and try it. */

import { problemBody } from "@chorus/core/wire-problem";
import swagger from "@fastify/swagger";
import reference from "@scalar/fastify-api-reference";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform } from "fastify-type-provider-zod";

type Transform = typeof jsonSchemaTransform;

export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Chorus", version: "1", description: "One brief, many voices, books that always balance." },
      components: { securitySchemes: { key: { type: "http", scheme: "bearer", bearerFormat: "chorus_…" } } },
    },
    transform: withProblems,
  });
  await app.register(reference, { routePrefix: "/docs", configuration: { url: "/openapi.json", title: "Chorus API" } });
  app.get("/openapi.json", { schema: { hide: true } }, async () => app.swagger());
}

/** Every route under /v1 takes a key and may refuse with problem details; no route has to say so itself. */
const withProblems: Transform = (document) => {
  if (!document.url.startsWith("/v1/") || !document.schema) return jsonSchemaTransform(document);
  const refusals = { description: "Refused", content: { "application/problem+json": { schema: problemBody } } };
  const given = document.schema.response as Record<string, unknown> | undefined;
  const schema = { ...document.schema, response: { ...given, default: refusals }, security: [{ key: [] }] };
  return jsonSchemaTransform({ ...document, schema });
};
