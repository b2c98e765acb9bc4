/** Copies: pieces written outside a campaign, asked for, read, edited, sent back and approved. */
import { copiesAsked, copyApproval, copyChange, copyPage, copyView, newCopies } from "@chorus/core/wire-copies";
import { pageQuery } from "@chorus/core/wire-page";
import { type Copy, createCopies, getCopy, listCopies } from "@chorus/db/copies";
import { approveCopy, askCopyRewrite, type CopySaved, saveCopyEdit } from "@chorus/db/copy-save";
import type { Caller } from "@chorus/db/keys";
import { getWorkspace } from "@chorus/db/workspaces";
import { z } from "zod";
import { callerOf } from "../auth.ts";
import { etagOf, idParams } from "../campaign-body.ts";
import { copyBody, copyLineBody } from "../copy-body.ts";
import { readIfMatch } from "../if-match.ts";
import { cutPage } from "../page.ts";
import { badFields, notFound, type Refusal, refuse } from "../problem.ts";
import { readWishes } from "../read-copies.ts";
import { readPiece, reviewPiece } from "../review-piece.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function copyRoutes(app: Api, world: World): void {
  addReading(app, world);
  addReview(app, world);
  app.route({
    method: "POST",
    url: "/v1/copies",
    config: { needs: "write" },
    schema: {
      summary: "Have copy written, one piece for each locale",
      body: newCopies,
      response: { 202: copiesAsked },
    },
    handler: async (request, reply) => {
      const { workspace, person } = callerOf(request);
      const read = await readWishes(world, callerOf(request), request.body);
      if (read.is === "refused") return refuse(reply, read.refusal);
      const of = { workspaceId: workspace.id, personId: person.id, wishes: read.wishes };
      const copies = await createCopies(world.db, of);
      for (const { id, revision } of copies) await world.producer.knock("writeCopy", { copyId: id, revision }); // unheard, the sweep knocks again
      return reply.code(202).send({ items: copies.map((copy) => copyLineBody(world, copy)) });
    },
  });
}

function addReading(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/v1/copies",
    config: { needs: "read" },
    schema: {
      summary: "Every copy, the newest first",
      querystring: z.strictObject(pageQuery),
      response: { 200: copyPage },
    },
    handler: async (request, reply) => {
      const workspaceId = callerOf(request).workspace.id;
      const list = { workspaceId, list: "copies" };
      const after = world.cursors.read(list, request.query.cursor);
      if (after.is === "bad") return refuse(reply, badFields(after.problems));
      const { limit } = request.query;
      const page = cutPage(await listCopies(world.db, { workspaceId, limit: limit + 1, after: after.value }), limit);
      const nextCursor = page.last && world.cursors.write(list, page.last.id);
      return { items: page.rows.map((copy) => copyLineBody(world, copy)), nextCursor };
    },
  });
  app.route({
    method: "GET",
    url: "/v1/copies/:id",
    config: { needs: "read" },
    schema: {
      summary: "One copy, as it is written and as it will be read",
      params: idParams,
      response: { 200: copyView },
    },
    handler: async (request, reply) => {
      const copy = await findCopy(world, callerOf(request), request.params.id);
      if (!copy) return refuse(reply, notFound("copy"));
      reply.headers({ etag: etagOf(copy.revision) });
      return copyBody(world, copy);
    },
  });
}

