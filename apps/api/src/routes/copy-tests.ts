/** One variant's copy to the workspace's own people, before anybody else sees it. */

import type { Channel } from "@chorus/core/channel";
import { markAsTest } from "@chorus/core/copy-test";
import { type Problem, refusalsIn } from "@chorus/core/problem";
import { testSendView, testSendWish } from "@chorus/core/wire-people";
import { recordAudit } from "@chorus/db/audit";
import { findCarrier } from "@chorus/db/carriers";
import type { Caller } from "@chorus/db/keys";
import { listPeople, type Person } from "@chorus/db/people";
import { getVariant } from "@chorus/db/variants";
import { getWorkspace } from "@chorus/db/workspaces";
import { inUseOf } from "../account-body.ts";
import { callerOf } from "../auth.ts";
import { idParams } from "../campaign-body.ts";
import { sendTests, type TestSend } from "../copy-test.ts";
import { badFields, badRequest, notFound, type Refusal, refuse } from "../problem.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function testSendRoutes(app: Api, world: World): void {
  app.route({
    method: "POST",
    url: "/v1/variants/:id/test-send",
    config: { needs: "write" },
    schema: {
      summary: "Send one variant's copy to people of this workspace, marked as a test",
      ...{ params: idParams, body: testSendWish },
      response: { 200: testSendView },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request);
      const read = await readWish(world, caller, { variant: request.params.id, ...request.body });
      if (read.is === "refused") return refuse(reply, read.refusal);
      const { wish } = read;
      await recordAudit(world.db, {
        ...{ workspaceId: wish.workspace.id, personId: caller.person.id, action: "variant.test_send" },
        subject: `variant:${wish.variant.id}`,
        detail: { channel: wish.channel.id, people: wish.people.map((person) => person.id) },
      });
      const { provider, name } = wish.inUse.account;
      return { account: { provider, name }, items: await sendTests(world, wish) };
    },
  });
}

type Asked = { readonly variant: string; readonly channel: string; readonly people?: readonly string[] | undefined };
type Read = { is: "ok"; wish: TestSend } | { is: "refused"; refusal: Refusal };
const refused = (refusal: Refusal): Read => ({ is: "refused", refusal });

async function readWish(world: World, caller: Caller, asked: Asked): Promise<Read> {
  const workspaceId = caller.workspace.id;
  const id = world.seal.open("variant", asked.variant);
  const variant = id && (await getVariant(world.db, { workspaceId, id }));
  const workspace = await getWorkspace(world.db, workspaceId);
  if (!variant || !workspace) return refused(notFound("variant"));
  const channel = world.channels.find((each) => each.id === asked.channel);
  if (channel?.traits.permission.needsApproval) return refused(badRequest(noPublicTests(channel)));
  const content = channel && variant.contents[channel.id];
  if (!channel || content === undefined) return refused(noWords(Object.keys(variant.contents)));
  const within = { facts: variant.facts, locale: variant.locale, brand: workspace.voice.brand };
  const wrong = refusalsIn(channel.check(content, within));
  if (wrong.length > 0)
    return refused(badFields(wrong.map((each) => ({ ...each, path: `contents.${channel.id}.${each.path}` }))));
  const marked = markAsTest(channel, content);
  if (marked === null) return refused(badRequest(noRoom));
  const people = choose(world, caller, { known: await listPeople(world.db, workspaceId), wanted: asked.people });
  if (people === null) return refused(badRequest(stranger));
  const inUse = inUseOf(world, {
    channel,
    caller,
    stored: await findCarrier(world.db, { workspaceId, channel: channel.id }),
  });
  if (inUse.is !== "usable") return refused(unusable(inUse.because, inUse.is));
  return { is: "ok", wish: { channel, variant, workspace, content: marked, people, inUse } };
}

type Choice = { readonly known: readonly Person[]; readonly wanted: readonly string[] | undefined };

/** Each person once. Null: one of them does not work here. */
function choose(world: World, caller: Caller, { known, wanted }: Choice): Person[] | null {
  const ids = wanted ? wanted.map((each) => world.seal.open("person", each)) : [caller.person.id];
  if (ids.some((id) => !known.some((person) => person.id === id))) return null;
  return known.filter((person) => ids.includes(person.id));
}

const noPublicTests = ({ label }: Channel): Problem => ({
  path: "channel",
  code: "approval.needed",
  message: `Anybody may read a post on ${label}, also a test. Its preview shows it as it will be.`,
});
const noWords = (has: readonly string[]): Refusal =>
  badRequest({
    path: "channel",
    code: "content.missing",
    message: `This variant has no words for such a channel. It has: ${has.join(", ") || "none yet"}.`,
  });

const noRoom = {
  path: "channel",
  code: "test.no_room",
  message: "The words are as long as they may be, and leave no room for the mark of a test. Shorten the first line.",
};

const stranger = {
  path: "people",
  code: "person.unknown",
  message: "Tests go to people of this workspace only; GET /v1/people lists them.",
};

const unusable = (because: string, is: string): Refusal => ({
  is: "conflict",
  detail: because,
  errors: [{ path: "channel", code: `account.${is}`, message: because }],
});
