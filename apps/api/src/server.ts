/** What the API answers, apart from where it listens. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { othersWords } from "@chorus/core/redact";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController, type RawServerDefault } from "fastify";
import { serializerCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { guardByKey } from "./auth.ts";
import { largestBody, refuseCompressed, takeJson, takeRawText } from "./bodies.ts";
import { answerBrokenRequests, answerErrors, answerUnknownPlaces, refuseBrokenUrl } from "./errors.ts";
import { openMetrics } from "./metrics.ts";
import { describeApi } from "./openapi.ts";
import { openLimits } from "./rate-limit.ts";
import { requestIdOf } from "./request-id.ts";
import { listRoutes, type RouteList } from "./route-list.ts";
import { keyedRoutes, openRoutes } from "./routes/all.ts";
import { opsRoutes } from "./routes/ops.ts";
import { traceRequests } from "./trace-requests.ts";
import { validatorCompiler } from "./validation.ts";
import type { World } from "./world.ts";

export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse<IncomingMessage>,
  FastifyBaseLogger,
  ZodTypeProvider
>;

declare module "fastify" {
  interface FastifyInstance {
    routeList: RouteList;
  }
}

export async function buildServer(world: World): Promise<Api> {
  const app: Api = Fastify({
    logger: { level: world.config.LOG_LEVEL, base: { process: "api" }, serializers: othersWords },
    logController: new LogController({ disableRequestLogging: true }), // URLs hold tokens: routes are logged below
    bodyLimit: largestBody,
    genReqId: requestIdOf,
    clientErrorHandler: answerBrokenRequests,
    frameworkErrors: refuseBrokenUrl,
    requestTimeout: 0, // an import streams for as long as it takes
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.removeAllContentTypeParsers();
  const routes = listRoutes(app);
  app.decorate("routeList", routes);
  countAnswers(app, world);
  answerUnknownPlaces(app, routes);
  refuseCompressed(app);
  answerErrors(app);
  traceRequests(app, world);
  await describeApi(app);
  await app.register(async (open) => {
    takeRawText(open);
    for (const route of openRoutes) route(open.withTypeProvider<ZodTypeProvider>(), world);
  });
  await app.register(async (keyed) => {
    takeJson(keyed);
    guardByKey(keyed, world, await openLimits(keyed, world));
    for (const route of keyedRoutes) route(keyed.withTypeProvider<ZodTypeProvider>(), world);
  });
  await app.register((ops) => opsRoutes(ops.withTypeProvider<ZodTypeProvider>(), world));
  return app;
}

/** A log line and a count for every answer, by route: never the URL, which may hold an address or a token. */
function countAnswers(app: FastifyInstance, world: World): void {
  const metrics = openMetrics(world);
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  app.addHook("onResponse", async (request, reply) => {
    const { method } = request;
    const route = request.routeOptions.url ?? "none";
    const status = reply.statusCode;
    metrics.answered({ method, route, status, inSeconds: reply.elapsedTime / 1000 });
    request.log.info(
      { requestId: request.id, route, method, status, inMs: Math.round(reply.elapsedTime) },
      "request.answered",
    );
  });
  app.get("/metrics", { schema: { hide: true } }, async (_request, reply) => {
    const { type, text } = await metrics.text();
    return reply.type(type).send(text);
  });
}
