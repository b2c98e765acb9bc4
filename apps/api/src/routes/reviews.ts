/** Reviews: what people think of wordings, without having been told who wrote them. */

import { agreements, meanOf, type Score } from "@chorus/core/agreement";
import type { IdSeal } from "@chorus/core/id";
import { redact } from "@chorus/core/redact";
import { blindView, rating, ratingsReport, ratingView, rejection } from "@chorus/core/wire-reviews";
import { variantView } from "@chorus/core/wire-variants";
import { rate, ratingsOf } from "@chorus/db/ratings";
import { rejectCopy } from "@chorus/db/variant-save";
import { callerOf } from "../auth.ts";
import { findCampaign, idParams, refusalOf } from "../campaign-body.ts";
import { notFound, type Refusal, refuse } from "../problem.ts";
import type { Api } from "../server.ts";
import { previewsOf, variantBody } from "../variant-body.ts";
import type { World } from "../world.ts";
import { findVariant } from "./variants.ts";

export function reviewRoutes(app: Api, world: World): void {
  app.route({
    method: "POST",
    url: "/v1/variants/:id/reject",
    config: { needs: "approve" },
    schema: {
      summary: "Say no to these words: only others can be approved",
      params: idParams,
      body: rejection,
      response: { 200: variantView },
    },
    handler: async (request, reply) => {
      const { person, workspace } = callerOf(request);
      const id = world.seal.open("variant", request.params.id);
      if (!id) return refuse(reply, notFound("variant"));
      const of = {
        workspaceId: workspace.id,
        id,
        personId: person.id,
        ...request.body,
        because: redact(request.body.because),
      };
      const rejected = await rejectCopy(world.db, of);
      if (rejected.is === "rejected") return variantBody(world, rejected.variant);
      if (rejected.is === "missing") return refuse(reply, notFound("variant"));
      return refuse(reply, rejected.is === "other_revision" ? otherWords(rejected.revision) : refusalOf(rejected));
    },
  });
  app.route({
    method: "GET",
    url: "/v1/variants/:id/blind",
    config: { needs: "read" },
    schema: {
      summary: "The words for whoever rates them: without who wrote them, and what others think",
      params: idParams,
      response: { 200: blindView },
    },
    handler: async (request, reply) => {
      const variant = await findVariant(world, callerOf(request), request.params.id);
      if (!variant) return refuse(reply, notFound("variant"));
      const { revision, locale, contents, facts } = variant;
      const previews = await previewsOf(world, variant);
      return { id: request.params.id, revision, locale, contents, facts, previews };
    },
  });
  app.route({
    method: "PUT",
    url: "/v1/variants/:id/rating",
    config: { needs: "approve" },
    schema: {
      summary: "Rate these words from 1 to 5; again, it replaces what you said",
      params: idParams,
      body: rating,
      response: { 200: ratingView },
    },
    handler: async (request, reply) => {
      const { person, workspace } = callerOf(request);
      const variantId = world.seal.open("variant", request.params.id);
      if (!variantId) return refuse(reply, notFound("variant"));
      const of = { workspaceId: workspace.id, personId: person.id, variantId, ...request.body };
      const rated = await rate(world.db, of);
      if (rated.is === "missing") return refuse(reply, notFound("variant"));
      if (rated.is === "other_revision") return refuse(reply, otherWords(rated.revision));
      return { variantId: request.params.id, ...request.body };
    },
  });
  app.route({
    method: "GET",
    url: "/v1/campaigns/:id/ratings",
    config: { needs: "read" },
    schema: {
      summary: "What raters say of a campaign's words, and how far they agree",
      params: idParams,
      response: { 200: ratingsReport },
    },
    handler: async (request, reply) => {
      const campaign = await findCampaign(world, callerOf(request), request.params.id);
      if (!campaign) return refuse(reply, notFound("campaign"));
      const ratings = await ratingsOf(world.db, { workspaceId: campaign.workspaceId, campaignId: campaign.id });
      return {
        wordings: new Set(ratings.quality.map((score) => score.item)).size,
        quality: judgedBody(world.seal, ratings.quality),
        accuracy: judgedBody(world.seal, ratings.accuracy),
      };
    },
  });
}

const judgedBody = (seal: IdSeal, scores: readonly Score[]) => ({
  n: scores.length,
  mean: meanOf(scores.map((score) => score.value)),
  agreement: agreements(scores).map(({ raters: [first, second], n, kappa }) => ({
    raters: [seal.seal("person", first), seal.seal("person", second)] as [string, string],
    ...{ n, kappa },
  })),
});

function otherWords(revision: number): Refusal {
  const message = `These words are not those you read: revision ${revision} stands there now. Read it again.`;
  return {
    is: "conflict",
    detail: message,
    errors: [{ path: "revision", code: "variant.other_revision", message }],
    also: { revision },
  };
}
