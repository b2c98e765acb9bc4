/** Segments: named rules, and who matches them at this moment. */
import type { Rule } from "@chorus/core/segment";
import { pageQuery, publicId } from "@chorus/core/wire-page";
import { newSegment, segmentBody, segmentPage, segmentPreview, segmentRule } from "@chorus/core/wire-segment";
import { changeSegment, createSegment, getSegment, listSegments, previewRule, type Segment } from "@chorus/db/segments";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { callerOf } from "../auth.ts";
import { cutPage } from "../page.ts";
import { badFields, notFound, type Refusal, refuse } from "../problem.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

const byId = z.strictObject({ id: publicId });

export function segmentRoutes(app: Api, world: World): void {
  writeSegments(app, world);
  readSegments(app, world);
  previewSegments(app, world);
}

function writeSegments(app: Api, world: World): void {
  app.route({
    method: "POST",
    url: "/v1/segments",
    config: { needs: "data" },
    schema: { summary: "Make a segment", body: newSegment, response: { 201: segmentBody } },
    handler: async (request, reply) => {
      const segment = await createSegment(world.db, { ...request.body, workspaceId: callerOf(request).workspace.id });
      return segment ? reply.code(201).send(bodyOf(world, segment)) : refuse(reply, nameTaken);
    },
  });
  app.route({
    method: "PUT",
    url: "/v1/segments/:id",
    config: { needs: "data" },
    schema: { summary: "Change a segment", params: byId, body: newSegment, response: { 200: segmentBody } },
    handler: async (request, reply) => {
      const id = world.seal.open("segment", request.params.id);
      if (!id) return refuse(reply, notFound("segment"));
      const workspaceId = callerOf(request).workspace.id;
      const result = await changeSegment(world.db, { ...request.body, id, workspaceId });
      switch (result.is) {
        case "changed":
          return bodyOf(world, result.segment);
        case "missing":
          return refuse(reply, notFound("segment"));
        case "name_taken":
          return refuse(reply, nameTaken);
      }
    },
  });
}

function readSegments(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/v1/segments",
    config: { needs: "read" },
    schema: { summary: "Every segment", querystring: z.strictObject(pageQuery), response: { 200: segmentPage } },
    handler: async (request, reply) => {
      const workspaceId = callerOf(request).workspace.id;
      const list = { workspaceId, list: "segments" };
      const after = world.cursors.read(list, request.query.cursor);
      if (after.is === "bad") return refuse(reply, badFields(after.problems));
      const { limit } = request.query;
      const page = cutPage(await listSegments(world.db, { workspaceId, limit: limit + 1, after: after.value }), limit);
      const nextCursor = page.last && world.cursors.write(list, page.last.id);
      return { items: page.rows.map((row) => bodyOf(world, row)), nextCursor };
    },
  });
  app.route({
    method: "GET",
    url: "/v1/segments/:id",
    config: { needs: "read" },
    schema: { summary: "One segment", params: byId, response: { 200: segmentBody } },
    handler: async (request, reply) => {
      const segment = await findSegment(world, request, request.params.id);
      return segment ? bodyOf(world, segment) : refuse(reply, notFound("segment"));
    },
  });
}

function previewSegments(app: Api, world: World): void {
  app.route({
    method: "POST",
    url: "/v1/segments/preview",
    config: { needs: "read" },
    schema: { summary: "Who would match a rule", body: segmentRule, response: { 200: segmentPreview } },
    handler: async (request) => await preview(world, request, request.body.rule),
  });
  app.route({
    method: "GET",
    url: "/v1/segments/:id/preview",
    config: { needs: "read" },
    schema: { summary: "Who matches a segment", params: byId, response: { 200: segmentPreview } },
    handler: async (request, reply) => {
      const segment = await findSegment(world, request, request.params.id);
      return segment ? await preview(world, request, segment.rule) : refuse(reply, notFound("segment"));
    },
  });
}

type ByCaller = Pick<FastifyRequest, "foundCaller">;

async function findSegment(world: World, request: ByCaller, publicSegmentId: string): Promise<Segment | null> {
  const id = world.seal.open("segment", publicSegmentId);
  return id ? await getSegment(world.db, { workspaceId: callerOf(request).workspace.id, id }) : null;
}

async function preview(world: World, request: ByCaller, rule: Rule) {
  const { count, sample } = await previewRule(world.db, { workspaceId: callerOf(request).workspace.id, rule });
  return { count, sample: sample.map((contact) => ({ ...contact, id: world.seal.seal("contact", contact.id) })) };
}

const nameTaken: Refusal = {
  is: "conflict",
  detail: "Another segment has this name. Give it a name of its own.",
  errors: [{ path: "name", code: "name.taken", message: "Another segment has this name." }],
};

const bodyOf = (world: World, segment: Segment) => ({
  ...segment,
  id: world.seal.seal("segment", segment.id),
  createdAt: segment.createdAt.toISOString(),
  updatedAt: segment.updatedAt.toISOString(),
});
