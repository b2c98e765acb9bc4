/**
 * Who may look at /ops: somebody with an API key, as a bearer or by the form, or with the link that the terminal printed.
 * Both leave a cookie that scripts cannot read and other sites cannot send, and that ends with its key.
 */
import { opsSessionMs } from "@chorus/core/ops-link";
import { mayDo, type Permission, rolesFor } from "@chorus/core/role";
import { type Caller, findKey, findKeyById } from "@chorus/db/keys";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { World } from "../world.ts";
import { entryPage, refusedPage } from "./entry-page.ts";
import { sendHtml } from "./send.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** On /ops only: served to whoever asks. */
    isForEverybody?: boolean;
  }
}

const cookieName = "chorus_ops";

export function guardOps(app: FastifyInstance, world: World): void {
  app.decorateRequest("foundCaller", null);
  app.addHook("onRequest", async (request, reply) => {
    const isChange = request.method !== "GET" && request.method !== "HEAD";
    if (isChange && !comesFromHere(world, request))
      return sendHtml(
        reply,
        403,
        refusedPage("This request did not come from a page of this address, so it was not done."),
      );
    if (request.routeOptions.config.isForEverybody) return;
    const link = linkOf(request);
    if (link !== null) return enterByLink(world, reply, link);
    const caller = await whoAsks(world, request);
    if (!caller) return sendHtml(reply, 401, entryPage(null));
    request.foundCaller = caller;
    const needs: Permission = request.routeOptions.config.needs ?? (isChange ? "launch" : "read");
    if (mayDo(caller.person.role, needs)) return;
    return sendHtml(
      reply,
      403,
      refusedPage(`This takes the role ${rolesFor(needs).join(" or ")}; this key belongs to an ${caller.person.role}.`),
    );
  });
}

/** SameSite=Strict keeps other sites' requests away from the cookie; this keeps away what some browser may let through. */
function comesFromHere(world: World, request: FastifyRequest): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined || !URL.canParse(origin)) return false;
  const from = new URL(origin).host;
  return from === host || from === new URL(world.publicUrl()).host;
}

async function whoAsks(world: World, request: FastifyRequest): Promise<Caller | null> {
  const secret = /^Bearer (\S{1,200})$/i.exec(request.headers.authorization ?? "")?.[1];
  if (secret) return validCaller(await findKey(world.db, secret));
  const note = cookieOf(request);
  const keyId = note && world.opsNotes.read("session", note, new Date());
  return keyId ? validCaller(await findKeyById(world.db, keyId)) : null;
}

const validCaller = (found: Awaited<ReturnType<typeof findKey>>): Caller | null =>
  found.is === "valid" ? found.caller : null;

const cookieOf = (request: FastifyRequest): string | undefined =>
  new RegExp(`(?:^|;\\s*)${cookieName}=([^;]{1,200})`).exec(request.headers.cookie ?? "")?.[1];

/** GET /ops?link=… as the terminal printed it: the token leaves the address bar at once. */
function linkOf(request: FastifyRequest): string | null {
  if (request.routeOptions.url !== "/ops" || request.method !== "GET") return null;
  const { link } = request.query as { link?: unknown };
  return typeof link === "string" ? link : null;
}

async function enterByLink(world: World, reply: FastifyReply, link: string): Promise<FastifyReply> {
  const keyId = world.opsNotes.read("link", link, new Date());
  const caller = keyId && validCaller(await findKeyById(world.db, keyId));
  if (caller) return letIn(world, reply, caller);
  return sendHtml(reply, 401, entryPage("This link is not good, or no longer. A new one is printed at every start."));
}

/** Whoever the typed key speaks for, or null. */
export const callerByKey = async (world: World, secret: string): Promise<Caller | null> =>
  validCaller(await findKey(world.db, secret));

export function letIn(world: World, reply: FastifyReply, caller: Caller): FastifyReply {
  const until = new Date(Date.now() + opsSessionMs);
  const note = world.opsNotes.write("session", { keyId: caller.keyId, until });
  return reply.header("set-cookie", cookie(world, note, opsSessionMs / 1000)).redirect("/ops", 303);
}

export const letOut = (world: World, reply: FastifyReply): FastifyReply =>
  reply.header("set-cookie", cookie(world, "", 0)).redirect("/ops", 303);

const cookie = (world: World, value: string, seconds: number): string =>
  `${cookieName}=${value}; Path=/ops; Max-Age=${seconds}; HttpOnly; SameSite=Strict${world.publicUrl().startsWith("https:") ? "; Secure" : ""}`;
