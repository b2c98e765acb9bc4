/** The look before the yes, and the yes: bound to the words and the number of people that were seen. */
import { type ApprovalVerdict, judgeApproval, type Reviewed } from "@chorus/core/approval";
import { moveCampaign } from "@chorus/core/campaign";
import { withoutShown } from "@chorus/core/evidence";
import type { Id } from "@chorus/core/id";
import { approvalView, approveInput, preflightView } from "@chorus/core/wire-campaigns";
import { approveCampaign } from "@chorus/db/approvals";
import type { Campaign } from "@chorus/db/campaigns";
import { callerOf } from "../auth.ts";
import { approvalBody, findCampaign, idParams, refusalOf, versionsBody } from "../campaign-body.ts";
import { differencesOf, lookAhead, nobodyReached, type Preview, warningsOf } from "../campaign-preflight.ts";
import { badFields, notFound, type Refusal, refuse } from "../problem.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function approvalRoutes(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/v1/campaigns/:id/preflight",
    config: { needs: "read" },
    schema: {
      summary: "What would go out now, to whom, and who is left out and why",
      params: idParams,
      response: { 200: preflightView },
    },
    handler: async (request, reply) => {
      const campaign = await findCampaign(world, callerOf(request), request.params.id);
      if (!campaign) return refuse(reply, notFound("campaign"));
      const preview = await lookAhead(world, campaign);
      const empty = nobodyReached(preview);
      return empty ? refuse(reply, empty) : preflightBody(world, campaign, preview);
    },
  });
  app.route({
    method: "POST",
    url: "/v1/campaigns/:id/approve",
    config: { needs: "approve" },
    schema: {
      summary: "Say yes to exactly what the preflight showed",
      params: idParams,
      body: approveInput,
      response: { 200: approvalView },
    },
    handler: async (request, reply) => {
      const { person } = callerOf(request);
      const campaign = await findCampaign(world, callerOf(request), request.params.id);
      if (!campaign) return refuse(reply, notFound("campaign"));
      const move = moveCampaign(campaign.state, "approve");
      if (move.is === "refused") return refuse(reply, refusalOf({ ...move, state: campaign.state }));
      const preview = await lookAhead(world, campaign);
      const no = judge(world, { preview, seen: request.body, isAuthor: person.id === campaign.authorId });
      if (no) return refuse(reply, no);
      const approved = await approveCampaign(world.db, {
        ...{ workspaceId: campaign.workspaceId, campaignId: campaign.id, version: campaign.version },
        ...{ personId: person.id, segmentVersions: preview.segmentVersions, ...request.body },
      });
      if (approved.is === "approved") return approvalBody(world.seal, approved.approval);
      return refuse(reply, approved.is === "stale" ? changedMeanwhile : refusalOf(approved));
    },
  });
}

type Case = { preview: Preview; seen: Reviewed; isAuthor: boolean };

function judge(world: World, { preview, seen, isAuthor }: Case): Refusal | null {
  const present = { contentHash: preview.contentHash ?? "", audienceSize: preview.audienceSize };
  const variants = preview.variants.map(({ id, state, findings, evidence }) => ({
    state,
    findings: withoutShown(findings, evidence),
    path: world.seal.seal("variant", id),
  }));
  return nobodyReached(preview) ?? refusalFor(judgeApproval({ seen, present, isAuthor, variants }), present);
}

/** Null: the yes counts. */
function refusalFor(verdict: ApprovalVerdict, present: Reviewed): Refusal | null {
  switch (verdict.is) {
    case "approved":
      return null;
    case "not_ready":
      return {
        ...badFields(verdict.problems),
        is: "unprocessable",
        detail: "The copy cannot be approved as it is: see errors. Edit or rewrite the variants they name.",
      };
    case "stale":
      return {
        ...badFields(verdict.problems),
        is: "conflict",
        detail: "This is not what stands there now. Look at it again and approve the present values.",
        also: present,
      };
    case "second_person": {
      const message = `Above ${verdict.threshold} contacts somebody other than the author must approve. Ask another approver.`;
      return {
        is: "forbidden",
        detail: message,
        errors: [{ path: "", code: "approval.second_person", message }],
      };
    }
  }
}

const changedMeanwhile: Refusal = {
  is: "conflict",
  detail: "The campaign changed in this very moment. Look at the preflight again.",
  errors: [{ path: "", code: "approval.stale", message: "Look at the preflight again and approve what it shows." }],
};

function preflightBody(world: World, campaign: Campaign, preview: Preview) {
  const differences = differencesOf(preview);
  const sealed = (segment: Id | null) => segment && world.seal.seal("segment", segment);
  return {
    contentHash: preview.contentHash,
    audienceSize: preview.audienceSize,
    segmentVersions: versionsBody(world.seal, preview.segmentVersions),
    channels: Object.fromEntries(
      Object.entries(preview.channels).map(([channel, { skipped, hold, ...counts }]) => [
        channel,
        { ...counts, skipped: { ...skipped }, hold: { ...hold } },
      ]),
    ),
    segments: preview.segments.map(({ id, name, contacts }) => ({
      ...{ name, contacts },
      id: sealed(id),
    })),
    destinations: preview.destinations.map(({ id, channel, name }) => ({
      ...{ channel, name },
      id: world.seal.seal("destination", id),
    })),
    differences: differences.map(({ fact, about, values, without }) => ({
      ...{ fact, about },
      values: values.map(({ shown, segments }) => ({ shown, segments: segments.map(sealed) })),
      without: without.map(sealed),
    })),
    warnings: warningsOf(world, { campaign, preview, differences }).map((warning) => ({ ...warning })),
  };
}
