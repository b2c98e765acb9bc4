/** Variants: the words for each segment, looked at, edited by hand, or sent back to the writer. */
import { evidence } from "@chorus/core/evidence";
import type { Problem } from "@chorus/core/problem";
import { redact } from "@chorus/core/redact";
import { rewriteInput } from "@chorus/core/wire-reviews";
import { variantChange, variantList, variantView } from "@chorus/core/wire-variants";
import { type Campaign, getCampaign } from "@chorus/db/campaigns";
import type { Caller } from "@chorus/db/keys";
import { recordEvidence } from "@chorus/db/variant-evidence";
import { askRewrite, type EditSaved, saveEdit } from "@chorus/db/variant-save";
import { getVariant, listVariants, type Variant } from "@chorus/db/variants";
import { getWorkspace, type Workspace } from "@chorus/db/workspaces";
import { callerOf } from "../auth.ts";
import { etagOf, findCampaign, idParams, refusalOf } from "../campaign-body.ts";
import { readIfMatch } from "../if-match.ts";
import { badFields, notFound, type Refusal, refuse } from "../problem.ts";
import { readContents, reviewCopy } from "../review-copy.ts";
import type { Api } from "../server.ts";
import { variantBody, variantLineBody } from "../variant-body.ts";
import type { World } from "../world.ts";

export function variantRoutes(app: Api, world: World): void {
  addReading(app, world);
  app.route({
    method: "PATCH",
    url: "/v1/variants/:id",
    config: { needs: "write" },
    schema: {
      summary: "Edit the words by hand; an approval of the old ones is voided",
      params: idParams,
      body: variantChange,
      response: { 200: variantView },
    },
    handler: async (request, reply) => {
      const found = await findForEdit(world, callerOf(request), request.params.id);
      if (!found) return refuse(reply, notFound("variant"));
      const { variant } = found;
      const ifMatch = request.headers["if-match"];
      if (ifMatch !== undefined && readIfMatch(ifMatch) !== variant.revision) return refuse(reply, stale(variant));
      if (request.body.revision !== variant.revision)
        return refuse(reply, notSaved({ is: "other_revision", revision: variant.revision }));
      const read = readContents(request.body.contents, { ...found, channels: world.channels });
      if (read.problems.length > 0) return refuse(reply, badFields(read.problems));
      const contents = { ...variant.contents, ...read.contents };
      const saved = await saveEdit(world.db, {
        ...{ workspaceId: variant.workspaceId, id: variant.id, revision: variant.revision },
        ...{ contents, findings: reviewCopy(contents, { ...found, channels: world.channels }) },
        ...{ voiceVersion: found.workspace.voiceVersion, personId: callerOf(request).person.id },
      });
      if (saved.is !== "saved") return refuse(reply, notSaved(saved));
      reply.headers({ etag: etagOf(saved.variant.revision) });
      return variantBody(world, saved.variant);
    },
  });
  app.route({
    method: "POST",
    url: "/v1/variants/:id/rewrite",
    config: { needs: "write" },
    schema: {
      summary: "Have one variant written again, as a note to the writer says",
      params: idParams,
      body: rewriteInput.nullish(),
      response: { 202: variantView },
    },
    handler: async (request, reply) => {
      const { person, workspace } = callerOf(request);
      const id = world.seal.open("variant", request.params.id);
      if (!id) return refuse(reply, notFound("variant"));
      const note = request.body?.note && redact(request.body.note);
      const asked = await askRewrite(world.db, { workspaceId: workspace.id, id, personId: person.id, note });
      if (asked.is !== "asked") return refuse(reply, asked.is === "missing" ? notFound("variant") : refusalOf(asked));
      const { revision } = asked.variant;
      await world.producer.knock("writeVariant", { variantId: id, revision }); // unheard, the sweep knocks again
      return reply.code(202).send(await variantBody(world, asked.variant));
    },
  });
  app.route({
    method: "POST",
    url: "/v1/variants/:id/evidence",
    config: { needs: "write" },
    schema: {
      summary: "Record what shows a claim that may only be made by whoever can show it",
      params: idParams,
      body: evidence,
      response: { 200: variantView },
    },
    handler: async (request, reply) => {
      const { person, workspace } = callerOf(request);
      const id = world.seal.open("variant", request.params.id);
      if (!id) return refuse(reply, notFound("variant"));
      const of = { workspaceId: workspace.id, personId: person.id, id, evidence: request.body };
      const recorded = await recordEvidence(world.db, of);
      if (recorded.is === "missing") return refuse(reply, notFound("variant"));
      if (recorded.is === "not_asked") return refuse(reply, badFields([noSuchClaim(request.body.got)]));
      return variantBody(world, recorded.variant);
    },
  });
}

