/** Ends an HTTP exchange as a broken network does: the connection dies without a byte of an answer. */
import type { FastifyReply, FastifyRequest } from "fastify";

export function hangUp(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack();
  request.raw.socket.destroy();
  return reply;
}
