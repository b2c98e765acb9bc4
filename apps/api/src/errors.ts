/** What becomes of everything thrown: known refusals keep their words, the rest is a 500 with an id and a log line. */
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isResponseSerializationError } from "fastify-type-provider-zod";
import type { Refusal } from "./problem.ts";
import { badRequest, problemHeaders, problemOf, Refused, refuse } from "./problem.ts";
import { newRequestId } from "./request-id.ts";
import type { RouteList } from "./route-list.ts";

export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | Refused, request, reply) => {
    const refusal = error instanceof Refused ? error.refusal : (fromFastify(error) ?? fromPostgres(error));
    if (refusal) return refuse(reply, refusal);
    logUnexpected(request, error);
    return refuse(reply, {
      is: "unexpected",
      detail: "This is our mistake. Ask again, or ask for help with the request id.",
    });
  });
}

/** Before the body is looked at: whatever it is, there is nobody here to take it. */
export function answerUnknownPlaces(app: FastifyInstance, routes: RouteList): void {
  app.addHook("onRequest", async (request, reply) => {
    if (!request.is404) return;
    const path = request.url.split("?", 1)[0] ?? "";
    const methods = [...new Set(routes.methodsOf(path))].sort();
    return refuse(reply, methods.length > 0 ? wrongMethod(request.method, methods) : nothingHere);
  });
}

const nothingHere: Refusal = {
  is: "not_found",
  detail: "Nothing answers here. The list of what does is at /docs.",
  errors: [{ path: "", code: "route.unknown", message: "Check the path. The list of what there is is at /docs." }],
};

function wrongMethod(method: string, methods: readonly string[]): Refusal {
  const message = `${method} is not what this path takes. It takes ${methods.join(", ")}.`;
  return {
    is: "wrong_method",
    detail: message,
    errors: [{ path: "", code: "method.unsupported", message }],
    headers: { allow: methods.join(", ") },
  };
}

/** A path that cannot be decoded reaches no route and no hook. */
export function refuseBrokenUrl(_error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  void refuse(reply, badRequest(brokenUrl));
}

const brokenUrl = { path: "", code: "request.invalid", message: "The request's URL or length is not valid." };

/** What is no HTTP at all gets the same form of answer, written by hand, and no more of that connection. */
export function answerBrokenRequests(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return;
  const id = newRequestId();
  const problem = problemOf(brokenRequest(error.code), id);
  const body = JSON.stringify(problem);
  const headers = { ...problemHeaders(id), "content-length": String(Buffer.byteLength(body)), connection: "close" };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`, ...lines, "", body].join("\r\n"));
}

const brokenRequest = (code: string | undefined): Refusal =>
  code === "HPE_HEADER_OVERFLOW"
    ? {
        is: "too_many_headers",
        detail: "The headers are larger than 16 kB together. Send fewer of them.",
        errors: [{ path: "headers", code: "headers.too_large", message: "Send fewer headers." }],
      }
    : badRequest({ path: "", code: "request.invalid", message: "This is not an HTTP request, or not all of one." });

function fromFastify(error: FastifyError): Refusal | null {
  switch (error.code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return {
        is: "too_large",
        detail: "A body holds at most 1 MB. Use POST /v1/imports/… for more: it is streamed and has no such bound.",
        errors: [{ path: "", code: "body.too_large", message: "Use an import for this many rows." }],
      };
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return {
        is: "wrong_type",
        detail: "This route does not take bodies of that Content-Type. JSON is application/json, imports are text/csv.",
        errors: [
          { path: "", code: "content_type.unsupported", message: "Send application/json, or text/csv to an import." },
        ],
      };
    case "FST_ERR_CTP_EMPTY_JSON_BODY":
      return badRequest({ path: "", code: "json.invalid", message: "The body is empty; JSON is expected." });
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
    case "FST_ERR_BAD_URL":
    case "FST_ERR_MAX_PARAM_LENGTH":
      return badRequest(brokenUrl);
    default:
      return null;
  }
}

/**
 * PostgreSQL away, starting, stopping, silent, out of connections or of room on its disk. Nothing was acknowledged; what
 * was lost with the answer to a commit may have been done, and a request with an Idempotency-Key is not done twice.
 */
const away =
  /^(08\d{3}|57P0[123]|53\d{3}|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|ETIMEDOUT|P1001|P1002|P1008|P1017|P2024)$/;

function fromPostgres(error: unknown): Refusal | null {
  if (!(error instanceof Error)) return null;
  const code = "code" in error ? String(error.code) : "";
  const isAway =
    away.test(code) ||
    /connection (timeout|terminated)|timeout exceeded when trying to connect|query read timeout|not currently accepting connections/i.test(
      error.message,
    );
  if (!isAway) return null;
  return {
    is: "unavailable",
    detail: "The database cannot be used at the moment. Ask again in a few seconds, with the same Idempotency-Key.",
    errors: [{ path: "", code: "database.unavailable", message: "Ask again in a few seconds." }],
    headers: { "retry-after": "5" },
  };
}

/** The error's own words may repeat what somebody sent, so only its place is logged, with its name and code. */
function logUnexpected(request: FastifyRequest, error: Error): void {
  const detail = isResponseSerializationError(error)
    ? error.cause.issues.map((issue) => `${issue.path.join(".")}: ${issue.code}`)
    : undefined;
  const code = "code" in error ? error.code : undefined;
  const at = error.stack
    ?.split("\n")
    .filter((line) => line.trimStart().startsWith("at "))
    .slice(0, 12);
  request.log.error(
    { requestId: request.id, route: request.routeOptions.url, name: error.name, code, detail, at },
    "request.failed",
  );
}
