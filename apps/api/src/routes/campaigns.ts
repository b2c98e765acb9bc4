/** Campaigns: created, looked at, changed, and handed to the writers. */
import type { Problem } from "@chorus/core/problem";
import { campaignChange, campaignInput, campaignPage, campaignQuery, campaignView } from "@chorus/core/wire-campaigns";
import {
  type CampaignContent,
  changeCampaign,
  createCampaign,
  listCampaigns,
  stepCampaign,
} from "@chorus/db/campaigns";
import type { Caller } from "@chorus/db/keys";
import { getWorkspace } from "@chorus/db/workspaces";
import type { z } from "zod";
import { callerOf } from "../auth.ts";
import { etagOf, findCampaign, idParams, lineOf, refusalOf, viewOf } from "../campaign-body.ts";
import { checkChannels, checkLinks, checkReadyToPlan, openSegments } from "../campaign-checks.ts";
import { ifMatchNeeded, readIfMatch } from "../if-match.ts";
import { cutPage } from "../page.ts";
import { badFields, badRequest, notFound, type Refusal, refuse } from "../problem.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function campaignRoutes(app: Api, world: World): void {
  addReading(app, world);
  app.route({
    method: "POST",
    url: "/v1/campaigns",
    config: { needs: "write" },
    schema: { summary: "Make a campaign", body: campaignInput, response: { 201: campaignView } },
    handler: async (request, reply) => {
      const caller = callerOf(request);
      const read = await readContent(world, caller, request.body);
      if (read.problems.length > 0) return refuse(reply, unprocessable(read.problems));
      const campaign = await createCampaign(world.db, {
        ...pick(request.body),
        segmentIds: [],
        ...read.content,
        workspaceId: caller.workspace.id,
        authorId: caller.person.id,
      });
      reply.headers({ etag: etagOf(campaign.version) });
      return reply.code(201).send(await viewOf(world, campaign));
    },
  });
  addChanging(app, world);
}

function addReading(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/v1/campaigns",
    config: { needs: "read" },
    schema: { summary: "The campaigns, newest first", querystring: campaignQuery, response: { 200: campaignPage } },
    handler: async (request, reply) => {
      const { limit, cursor } = request.query;
      const of = { workspaceId: callerOf(request).workspace.id, list: "campaigns" };
      const position = world.cursors.read(of, cursor);
      if (position.is === "bad") return refuse(reply, badFields(position.problems));
      const before = position.value ?? undefined;
      const page = cutPage(await listCampaigns(world.db, { ...of, limit: limit + 1, before }), limit);
      return {
        items: page.rows.map((campaign) => lineOf(world.seal, campaign)),
        nextCursor: page.last && world.cursors.write(of, page.last.id),
      };
    },
  });
  app.route({
    method: "GET",
    url: "/v1/campaigns/:id",
    config: { needs: "read" },
    schema: { summary: "One campaign", params: idParams, response: { 200: campaignView } },
    handler: async (request, reply) => {
      const campaign = await findCampaign(world, callerOf(request), request.params.id);
      if (!campaign) return refuse(reply, notFound("campaign"));
      reply.headers({ etag: etagOf(campaign.version) });
      return await viewOf(world, campaign);
    },
  });
}

function addChanging(app: Api, world: World): void {
  app.route({
    method: "PATCH",
    url: "/v1/campaigns/:id",
    config: { needs: "write" },
    schema: {
      summary: "Change a campaign; anything but its name voids an approval",
      params: idParams,
      body: campaignChange,
      response: { 200: campaignView },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request);
      const id = world.seal.open("campaign", request.params.id);
      if (!id) return refuse(reply, notFound("campaign"));
      const version = readIfMatch(request.headers["if-match"]);
      if (version === null) return refuse(reply, badRequest(ifMatchNeeded));
      const read = await readContent(world, caller, request.body);
      if (read.problems.length > 0) return refuse(reply, unprocessable(read.problems));
      const change = { ...pick(request.body), ...read.content };
      const of = { workspaceId: caller.workspace.id, id, version, personId: caller.person.id, change };
      const changed = await changeCampaign(world.db, of);
      if (changed.is !== "changed") return refuse(reply, refusalOf(changed));
      reply.headers({ etag: etagOf(changed.campaign.version) });
      return await viewOf(world, changed.campaign);
    },
  });
  app.route({
    method: "POST",
    url: "/v1/campaigns/:id/plan",
    config: { needs: "write" },
    schema: {
      summary: "Have the copy written for every segment, locale and angle",
      params: idParams,
      response: { 202: campaignView },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request);
      const campaign = await findCampaign(world, caller, request.params.id);
      if (!campaign) return refuse(reply, notFound("campaign"));
      const workspace = await getWorkspace(world.db, campaign.workspaceId);
      const missing = checkReadyToPlan(campaign, workspace?.voice ?? { values: [] });
      if (missing.length > 0) return refuse(reply, unprocessable(missing));
      const { id, workspaceId } = campaign;
      const step = { workspaceId, id, version: campaign.version, personId: caller.person.id, action: "plan" } as const;
      const planned = await stepCampaign(world.db, step);
      if (planned.is !== "changed") return refuse(reply, refusalOf(planned));
      await world.producer.knock("planCampaign", { campaignId: id }); // unheard, it is knocked again by the sweep
      return reply.code(202).send(await viewOf(world, planned.campaign));
    },
  });
}

type Fields = z.infer<typeof campaignChange>;

/** Opens and checks what only the world knows; `content` holds the fields that change their form on the way in. */
async function readContent(world: World, caller: Caller, fields: Fields) {
  const problems: Problem[] = [
    ...checkChannels(world, fields.channels ?? []),
    ...(fields.brief ? checkLinks(fields.brief, caller.workspace.kind) : []),
  ];
  if (!fields.segments) return { problems, content: {} };
  const segments = await openSegments(world, caller, fields.segments);
  return { problems: [...problems, ...segments.problems], content: { segmentIds: segments.ids } };
}

/** The given fields that are stored as they came, locales in their canonical form. */
function pick<F extends Fields>({ name, brief, audience, channels, locales, angles }: F) {
  const canonical = locales?.map((locale) => Intl.getCanonicalLocales(locale)[0] ?? locale);
  const fields = { name, brief, audience, channels, angles, locales: canonical };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof F & keyof CampaignContent]: Exclude<F[K], undefined> };
}

const unprocessable = (problems: readonly Problem[]): Refusal => ({ ...badFields(problems), is: "unprocessable" });
