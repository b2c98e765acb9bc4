/** Provider accounts of a workspace: looked at, given, tried out and taken away. No secret ever comes out again. */
import { mayReach, sealSettings, tooFar } from "@chorus/channels/account-in-use";
import type { Channel } from "@chorus/core/channel";
import { accountChange, accountList, accountReleased, accountTestView, accountView } from "@chorus/core/wire-accounts";
import { removeAccount, saveAccount } from "@chorus/db/accounts";
import { recordAudit } from "@chorus/db/audit";
import { findCarrier, listCarriers } from "@chorus/db/carriers";
import { releaseCarrier } from "@chorus/db/circuit";
import type { Caller } from "@chorus/db/keys";
import { z } from "zod";
import { accountBody, inUseOf, testBody } from "../account-body.ts";
import { callerOf } from "../auth.ts";
import { badFields, notFound, type Refusal, refuse } from "../problem.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

const channelParams = z.object({ channel: z.string().max(64) });
/** As long as somebody at a screen waits. */
const testWithinMs = 20_000;

export function accountRoutes(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/v1/accounts",
    config: { needs: "read" },
    schema: { summary: "Who carries each channel, and what its providers ask for", response: { 200: accountList } },
    handler: async (request) => {
      const caller = callerOf(request);
      const carriers = await listCarriers(world.db, caller.workspace.id);
      const storedOf = (id: string) => carriers.find((each) => each.channel === id) ?? null;
      return {
        items: world.channels.map((channel) => accountBody(world, { channel, caller, stored: storedOf(channel.id) })),
      };
    },
  });
  addChanges(app, world);
  addTest(app, world);
  addRelease(app, world);
}

function addChanges(app: Api, world: World): void {
  app.route({
    method: "PUT",
    url: "/v1/accounts/:channel",
    config: { needs: "connect" },
    schema: {
      summary: "Give a channel its account; workers use it from their next lease on",
      ...{ params: channelParams, body: accountChange },
      response: { 200: accountView },
    },
    handler: async (request, reply) => {
      const channel = world.channels.find((each) => each.id === request.params.channel);
      if (!channel) return refuse(reply, notFound("channel"));
      const caller = callerOf(request);
      const { provider, settings } = request.body;
      const read = channel.readAccount(provider, settings);
      if (read.is === "bad") return refuse(reply, badFields(read.problems));
      const { host, name, shown } = read.value;
      if (!mayReach(caller.workspace.kind, host)) return refuse(reply, elsewhere(channel.id, host));
      const place = { workspaceId: caller.workspace.id, channel: channel.id, provider };
      const sealed = sealSettings(world.vault, place, settings);
      const account = { account: name, settings: shown, sealed, personId: caller.person.id };
      return accountBody(world, { channel, caller, stored: await saveAccount(world.db, { ...place, ...account }) });
    },
  });
  app.route({
    method: "DELETE",
    url: "/v1/accounts/:channel",
    config: { needs: "connect" },
    schema: {
      summary: "Forget a channel's account; the environment's stands in, if there is one",
      params: channelParams,
      response: { 200: accountView },
    },
    handler: async (request, reply) => {
      const found = await find(world, callerOf(request), request.params.channel);
      if (!found) return refuse(reply, notFound("channel"));
      const { channel, caller } = found;
      const of = { workspaceId: caller.workspace.id, channel: channel.id };
      const removed = await removeAccount(world.db, { ...of, personId: caller.person.id });
      if (!removed) return refuse(reply, notFound("account of this workspace"));
      return accountBody(world, { channel, caller, stored: await findCarrier(world.db, of) });
    },
  });
}

function addTest(app: Api, world: World): void {
  app.route({
    method: "POST",
    url: "/v1/accounts/:channel/test",
    config: { needs: "connect" },
    schema: {
      summary: "Sign in with a channel's account and look around; nothing is sent",
      params: channelParams,
      response: { 200: accountTestView },
    },
    handler: async (request, reply) => {
      const found = await find(world, callerOf(request), request.params.channel);
      if (!found) return refuse(reply, notFound("channel"));
      const { channel, caller } = found;
      const inUse = inUseOf(world, found);
      if (inUse.is !== "usable") return refuse(reply, unusable(inUse));
      const began = performance.now();
      const carrier = channel.open({ ...inUse.account, callbackUrl: "" });
      const test = await carrier.test(AbortSignal.timeout(testWithinMs)).finally(() => carrier.close?.());
      await recordAudit(world.db, {
        ...{ workspaceId: caller.workspace.id, personId: caller.person.id, action: "account.test" },
        subject: `channel:${channel.id}`,
        detail: { account: inUse.account.name, found: test.is === "works" ? "works" : test.fault },
      });
      return testBody({ inUse, test, tookMs: Math.round(performance.now() - began) });
    },
  });
}

function addRelease(app: Api, world: World): void {
  app.route({
    method: "POST",
    url: "/v1/accounts/:channel/release",
    config: { needs: "launch" },
    schema: {
      summary: "Let an account go on that is left alone; one message goes ahead of the others",
      params: channelParams,
      response: { 200: accountReleased },
    },
    handler: async (request, reply) => {
      const found = await find(world, callerOf(request), request.params.channel);
      if (!found) return refuse(reply, notFound("channel"));
      const { channel, caller } = found;
      const of = { workspaceId: caller.workspace.id, channel: channel.id };
      const released = await releaseCarrier(world.db, of);
      if (released)
        await recordAudit(world.db, {
          ...{ workspaceId: of.workspaceId, personId: caller.person.id, action: "account.release" },
          subject: `channel:${channel.id}`,
          detail: { because: found.stored?.blockedBecause ?? null },
        });
      return { released };
    },
  });
}

type Found = { channel: Channel; caller: Caller; stored: Awaited<ReturnType<typeof findCarrier>> };

async function find(world: World, caller: Caller, id: string): Promise<Found | null> {
  const channel = world.channels.find((each) => each.id === id);
  if (!channel) return null;
  return { channel, caller, stored: await findCarrier(world.db, { workspaceId: caller.workspace.id, channel: id }) };
}

const unusable = ({ is, because }: { is: string; because: string }): Refusal => ({
  is: "conflict",
  detail: because,
  errors: [{ path: "channel", code: `account.${is}`, message: because }],
});

const elsewhere = (channel: string, host: string): Refusal => ({
  is: "unprocessable",
  detail: tooFar(channel, host),
  errors: [{ path: "settings", code: "account.elsewhere", message: tooFar(channel, host) }],
});
