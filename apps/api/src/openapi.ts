/** The API described by itself: /openapi.json from the very schemas that check requests, and /docs to read and try it. */
import { type Permission, rolesFor } from "@chorus/core/role";
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
      info: { title: "Chorus", version: "1", description: introduction },
      components: { securitySchemes: { key: { type: "http", scheme: "bearer", bearerFormat: "chorus_…" } } },
    },
    transform: withProblems,
  });
  await app.register(reference, { routePrefix: "/docs", configuration: { url: "/openapi.json", title: "Chorus API" } });
  app.get("/openapi.json", { schema: { hide: true } }, async () => app.swagger());
}

const introduction = `One brief, many voices, books that always balance.

**Keys.** Every route under /v1 takes \`Authorization: Bearer chorus_…\`. A key speaks for a person, and each route says which
roles may use it. Ids of other workspaces are answered 404, exactly like ids that never were.

**Refusals** are \`application/problem+json\` (RFC 9457): \`type\`, \`title\`, \`status\`, a \`detail\` that says what to do, and
\`errors\` with a \`path\`, a stable \`code\` and a \`message\` for each thing that is wrong. A refused request has changed nothing.

**Request ids.** Every answer has \`x-request-id\`, every problem repeats it as \`requestId\`. Send a UUID or a trace id (32 hex
digits) as \`x-request-id\` and it is kept; anything else is replaced.

**Pages.** Lists take \`limit\` (at most 200) and \`cursor\`, and answer \`items\` and \`nextCursor\`, which is null on the last page.
A cursor belongs to its list, filter and workspace; any other is refused as \`cursor.invalid\`.

**Limits.** \`ratelimit-limit\`, \`ratelimit-remaining\` and \`ratelimit-reset\` (seconds) say what a key may still ask this minute.
Beyond it the answer is 429 \`rate.limited\` with \`retry-after\`. Bodies hold at most 1 MB; imports are streamed and have no such bound.

**Versions.** What can be changed by two people has an \`etag\`; send it back as \`if-match\`, and the second of them is answered 412.`;

/** Every route that takes a key says whose, and may refuse with problem details; no route has to say so itself. */
const withProblems: Transform = (document) => {
  const needs = needsOf(document);
  if (!needs || !document.schema) return jsonSchemaTransform(document);
  const refusals = { description: "Refused", content: { "application/problem+json": { schema: problemBody } } };
  const given = document.schema.response as Record<string, unknown> | undefined;
  const schema = {
    ...document.schema,
    description: [document.schema.description, `For ${rolesFor(needs).join(", ")} (${needs}).`]
      .filter(Boolean)
      .join(" "),
    response: { ...given, default: refusals },
    security: [{ key: [] }],
  };
  return jsonSchemaTransform({ ...document, schema });
};

const needsOf = (document: { route?: { config?: { needs?: Permission } } }): Permission | undefined =>
  document.route?.config?.needs;
