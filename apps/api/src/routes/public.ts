/**
 * The two links in every message. Whoever holds one may ask why it came, and opt out: no login, no cookie, no question asked. Mail scanners
 * open every link they see, so looking changes nothing: only the button, or a mailbox's one-click POST (RFC 8058), does.
 */
import type { MessageRef } from "@chorus/core/id";
import { unsubscribeLink } from "@chorus/core/link-token";
import { explain } from "@chorus/core/why-sentence";
import { recordClick, unsubscribe } from "@chorus/db/events";
import { findLink } from "@chorus/db/link-target";
import { messageWhy } from "@chorus/db/message-why";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { sendPage } from "../public-page.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

const tokenParams = z.object({ token: z.string().max(200) });

export function publicRoutes(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/u/:token",
    schema: { hide: true, params: tokenParams },
    handler: async (request, reply) => {
      const found = await findOptOut(world, request.params.token);
      if (!found) return sendUnknown(request, reply);
      const why = `${request.params.token}/why`;
      return sendPage(reply, { status: 200, locale: found.locale, page: { is: "ask", brand: found.brand, why } });
    },
  });
  app.route({
    method: "GET",
    url: "/u/:token/why",
    schema: { hide: true, params: tokenParams },
    handler: async (request, reply) => {
      const found = await findOptOut(world, request.params.token);
      const why = found && (await messageWhy(world.db, found));
      if (!found || !why?.reasons) return sendUnknown(request, reply);
      return sendPage(reply, { status: 200, locale: found.locale, page: { is: "why", ...explain(why.reasons) } });
    },
  });
  app.route({
    method: "POST",
    url: "/u/:token",
    schema: { hide: true, params: tokenParams },
    handler: async (request, reply) => {
      const found = await findOptOut(world, request.params.token);
      const done = found && (await unsubscribe(world.db, found.ref));
      if (!found || done?.is !== "done") return sendUnknown(request, reply);
      traceOf(world, found.ref, request).note("message.unsubscribed", { channel: done.channel });
      return sendPage(reply, { status: 200, locale: found.locale, page: { is: "done", brand: found.brand } });
    },
  });
  app.route({
    method: "GET",
    url: "/c/:token",
    schema: { hide: true, params: tokenParams },
    handler: async (request, reply) => {
      const ref = world.linkTokens.read(request.params.token);
      const url = ref && ((await findLink(world.db, ref))?.url ?? null);
      if (!ref || url === null) return sendUnknown(request, reply);
      if (isVisit(request)) {
        await recordClick(world.db, ref);
        traceOf(world, ref, request).note("message.clicked", { link: ref.link });
      }
      return reply
        .headers({ "cache-control": "no-store", "referrer-policy": "no-referrer" })
        .redirect(new URL(url).href);
    },
  });
}

const traceOf = (world: World, ref: MessageRef, request: FastifyRequest) =>
  world.telemetry.message(() => world.seal.sealMessage(ref), request.span);

/** What an unsubscribe link stands for; a click link opens no door here. */
async function findOptOut(world: World, token: string) {
  const ref = world.linkTokens.read(token);
  const found = ref?.link === unsubscribeLink ? await findLink(world.db, ref) : null;
  return ref && found?.isToContact ? { ...found, ref } : null;
}

/** A browser that fetches ahead, or a machine that asks for the headers, is nobody's click. */
const isVisit = (request: FastifyRequest): boolean =>
  request.method === "GET" &&
  ![request.headers["sec-purpose"], request.headers.purpose, request.headers["x-moz"]].flat().some(isPrefetch);
const isPrefetch = (header: string | undefined): boolean => /prefetch|preview/i.test(header ?? "");

/** The same page for everything that is no link of ours. */
function sendUnknown(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const [locale = "en"] = /[a-z]+/i.exec(request.headers["accept-language"] ?? "") ?? [];
  return sendPage(reply, { status: 404, locale, page: { is: "unknown" } });
}
