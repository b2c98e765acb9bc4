/**
 * A campaign's life. It is written, reviewed by a named person, approved as exactly what was reviewed, and only
 * then scheduled. Any change of content or audience after the approval voids it.
 *
 *   draft → writing → in_review → approved ⇄ scheduled → done      one that repeats stays scheduled until its rule ends
 *   draft … scheduled → cancelled
 */

export const campaignStates = ["draft", "writing", "in_review", "approved", "scheduled", "done", "cancelled"] as const;
export type CampaignState = (typeof campaignStates)[number];

export type CampaignAction =
  | "change"
  | "plan"
  | "written"
  | "edit_copy"
  | "rewrite"
  | "approve"
  | "schedule"
  | "unschedule"
  | "finish"
  | "cancel";

const moves: Record<CampaignAction, Partial<Record<CampaignState, CampaignState>>> = {
  change: { draft: "draft", in_review: "draft", approved: "draft" },
  plan: { draft: "writing", in_review: "writing" },
  written: { writing: "in_review" },
  edit_copy: { writing: "writing", in_review: "in_review", approved: "in_review" },
  rewrite: { writing: "writing", in_review: "writing", approved: "writing" },
  // Anew while it is scheduled: one that repeats may have come to more people than were counted.
  approve: { in_review: "approved", approved: "approved", scheduled: "scheduled" },
  schedule: { approved: "scheduled", scheduled: "scheduled" },
  unschedule: { scheduled: "approved" },
  finish: { scheduled: "done" },
  cancel: {
    draft: "cancelled",
    writing: "cancelled",
    in_review: "cancelled",
    approved: "cancelled",
    scheduled: "cancelled",
  },
};

export type Move = { is: "moved"; to: CampaignState } | { is: "refused"; because: string };

/** Where an action leads from a state, or why it cannot be done there and what to do instead. */
export function moveCampaign(from: CampaignState, action: CampaignAction): Move {
  const to = moves[action][from];
  if (to) return { is: "moved", to };
  const fitting = Object.keys(moves[action]).join(", ");
  return {
    is: "refused",
    because: `A campaign can ${action.replace("_", " ")} only while it is ${fitting}; this one is ${from}.`,
  };
}

/** Above this many recipients the author may not approve alone (channels page, B1). */
export const twoPersonThreshold = 1000;