function addReading(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/v1/campaigns/:id/variants",
    config: { needs: "read" },
    schema: {
      summary: "The variants of a campaign, with their findings",
      params: idParams,
      response: { 200: variantList },
    },
    handler: async (request, reply) => {
      const campaign = await findCampaign(world, callerOf(request), request.params.id);
      if (!campaign) return refuse(reply, notFound("campaign"));
      const variants = await listVariants(world.db, { workspaceId: campaign.workspaceId, campaignId: campaign.id });
      return { items: variants.map((variant) => variantLineBody(world.seal, variant)) };
    },
  });
  app.route({
    method: "GET",
    url: "/v1/variants/:id",
    config: { needs: "read" },
    schema: {
      summary: "One variant, and how each channel's version looks",
      params: idParams,
      response: { 200: variantView },
    },
    handler: async (request, reply) => {
      const variant = await findVariant(world, callerOf(request), request.params.id);
      if (!variant) return refuse(reply, notFound("variant"));
      reply.headers({ etag: etagOf(variant.revision) });
      return variantBody(world, variant);
    },
  });
}

const noSuchClaim = (got: string): Problem => ({
  path: "got",
  code: "evidence.not_asked",
  message: "No finding of this variant asks for evidence of these words. Copy code and got from a finding that does.",
  got: got.slice(0, 80),
});

export async function findVariant(world: World, caller: Caller, id: string): Promise<Variant | null> {
  const opened = world.seal.open("variant", id);
  return opened ? await getVariant(world.db, { workspaceId: caller.workspace.id, id: opened }) : null;
}

type ForEdit = { variant: Variant; campaign: Campaign; workspace: Workspace };

async function findForEdit(world: World, caller: Caller, id: string): Promise<ForEdit | null> {
  const variant = await findVariant(world, caller, id);
  if (!variant) return null;
  const [campaign, workspace] = await Promise.all([
    getCampaign(world.db, { workspaceId: variant.workspaceId, id: variant.campaignId }),
    getWorkspace(world.db, variant.workspaceId),
  ]);
  return campaign && workspace ? { variant, campaign, workspace } : null;
}

/** For whoever says with If-Match what they read; the revision in the body must fit all the same. */
const stale = ({ revision }: Variant): Refusal => ({
  is: "stale",
  detail: "Somebody changed this variant since you read it. Read it again and repeat your edit.",
  errors: [{ path: "headers.if-match", code: "variant.stale", message: `It is at revision ${revision} now.` }],
  headers: { etag: etagOf(revision) },
  also: { revision },
});

function notSaved(saved: Exclude<EditSaved, { is: "saved" }>): Refusal {
  switch (saved.is) {
    case "other_revision": {
      const message = `Somebody saved revision ${saved.revision} since you read it. Read it again and repeat your edit.`;
      return {
        is: "conflict",
        detail: message,
        errors: [{ path: "revision", code: "variant.other_revision", message }],
        also: { revision: saved.revision },
      };
    }
    case "being_written": {
      const message = "This variant is being written. Edit it once the words are there.";
      return { is: "conflict", detail: message, errors: [{ path: "state", code: "variant.waiting", message }] };
    }
    case "missing":
      return notFound("variant");
    case "stale":
    case "refused":
      return refusalOf(saved);
  }
}
