/** Exports: copy that people approved, edited, rejected and rated, as examples to train a model of one's own on. */
import { Readable } from "node:stream";
import { dpoExample, sftExample } from "@chorus/core/training-shapes";
import { exportQuery } from "@chorus/core/wire-reviews";
import { dpoExamples, sftExamples } from "@chorus/db/training-examples";
import type { FastifyReply } from "fastify";
import { callerOf } from "../auth.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function exportRoutes(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/v1/exports/sft",
    config: { needs: "read" },
    schema: { summary: "Approved copy with its questions, as JSON lines", querystring: exportQuery },
    handler: (request, reply) => {
      const { shape } = request.query;
      const examples = sftExamples(world.db, callerOf(request).workspace.id);
      return sendLines(reply, `sft-${shape}`, examples, (example) => sftExample(shape, example));
    },
  });
  app.route({
    method: "GET",
    url: "/v1/exports/dpo",
    config: { needs: "read" },
    schema: {
      summary: "Approved copy beside what it was edited from, or what was refused of the same question, as JSON lines",
      querystring: exportQuery,
    },
    handler: (request, reply) => {
      const { shape } = request.query;
      const examples = dpoExamples(world.db, callerOf(request).workspace.id);
      return sendLines(reply, `dpo-${shape}`, examples, (example) => dpoExample(shape, example));
    },
  });
}

function sendLines<T>(reply: FastifyReply, name: string, items: AsyncIterable<T>, shaped: (item: T) => object) {
  reply.headers({
    "content-type": "application/jsonl; charset=utf-8",
    "content-disposition": `attachment; filename="${name}.jsonl"`,
  });
  return reply.send(Readable.from(lines(items, shaped)));
}

async function* lines<T>(items: AsyncIterable<T>, shaped: (item: T) => object): AsyncGenerator<string> {
  for await (const item of items) yield `${JSON.stringify(shaped(item))}\n`;
}
