/** Providers report here. Nobody is believed without a signature over the exact bytes and the very address they called. */
import type { RawRequest } from "@chorus/core/channel";
import type { ProviderEvent } from "@chorus/core/event";
import { publicId } from "@chorus/core/wire-page";
import { type CarrierRecord, getCarrier } from "@chorus/db/carriers";
import { type HeardEvent, recordProviderEvents } from "@chorus/db/events";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type Listening, openListeners } from "../listeners.ts";
import { notFound, type Refusal, refuse } from "../problem.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function webhookRoutes(app: Api, world: World): void {
  const listeners = openListeners(world);
  app.addHook("onClose", () => listeners.close());
  app.route({
    method: "POST",
    url: "/webhooks/:carrierId",
    schema: { hide: true, params: z.object({ carrierId: publicId }) },
    handler: async (request, reply) => {
      const id = world.seal.open("carrier", request.params.carrierId);
      const record = id ? await getCarrier(world.db, id) : null;
      const carriers = record ? await listeners.of(record) : [];
      if (!record || carriers.length === 0) return refuse(reply, notFound("carrier"));
      const events = await hear(carriers, rawRequest(world, request));
      if (events === null) return refuse(reply, notAuthentic(world));
      await recordProviderEvents(
        world.db,
        record,
        events.map((event) => resolve(world, record, event)),
      );
      traceEvents({ world, record, events, request });
      return reply.code(200).send(); // a body would be sent to the contact as a reply by some providers
    },
  });
}

/** null: none of the account's secrets has signed it. */
async function hear(carriers: readonly Listening[], request: RawRequest): Promise<ProviderEvent[] | null> {
  for (const carrier of carriers) {
    const events = await carrier.receive(request);
    if (events !== null) return events;
  }
  return null;
}

/** Signatures are over the address the provider knows, which a proxy in front of us may have rewritten. */
const rawRequest = (world: World, request: FastifyRequest): RawRequest => ({
  method: request.method,
  url: `${world.publicUrl()}${request.raw.url ?? ""}`,
  headers: Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  ),
  body: typeof request.body === "string" ? request.body : "",
});

/** The last stop of a message's trace. Only of ids that are sealed with our key. */
function traceEvents(of: { world: World; record: CarrierRecord; events: ProviderEvent[]; request: FastifyRequest }) {
  const { world, record, events, request } = of;
  if (!world.telemetry.isOn) return;
  for (const event of events) {
    if (event.is !== "delivery" || event.messageId === undefined || !world.seal.openMessage(event.messageId)) continue;
    const { channel, provider } = record;
    world.telemetry
      .message(event.messageId, request.span)
      .note("message.reported", { channel, provider, delivery: event.delivery });
  }
}

/** Opens what only this installation can: its own message ids, and the hash an address is known by. */
function resolve(world: World, record: CarrierRecord, event: ProviderEvent): HeardEvent {
  if (event.is === "unmatched") return event;
  if (event.is === "delivery" || event.is === "complained") {
    const message = event.messageId === undefined ? null : world.seal.openMessage(event.messageId);
    return { ...event, message };
  }
  const channel = world.channels.find((each) => each.id === record.channel);
  const read = channel?.normalizeAddress(event.address);
  const address = read?.is === "ok" ? read.value.address : event.address;
  return { ...event, addressHash: world.addressHash(record.workspaceId)(record.channel, address) };
}

const notAuthentic = (world: World): Refusal => ({
  is: "forbidden",
  detail: `This is not signed by the account that this carrier uses, for an address that begins with ${world.publicUrl()}.`,
  errors: [
    {
      path: "",
      code: "signature.invalid",
      message: "Check the account's secret, and that PUBLIC_URL is the address the provider calls.",
    },
  ],
});
