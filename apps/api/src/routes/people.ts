/** The people of a workspace, and where they get tests of copy. An address is given by whoever may connect accounts. */
import { personAddress, personList, personView } from "@chorus/core/wire-people";
import type { Caller } from "@chorus/db/keys";
import { listPeople, type Person, setPersonAddress } from "@chorus/db/people";
import { z } from "zod";
import { readAddress } from "../address.ts";
import { callerOf } from "../auth.ts";
import { badFields, badRequest, notFound, refuse } from "../problem.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

const params = z.object({ id: z.string().max(64), channel: z.string().max(64) });
const ownEmail = { path: "channel", code: "person.own_email", message: "E-mail goes to the person's own address." };

export function peopleRoutes(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/v1/people",
    config: { needs: "read" },
    schema: { summary: "Who works in this workspace", response: { 200: personList } },
    handler: async (request) => ({
      items: (await listPeople(world.db, callerOf(request).workspace.id)).map((person) => personBody(world, person)),
    }),
  });
  app.route({
    method: "PUT",
    url: "/v1/people/:id/addresses/:channel",
    config: { needs: "connect" },
    schema: {
      summary: "Say where a person of this workspace gets tests on a channel",
      ...{ params, body: personAddress },
      response: { 200: personView },
    },
    handler: async (request, reply) => {
      const { id, channel } = request.params;
      if (channel === "email") return refuse(reply, badRequest(ownEmail));
      const read = readAddress(world.channels, { channel, address: request.body.address });
      if (read.is === "bad") return refuse(reply, badFields(read.problems));
      const person = await change(world, callerOf(request), { id, channel, address: read.value });
      return person ?? refuse(reply, notFound("person"));
    },
  });
  app.route({
    method: "DELETE",
    url: "/v1/people/:id/addresses/:channel",
    config: { needs: "connect" },
    schema: { summary: "Forget where a person gets tests on a channel", params, response: { 200: personView } },
    handler: async (request, reply) => {
      const { id, channel } = request.params;
      if (!world.channels.some((each) => each.id === channel)) return refuse(reply, notFound("channel"));
      const person = await change(world, callerOf(request), { id, channel, address: null });
      return person ?? refuse(reply, notFound("person"));
    },
  });
}

type Wish = { readonly id: string; readonly channel: string; readonly address: string | null };

async function change(world: World, caller: Caller, { id, channel, address }: Wish) {
  const personId = world.seal.open("person", id);
  const of = { workspaceId: caller.workspace.id, by: caller.person.id, channel, address };
  if (!personId || !(await setPersonAddress(world.db, { ...of, personId }))) return null;
  const person = (await listPeople(world.db, of.workspaceId)).find((each) => each.id === personId);
  return person ? personBody(world, person) : null;
}

const personBody = (world: World, { id, ...person }: Person): z.infer<typeof personView> => ({
  ...person,
  id: world.seal.seal("person", id),
  addresses: { ...person.addresses },
});
