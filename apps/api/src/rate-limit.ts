/** How often a key may ask, and how often an address may try keys that are none. Counted in this process alone. */
import { createHash } from "node:crypto";
import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Refusal } from "./problem.ts";
import type { World } from "./world.ts";

const windowMs = 60_000;
/** Keys and addresses that are counted at once; the one that was not seen for longest is forgotten first. */
const mostCounted = 20_000;

/** What refuses, answers null when the request may go on. */
export type Limits = {
  /** Before the key is looked up, so that whoever guesses costs the database nothing. */
  beforeLookUp(request: FastifyRequest, secret: string): Promise<Refusal | null>;
  /** Counts a key that opened nothing against the address it came from. */
  afterFailure(request: FastifyRequest): Promise<void>;
  /** Counts a key that is good, and tells its holder what is left in `ratelimit-*`. */
  afterSuccess(request: FastifyRequest, reply: FastifyReply, secret: string): Promise<Refusal | null>;
};

export async function openLimits(app: FastifyInstance, { config }: Pick<World, "config">): Promise<Limits> {
  await app.register(rateLimit, { global: false, timeWindow: windowMs, cache: mostCounted });
  const failures = app.createRateLimit({ max: config.API_KEY_TRIES });
  const asked = app.createRateLimit({
    max: config.API_RATE_LIMIT,
    keyGenerator: (request) => digestOf(secretIn(request) ?? ""),
  });
  const good = openMemory();
  return {
    beforeLookUp: async (request, secret) => {
      if (good.has(digestOf(secret))) return null; // one client's wrong key must not lock out the others behind the same proxy
      const spent = await failures(request, { increment: false });
      return !spent.isAllowed && spent.remaining === 0 ? tooManyTries(spent.ttlInSeconds) : null;
    },
    afterFailure: async (request) => void (await failures(request)),
    afterSuccess: async (request, reply, secret) => {
      good.add(digestOf(secret));
      const spent = await asked(request);
      if (spent.isAllowed) return null;
      const { max, remaining, ttlInSeconds } = spent;
      reply.headers({
        "ratelimit-limit": max,
        "ratelimit-remaining": remaining,
        "ratelimit-reset": ttlInSeconds,
      });
      return spent.isExceeded ? tooManyRequests(max, ttlInSeconds) : null;
    },
  };
}

export const secretIn = (request: Pick<FastifyRequest, "headers">): string | null =>
  /^Bearer (\S{1,200})$/i.exec(request.headers.authorization ?? "")?.[1] ?? null;

/** Secrets are held nowhere, not even for a minute. */
const digestOf = (secret: string): string => createHash("sha256").update(secret).digest("base64url");

/** The keys that opened something lately. That one is among them says nothing about what it may do now. */
function openMemory() {
  const known = new Set<string>();
  return {
    has: (digest: string) => known.has(digest),
    add(digest: string) {
      known.delete(digest);
      known.add(digest);
      const [oldest] = known;
      if (known.size > mostCounted && oldest !== undefined) known.delete(oldest);
    },
  };
}

const tooManyRequests = (max: number, inSeconds: number): Refusal =>
  limited(`This key may ask ${max} times a minute. Ask again in ${inSeconds} s.`, inSeconds);

const tooManyTries = (inSeconds: number): Refusal =>
  limited(`Too many keys that open nothing came from this address. Try again in ${inSeconds} s.`, inSeconds);

const limited = (message: string, inSeconds: number): Refusal => ({
  is: "too_often",
  detail: message,
  errors: [{ path: "", code: "rate.limited", message }],
  headers: { "retry-after": String(inSeconds) },
});
