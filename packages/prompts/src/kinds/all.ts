/** Every kind of copy there is. */
import { type CopyKindName, copyKinds } from "@chorus/core/copy";
import { campaignMessage } from "../campaign-message.ts";
import { ad } from "./ad.ts";
import { brandStory } from "./brand-story.ts";
import { followUp, invitation } from "./course.ts";
import { buyingGuide, howTo } from "./guide.ts";
import type { CopyKind } from "./kind.ts";
import { productDescription } from "./product-description.ts";
import { searchAd } from "./search-ad.ts";
import { socialAd } from "./social-ad.ts";
import { socialPost } from "./social-post.ts";
import { trainingSheet } from "./training-sheet.ts";

const message: CopyKind = {
  ...{ name: "campaign_message", form: null, prompt: campaignMessage, needs: ["link"], byTemplate: true },
};

const byName: Readonly<Record<CopyKindName, CopyKind>> = {
  campaign_message: message,
  ad,
  search_ad: searchAd,
  social_ad: socialAd,
  social_post: socialPost,
  product_description: productDescription,
  brand_story: brandStory,
  buying_guide: buyingGuide,
  how_to: howTo,
  training_sheet: trainingSheet,
  invitation,
  follow_up: followUp,
};

export const kindOf = (name: CopyKindName): CopyKind => byName[name];
export const allKinds: readonly CopyKind[] = copyKinds.map(kindOf);
