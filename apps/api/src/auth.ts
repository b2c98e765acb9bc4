/** Whose key is it, and may they? Every route under /v1 says with `config.needs` what it takes. */
import type { Permission } from "@chorus/core/role";
import { mayDo, rolesFor } from "@chorus/core/role";
import { type Caller, findKey } from "@chorus/db/keys";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { refuse } from "./problem.ts";
import { type Limits, secretIn } from "./rate-limit.ts";
import type { World } from "./world.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What a key's person must be allowed to do. */
    needs?: Permission;
  }
  interface FastifyRequest {
    foundCaller: Caller | null;
  }
}

/** Who asks. Only under /v1: elsewhere nobody is known. */
export function callerOf(request: Pick<FastifyRequest, "foundCaller">): Caller {
  if (!request.foundCaller) throw new Error("this route is outside of what keys open");
  return request.foundCaller;
}

export function guardByKey(app: FastifyInstance, world: World, limits: Limits): void {
  app.decorateRequest("foundCaller", null);
  app.addHook("onRoute", (route) => {
    if (!route.config?.needs) throw new Error(`${route.method} ${route.url} does not say what it needs`);
  });
  app.addHook("onRequest", async (request, reply) => {
    const secret = secretIn(request);
    if (secret === null) return refuseKey(reply, "missing");
    const early = await limits.beforeLookUp(request, secret);
    if (early) return refuse(reply, early);
    const found = await findKey(world.db, secret);
    if (found.is !== "valid") {
      await limits.afterFailure(request);
      return refuseKey(reply, found.is);
    }
    const late = await limits.afterSuccess(request, reply, secret);
    if (late) return refuse(reply, late);
    request.foundCaller = found.caller;
    const needs = request.routeOptions.config.needs;
    if (needs && !mayDo(found.caller.person.role, needs)) return refuseRole(reply, found.caller, needs);
  });
}

const reasons = {
  missing: "Send a key of this workspace in the header: Authorization: Bearer chorus_…",
  unknown: "Nobody has this key. Check it, or ask the workspace's owner for a new one.",
  revoked: "This key was revoked. Ask the workspace's owner for a new one.",
  expired: "This key has expired. Ask the workspace's owner for a new one.",
};

function refuseKey(reply: FastifyReply, is: keyof typeof reasons) {
  return refuse(reply, {
    is: "unauthenticated",
    detail: reasons[is],
    errors: [{ path: "", code: `key.${is}`, message: reasons[is] }],
    headers: { "www-authenticate": 'Bearer realm="chorus"' },
  });
}

function refuseRole(reply: FastifyReply, caller: Caller, needs: Permission) {
  const message = `This takes the role ${rolesFor(needs).join(" or ")}; this key belongs to an ${caller.person.role}.`;
  return refuse(reply, {
    is: "forbidden",
    detail: message,
    errors: [{ path: "", code: "role.insufficient", message }],
  });
}
