/** The one HTTP server: providers under their own prefixes, the sandbox's switches, and the inbox at the root. */
import formbody from "@fastify/formbody";
import fastify, { type FastifyInstance } from "fastify";
import { controlRoutes } from "./control.ts";
import { inboxRoutes } from "./inbox-routes.ts";
import { openaiRoutes } from "./openai.ts";
import { postStandIns } from "./post-stand-ins.ts";
import { slackRoutes } from "./slack.ts";
import type { SlackChannels } from "./slack-channels.ts";
import { type TwilioParts, twilioRoutes } from "./twilio.ts";

export type HttpStandIns = { readonly url: string; close(): Promise<void> };

type Parts = TwilioParts & { readonly channels: SlackChannels };

/** A directory of a whole audience's names is the largest thing anybody posts here. */
const bodyRoom = 64 * 1024 * 1024;

export async function openHttp(of: { port: number; parts: Parts }): Promise<HttpStandIns> {
  const { parts } = of;
  const app: FastifyInstance = fastify({ bodyLimit: bodyRoom, forceCloseConnections: true, logger: false });
  await app.register(formbody, { bodyLimit: bodyRoom });
  await app.register(async (scope) => twilioRoutes(scope, parts), { prefix: "/twilio" });
  await app.register(async (scope) => slackRoutes(scope, parts), { prefix: "/slack" });
  await app.register(async (scope) => openaiRoutes(scope, parts.world), { prefix: "/openai" });
  for (const { channel, routes } of postStandIns)
    await app.register(async (scope) => routes(scope, parts.world), { prefix: `/${channel}` });
  controlRoutes(app, parts);
  inboxRoutes(app, parts);
  const url = await app.listen({ port: of.port, host: "127.0.0.1" });
  return { url, close: () => app.close() };
}
