/** The brand's voice: read by everybody, replaced by whoever may set up the workspace, and tried on a text before anything is written. */
import { brandVoice } from "@chorus/core/brand-voice";
import { brandVoicePage, brandVoiceView, lintView, textsToLint } from "@chorus/core/wire-brand-voice";
import { pageQuery } from "@chorus/core/wire-page";
import { changeVoice, getVoice, listVoiceVersions, type VoiceVersion } from "@chorus/db/brand-voices";
import { checkVoice } from "@chorus/guards/brand-voice";
import { z } from "zod";
import { callerOf } from "../auth.ts";
import { etagOf } from "../campaign-body.ts";
import { ifMatchNeeded, readIfMatch } from "../if-match.ts";
import { cutPage } from "../page.ts";
import { badFields, badRequest, type Refusal, refuse } from "../problem.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function brandVoiceRoutes(app: Api, world: World): void {
  addVoice(app, world);
  addVersions(app, world);
  app.route({
    method: "POST",
    url: "/v1/brand-voice/lint",
    config: { needs: "read" },
    schema: { summary: "What of a text is off the brand's voice", body: textsToLint, response: { 200: lintView } },
    handler: async (request) => {
      const { version, voice } = await getVoice(world.db.sql, callerOf(request).workspace.id);
      const { locale } = request.body;
      const texts = request.body.texts.map((text, place) => ({ path: `texts[${place}]`, text }));
      const findings = checkVoice(texts, { facts: { facts: [], links: [] }, locale, voice });
      return { version, findings: findings.map((each) => ({ ...each })) };
    },
  });
}

function addVoice(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/v1/brand-voice",
    config: { needs: "read" },
    schema: { summary: "The brand's voice in use", response: { 200: brandVoiceView } },
    handler: async (request, reply) => {
      const current = await getVoice(world.db.sql, callerOf(request).workspace.id);
      reply.headers({ etag: etagOf(current.version) });
      return bodyOf(world, current);
    },
  });
  app.route({
    method: "PUT",
    url: "/v1/brand-voice",
    config: { needs: "connect" },
    schema: {
      summary: "Replace the brand's voice by a new version of it",
      body: brandVoice,
      response: { 200: brandVoiceView },
    },
    handler: async (request, reply) => {
      const { workspace, person } = callerOf(request);
      const replaces = readIfMatch(request.headers["if-match"]);
      if (replaces === null) return refuse(reply, badRequest(ifMatchNeeded));
      const of = { workspaceId: workspace.id, personId: person.id, replaces, voice: request.body };
      const changed = await changeVoice(world.db, of);
      if (changed.is === "stale") return refuse(reply, stale(changed.version));
      reply.headers({ etag: etagOf(changed.current.version) });
      return bodyOf(world, changed.current);
    },
  });
}

function addVersions(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/v1/brand-voice/versions",
    config: { needs: "read" },
    schema: {
      summary: "Every version of the brand's voice, the newest first",
      querystring: z.strictObject(pageQuery),
      response: { 200: brandVoicePage },
    },
    handler: async (request, reply) => {
      const of = { workspaceId: callerOf(request).workspace.id, list: "brand-voice" };
      const before = world.cursors.read(of, request.query.cursor);
      if (before.is === "bad") return refuse(reply, badFields(before.problems));
      const { limit } = request.query;
      const rows = await listVoiceVersions(world.db.sql, { ...of, limit: limit + 1, before: before.value });
      const page = cutPage(rows, limit);
      return {
        items: page.rows.map((row) => bodyOf(world, row)),
        nextCursor: page.last && world.cursors.write(of, String(page.last.version)),
      };
    },
  });
}

const bodyOf = (world: World, { version, voice, by, at }: VoiceVersion): z.infer<typeof brandVoiceView> => ({
  ...{ version, voice, at: at.toISOString() },
  by: by && { ...by, id: world.seal.seal("person", by.id) },
});

const stale = (version: number): Refusal => ({
  is: "stale",
  detail: "Somebody replaced the voice since you read it. Read it again and repeat your change.",
  errors: [{ path: "headers.if-match", code: "voice.stale", message: `It is at version ${version} now.` }],
  headers: { etag: etagOf(version) },
  also: { version },
});
