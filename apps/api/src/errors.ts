/** What becomes of everything thrown: known refusals keep their words, the rest is a 500 with an id and a log line. */
import type { FastifyError, FastifyInstance, FastifyRequest } from "fastify";
import { isResponseSerializationError } from "fastify-type-provider-zod";
import type { Refusal } from "./problem.ts";
import { badRequest, Refused, refuse } from "./problem.ts";

export function answerErrors(app: FastifyInstance): void {
  app.setNotFoundHandler((_request, reply) =>
    refuse(reply, { is: "not_found", detail: "Nothing answers here. The list of what does is at /docs." }),
  );
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
      return badRequest({ path: "", code: "request.invalid", message: "The request's URL or length is not valid." });
    default:
      return null;
  }
}

/** PostgreSQL away, starting, stopping or out of connections: nothing was done, and it is worth asking again. */
const away =
  /^(08\d{3}|57P0[123]|53300|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|ETIMEDOUT|P1001|P1002|P1008|P1017|P2024)$/;

function fromPostgres(error: unknown): Refusal | null {
  if (!(error instanceof Error)) return null;
  const code = "code" in error ? String(error.code) : "";
  const isAway =
    away.test(code) ||
    /connection (timeout|terminated)|timeout exceeded when trying to connect|not currently accepting connections/i.test(
      error.message,
    );
  if (!isAway) return null;
  return {
    is: "unavailable",
    detail: "The database cannot be reached at the moment. Nothing was changed; ask again in a few seconds.",
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