function addReview(app: Api, world: World): void {
  app.route({
    method: "PATCH",
    url: "/v1/copies/:id",
    config: { needs: "write" },
    schema: { summary: "Edit the words by hand", params: idParams, body: copyChange, response: { 200: copyView } },
    handler: async (request, reply) => {
      const { workspace: own, person } = callerOf(request);
      const copy = await findCopy(world, callerOf(request), request.params.id);
      const workspace = copy && (await getWorkspace(world.db, own.id));
      if (!copy || !workspace) return refuse(reply, notFound("copy"));
      const ifMatch = request.headers["if-match"];
      if (ifMatch !== undefined && readIfMatch(ifMatch) !== copy.revision) return refuse(reply, stale(copy));
      const read = readPiece(request.body.contents, { copy, channels: world.channels });
      if (read.problems.length > 0) return refuse(reply, badFields(read.problems));
      const contents = { ...copy.contents, ...read.contents };
      const findings = reviewPiece(contents, { copy, voice: workspace.voice, channels: world.channels });
      const { revision } = request.body;
      const of = { workspaceId: own.id, id: copy.id, personId: person.id, revision, contents, findings };
      const saved = await saveCopyEdit(world.db, of);
      if (saved.is !== "saved") return refuse(reply, notSaved(saved));
      reply.headers({ etag: etagOf(saved.copy.revision) });
      return copyBody(world, saved.copy);
    },
  });
  app.route({
    method: "POST",
    url: "/v1/copies/:id/rewrite",
    config: { needs: "write" },
    schema: { summary: "Have it written again, in other words", params: idParams, response: { 202: copyView } },
    handler: async (request, reply) => {
      const { workspace, person } = callerOf(request);
      const id = world.seal.open("copy", request.params.id);
      if (!id) return refuse(reply, notFound("copy"));
      const asked = await askCopyRewrite(world.db, { workspaceId: workspace.id, id, personId: person.id });
      if (asked.is !== "saved") return refuse(reply, notSaved(asked));
      await world.producer.knock("writeCopy", { copyId: id, revision: asked.copy.revision });
      return reply.code(202).send(copyBody(world, asked.copy));
    },
  });
  app.route({
    method: "POST",
    url: "/v1/copies/:id/approve",
    config: { needs: "approve" },
    schema: {
      summary: "Say yes to these very words",
      params: idParams,
      body: copyApproval,
      response: { 200: copyView },
    },
    handler: async (request, reply) => {
      const { workspace, person } = callerOf(request);
      const id = world.seal.open("copy", request.params.id);
      if (!id) return refuse(reply, notFound("copy"));
      const of = { workspaceId: workspace.id, id, personId: person.id, ...request.body };
      const approved = await approveCopy(world.db, of);
      switch (approved.is) {
        case "approved":
          return copyBody(world, approved.copy);
        case "missing":
          return refuse(reply, notFound("copy"));
        case "other_words":
          return refuse(reply, otherWords);
        case "held":
          return refuse(reply, {
            is: "conflict",
            detail: "Findings keep it from being approved.",
            errors: [...approved.because],
          });
      }
    },
  });
}

async function findCopy(world: World, caller: Caller, publicId: string): Promise<Copy | null> {
  const id = world.seal.open("copy", publicId);
  return id ? await getCopy(world.db.sql, { workspaceId: caller.workspace.id, id }) : null;
}

/** For whoever says with If-Match what they read; the revision in the body must fit all the same. */
const stale = ({ revision }: Copy): Refusal => ({
  is: "stale",
  detail: "Somebody changed this copy since you read it. Read it again and repeat your edit.",
  errors: [{ path: "headers.if-match", code: "copy.stale", message: `It is at revision ${revision} now.` }],
  headers: { etag: etagOf(revision) },
  also: { revision },
});

const otherWords: Refusal = {
  is: "conflict",
  detail: "These are not the words as they are now. Read it again, and give its hash.",
  errors: [{ path: "hash", code: "copy.other_words", message: "The words have changed since you read them." }],
};

function notSaved(saved: Exclude<CopySaved, { is: "saved" }>): Refusal {
  switch (saved.is) {
    case "missing":
      return notFound("copy");
    case "being_written": {
      const message = "This copy is being written. Come back once the words are there.";
      return { is: "conflict", detail: message, errors: [{ path: "state", code: "copy.waiting", message }] };
    }
    case "other_revision": {
      const message = `Somebody saved revision ${saved.revision} since you read it. Read it again and repeat your edit.`;
      const errors = [{ path: "revision", code: "copy.other_revision", message }];
      return { is: "conflict", detail: message, errors, also: { revision: saved.revision } };
    }
  }
}
