/** Single sends: other services ask for messages and trust the 202, which leaves after the ledger has committed. */
import type { Problem } from "@chorus/core/problem";
import { contentHash } from "@chorus/core/variant";
import { messageView } from "@chorus/core/wire-messages";
import { sendBatch, sendInput, sendsTaken, sendTaken } from "@chorus/core/wire-sends";
import { cancelMessage } from "@chorus/db/cancel-message";
import { getMessage } from "@chorus/db/messages";
import { findTaken, type Taken, takeSends } from "@chorus/db/sends";
import { knockLane } from "@chorus/queue/knock-lane";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { callerOf } from "../auth.ts";
import { idParams } from "../campaign-body.ts";
import { readKey } from "../idempotency-key.ts";
import { messageBody } from "../message-body.ts";
import { badFields, notFound, type Refusal, refuse } from "../problem.ts";
import { readSends } from "../read-send.ts";
import type { Api } from "../server.ts";
import { validatorCompiler } from "../validation.ts";
import type { World } from "../world.ts";

export function sendRoutes(app: Api, world: World): void {
  app.route({
    method: "POST",
    url: "/v1/messages",
    config: { needs: "send" },
    schema: {
      summary: "Send one message, or up to 500",
      description:
        "All of a request is taken, or nothing. 202 means that it is written down and will be sent, skipped with a reason, or listed as doubt; `GET /v1/messages/:id` tells. The header `Idempotency-Key` is needed: the same key and body within 30 days answers with the same messages.",
      headers: z.object({ "idempotency-key": z.string().optional() }),
      body: z.union([sendInput, sendBatch]),
      response: { 202: z.union([sendsTaken, sendTaken]) },
    },
    validatorCompiler: (route) =>
      route.httpPart === "body"
        ? (body: unknown) =>
            validatorCompiler({ ...route, schema: isBatch(body) ? sendBatch : sendInput } as never)(body)
        : validatorCompiler(route as never),
    handler: (request, reply) => takeRequest(world, request, reply),
  });
  app.route({
    method: "POST",
    url: "/v1/messages/:id/cancel",
    config: { needs: "halt" },
    schema: { summary: "Call one message off while it waits", params: idParams, response: { 200: messageView } },
    handler: async (request, reply) => {
      const ref = world.seal.openMessage(request.params.id);
      const workspaceId = callerOf(request).workspace.id;
      const done = ref ? await cancelMessage(world.db, { workspaceId, ref }) : { is: "missing" as const };
      if (done.is === "too_late") return refuse(reply, tooLate(done.state));
      const message = ref && done.is === "cancelled" ? await getMessage(world.db, { workspaceId, ref }) : null;
      if (message) world.telemetry.message(request.params.id, request.span).note("message.cancelled", {});
      return message ? messageBody(world.seal, message) : refuse(reply, notFound("message"));
    },
  });
}

const isBatch = (body: unknown): body is z.infer<typeof sendBatch> =>
  typeof body === "object" && body !== null && "messages" in body;

type Body = z.infer<typeof sendInput> | z.infer<typeof sendBatch>;

async function takeRequest(world: World, request: FastifyRequest<{ Body: Body }>, reply: FastifyReply) {
  const key = readKey(request.headers["idempotency-key"]);
  if (key.is === "bad") return refuse(reply, badFields(key.problems));
  const caller = callerOf(request);
  const { workspace } = caller;
  const bodyHash = Buffer.from(contentHash(request.body), "hex");
  const known = await findTaken(world.db, { workspace, key: key.value, bodyHash });
  if (known) return answer(world, request, reply, known);
  const { sends, problems } = await readSends(
    world,
    caller,
    isBatch(request.body) ? request.body.messages : [request.body],
  );
  if (problems.length > 0) return refuse(reply, refusalOf(problems));
  const { channels } = world;
  const taken = await takeSends(world.db, { workspace, channels, key: key.value, bodyHash, sends });
  return answer(world, request, reply, taken);
}

/** Whoever knocks in vain loses nothing: the sweep looks every second. */
function answer(world: World, request: FastifyRequest<{ Body: Body }>, reply: FastifyReply, taken: Taken) {
  if (taken.is === "mismatch") return refuse(reply, usedForAnother(taken.firstAt));
  if (taken.is === "in_flight") return refuse(reply, inFlight);
  for (const lane of taken.lanes) void knockLane(world.producer, lane);
  const ids = taken.messageIds.map((messageId) => ({ id: world.seal.sealMessage({ runId: taken.runId, messageId }) }));
  const [first] = ids;
  if (!taken.isReplay) for (const { id } of ids) world.telemetry.message(id, request.span).note("message.accepted", {});
  reply.code(202).header("idempotency-replayed", String(taken.isReplay));
  if (isBatch(request.body) || !first) return reply.send({ messages: ids });
  return reply.header("location", `/v1/messages/${first.id}`).send(first);
}

/** What is malformed is 400; what is understood and names something that is not there or not allowed is 422. */
const understood = /^(?:contact|destination|variant|sender|consent|approval|class|time)\./;

const refusalOf = (problems: readonly Problem[]): Refusal =>
  problems.every((each) => understood.test(each.code))
    ? { ...badFields(problems), is: "unprocessable" }
    : badFields(problems);

const inFlight: Refusal = {
  is: "conflict",
  detail: "A request with this key is being dealt with at this moment. Ask again in a second.",
  errors: [{ path: "Idempotency-Key", code: "idempotency.in_flight", message: "Ask again in a second." }],
  headers: { "retry-after": "1" },
};

function usedForAnother(firstAt: Date): Refusal {
  const message = `This key was used at ${firstAt.toISOString()} for another body. Take a new key for a new request.`;
  return {
    is: "unprocessable",
    detail: message,
    errors: [{ path: "Idempotency-Key", code: "idempotency.mismatch", message }],
    also: { firstAt: firstAt.toISOString() },
  };
}

function tooLate(state: string): Refusal {
  const message = `This message is ${state}; only one that waits can be called off.`;
  return {
    is: "conflict",
    detail: message,
    errors: [{ path: "state", code: "message.state", message, got: state }],
    also: { state },
  };
}
