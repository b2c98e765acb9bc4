/** The id of a request: on its answer, in its problem, in its log line. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

/**
 * What a caller's own id may look like: a UUID or a trace id. Random letters only, because the id is logged and echoed:
 * whatever else somebody put there could be an address, or a line of a log that never was.
 */
const random = /^(?:req_)?(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** The caller's id when it is one of those, so that both sides' logs meet; a new one otherwise. */
export function requestIdOf(request: Pick<IncomingMessage, "headers">): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && random.test(given) ? given : newRequestId();
}

export const newRequestId = (): string => `req_${randomUUID()}`;
