/** Every route there is. A file of routes is one noun and one line here. */
import type { Api } from "../server.ts";
import type { World } from "../world.ts";
import { accountRoutes } from "./accounts.ts";
import { activityRoutes } from "./activity.ts";
import { approvalRoutes } from "./approvals.ts";
import { brandVoiceRoutes } from "./brand-voice.ts";
import { campaignRoutes } from "./campaigns.ts";
import { channelRoutes } from "./channels.ts";
import { contactRoutes } from "./contacts.ts";
import { copyRoutes } from "./copies.ts";
import { copyBudgetRoutes } from "./copy-budget.ts";
import { testSendRoutes } from "./copy-tests.ts";
import { destinationRoutes } from "./destinations.ts";
import { doubtRoutes } from "./doubts.ts";
import { exportRoutes } from "./exports.ts";
import { healthRoutes } from "./health.ts";
import { importRoutes } from "./imports.ts";
import { messageRoutes } from "./messages.ts";
import { peopleRoutes } from "./people.ts";
import { productRoutes } from "./products.ts";
import { publicRoutes } from "./public.ts";
import { reportRoutes } from "./reports.ts";
import { reviewRoutes } from "./reviews.ts";
import { runLeverRoutes } from "./run-levers.ts";
import { runRoutes } from "./runs.ts";
import { scheduleRoutes } from "./schedules.ts";
import { segmentRoutes } from "./segments.ts";
import { sendRoutes } from "./sends.ts";
import { stopRoutes } from "./stop.ts";
import { suppressionRoutes } from "./suppressions.ts";
import { variantCallRoutes } from "./variant-calls.ts";
import { variantRoutes } from "./variants.ts";
import { webhookRoutes } from "./webhooks.ts";

type Routes = (app: Api, world: World) => void;

/** For everybody: machines that watch over us, providers, and contacts with a link. */
export const openRoutes: readonly Routes[] = [healthRoutes, publicRoutes, webhookRoutes];

/** Under /v1, opened by a key. Each says with `config.needs` what its caller must be allowed to do. */
export const keyedRoutes: readonly Routes[] = [
  channelRoutes,
  accountRoutes,
  peopleRoutes,
  destinationRoutes,
  importRoutes,
  contactRoutes,
  suppressionRoutes,
  activityRoutes,
  productRoutes,
  segmentRoutes,
  campaignRoutes,
  variantRoutes,
  variantCallRoutes,
  reviewRoutes,
  exportRoutes,
  testSendRoutes,
  approvalRoutes,
  scheduleRoutes,
  runRoutes,
  runLeverRoutes,
  reportRoutes,
  messageRoutes,
  sendRoutes,
  doubtRoutes,
  copyRoutes,
  copyBudgetRoutes,
  brandVoiceRoutes,
  stopRoutes,
];
