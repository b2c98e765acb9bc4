/** Finds the campaign a URL names, shows it to the outside, and says why a step was not taken. */
import type { Id, IdSeal } from "@chorus/core/id";
import { zonedText } from "@chorus/core/local-time";
import type { campaignLine, campaignView } from "@chorus/core/wire-campaigns";
import { publicId } from "@chorus/core/wire-page";
import { type Approval, lastApproval } from "@chorus/db/approvals";
import type { NotTaken } from "@chorus/db/campaign-step";
import { type Campaign, getCampaign } from "@chorus/db/campaigns";
import type { Caller } from "@chorus/db/keys";
import { readSchedule } from "@chorus/db/schedules";
import { z } from "zod";
import { notFound, type Refusal } from "./problem.ts";
import type { World } from "./world.ts";

export const idParams = z.strictObject({ id: publicId });

/** Null for a made-up id and for another workspace's alike. */
export async function findCampaign(world: World, caller: Caller, id: string): Promise<Campaign | null> {
  const opened = world.seal.open("campaign", id);
  return opened ? await getCampaign(world.db, { workspaceId: caller.workspace.id, id: opened }) : null;
}

/** Refuses with the state the campaign is in, or with the version it has reached meanwhile. */
export function refusalOf(step: NotTaken): Refusal {
  switch (step.is) {
    case "missing":
      return notFound("campaign");
    case "stale":
      return {
        is: "stale",
        detail: "Somebody changed this campaign since you read it. Read it again and repeat your change.",
        errors: [{ path: "", code: "campaign.stale", message: `It is at version ${step.version} now.` }],
        headers: { etag: etagOf(step.version) },
        also: { version: step.version },
      };
    case "refused":
      return {
        is: "conflict",
        detail: step.because,
        errors: [{ path: "state", code: "campaign.state", message: step.because, got: step.state }],
        also: { state: step.state },
      };
  }
}

export const etagOf = (version: number): string => `"${version}"`;

export function lineOf(seal: IdSeal, campaign: Campaign): z.infer<typeof campaignLine> {
  const { name, state, version } = campaign;
  return {
    ...{ name, state, version },
    id: seal.seal("campaign", campaign.id),
    channels: [...campaign.channels],
    locales: [...campaign.locales],
    segments: campaign.segmentIds.map((id) => seal.seal("segment", id)),
    createdAt: campaign.createdAt.toISOString(),
    updatedAt: campaign.updatedAt.toISOString(),
  };
}

/** The whole campaign, with its newest approval and when it will fire. */
export async function viewOf(world: World, campaign: Campaign): Promise<z.infer<typeof campaignView>> {
  const which = { workspaceId: campaign.workspaceId, campaignId: campaign.id };
  const [approval, schedule] = await Promise.all([lastApproval(world.db, which), readSchedule(world.db, which)]);
  const nextRuns = (schedule?.nextRuns ?? []).map((at) => ({
    at: at.toISOString(),
    local: zonedText(at, schedule?.timeZone ?? "UTC"),
  }));
  return {
    ...lineOf(world.seal, campaign),
    brief: campaign.brief,
    audience: campaign.audience,
    angles: [...campaign.angles],
    authorId: world.seal.seal("person", campaign.authorId),
    approval: approval && approvalBody(world.seal, approval),
    scheduledAt: nextRuns[0]?.at ?? null,
    repeat: schedule?.repeat ?? null,
    nextRuns,
  };
}

export const approvalBody = (seal: IdSeal, approval: Approval) => ({
  id: seal.seal("approval", approval.id),
  by: { id: seal.seal("person", approval.personId), name: approval.personName },
  contentHash: approval.contentHash,
  audienceSize: approval.audienceSize,
  segmentVersions: versionsBody(seal, approval.segmentVersions),
  at: approval.at.toISOString(),
  voidedAt: approval.voidedAt?.toISOString() ?? null,
  voidedBecause: approval.voidedBecause,
});

export const versionsBody = (seal: IdSeal, versions: Readonly<Record<Id, number>>) =>
  Object.entries(versions).map(([id, version]) => ({ segment: seal.seal("segment", id), version }));
