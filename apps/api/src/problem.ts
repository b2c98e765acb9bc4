/** The one table from refusal to status. Every answer that is not a success leaves through here, as RFC 9457 problem+json. */
import type { Problem } from "@chorus/core/problem";
import type { ProblemBody } from "@chorus/core/wire-problem";

const refusals = {
  bad_request: { status: 400, title: "The request cannot be understood" },
  unauthenticated: { status: 401, title: "A valid API key is needed" },
  forbidden: { status: 403, title: "This key may not do that" },
  not_found: { status: 404, title: "There is no such thing" },
  wrong_method: { status: 405, title: "That cannot be done here" },
  conflict: { status: 409, title: "The present state does not allow that" },
  stale: { status: 412, title: "It has changed since you read it" },
  too_large: { status: 413, title: "The request is too large" },
  wrong_type: { status: 415, title: "The body is of a kind that is not taken here" },
  unprocessable: { status: 422, title: "The request is understood and cannot be done" },
  too_often: { status: 429, title: "Too many requests" },
  too_many_headers: { status: 431, title: "The headers are too large" },
  unexpected: { status: 500, title: "Something unexpected happened" },
  unavailable: { status: 503, title: "Not available at the moment" },
} as const;
export type RefusalKind = keyof typeof refusals;

export type Refusal = {
  readonly is: RefusalKind;
  /** A sentence that says what to do. */
  readonly detail: string;
  readonly errors?: readonly Problem[] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Further members of the answer, such as the values that are now valid. */
  readonly also?: Readonly<Record<string, unknown>> | undefined;
};

/** As much of Fastify's reply as is needed, whatever the route's own schema says about its successes. */
type Answer = {
  readonly request: { readonly id: string };
  code(status: number): unknown;
  headers(values: Record<string, string>): unknown;
  serializer(serialize: (payload: unknown) => string): unknown;
  send(payload: never): { then(done: () => void, failed: (error: Error) => void): void };
};

/** Answers with the refusal. In an async handler: `return refuse(reply, { is: "not_found", … })`; done when it has left. */
export async function refuse(reply: Answer, refusal: Refusal): Promise<void> {
  const body = problemOf(refusal, reply.request.id);
  reply.code(body.status);
  reply.headers({ ...problemHeaders(reply.request.id), ...refusal.headers });
  reply.serializer(JSON.stringify);
  await reply.send(body as never);
}

export const problemOf = (refusal: Refusal, requestId: string): ProblemBody & Record<string, unknown> => ({
  type: `urn:chorus:problem:${refusal.is}`,
  ...refusals[refusal.is],
  detail: refusal.detail,
  errors: (refusal.errors ?? []).map((each) => ({ ...each })),
  requestId,
  ...refusal.also,
});

export const problemHeaders = (requestId: string) => ({
  "content-type": "application/problem+json; charset=utf-8",
  "x-request-id": requestId,
});

/** One thing is wrong with the request. */
export const badRequest = (problem: Problem): Refusal => ({
  is: "bad_request",
  detail: problem.message,
  errors: [problem],
});

/** Several things are wrong with it: the answer lists them all. */
export const badFields = (problems: readonly Problem[]): Refusal => ({
  is: "bad_request",
  detail: problems.length === 1 ? (problems[0]?.message ?? "") : `${problems.length} things are wrong: see errors.`,
  errors: problems,
});

/** The same words whether it never was or belongs to another workspace. */
export function notFound(noun: string): Refusal {
  const message = `There is no such ${noun}.`;
  return { is: "not_found", detail: message, errors: [{ path: "id", code: "id.unknown", message }] };
}

/** Carries a refusal through Fastify's parsers and hooks, which can only fail with an Error. */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.refusal = refusal;
  }
}
