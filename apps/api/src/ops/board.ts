/** bull-board under /ops/queues, on whichever backend the queue lives, behind the same door as the page. */
import { createBullBoard } from "@bull-board/api";
import { FastifyAdapter } from "@bull-board/fastify";
import type { FastifyInstance } from "fastify";
import { readJson } from "../json.ts";
import type { World } from "../world.ts";
import { refusedPage } from "./entry-page.ts";
import { opsHeaders, sendHtml } from "./send.ts";

const place = "/ops/queues";

/** The plugin brings a copy of bull-board's types of its own, which the compiler takes for others. */
type ServerAdapter = Parameters<typeof createBullBoard>[0]["serverAdapter"];

/** Its page sets a base address and styles of its own; fonts come from here or from the reader's machine, from nowhere else. */
const boardPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export async function mountBoard(app: FastifyInstance, world: World): Promise<void> {
  const adapter = new FastifyAdapter();
  adapter.setBasePath(place);
  const board = createBullBoard({
    queues: [],
    serverAdapter: adapter as unknown as ServerAdapter,
    options: {
      uiConfig: {
        boardTitle: "Chorus queues",
        miscLinks: [{ text: "Operations", url: "/ops" }],
        hideRedisDetails: true,
        pollingInterval: { forceInterval: 5 },
      },
    },
  });
  await app.register(async (scope) => {
    scope.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => {
      const read = body.length === 0 ? null : readJson(body as Buffer);
      if (read?.is === "bad") done(new Error("not JSON"));
      else done(null, read?.value ?? {});
    });
    scope.addHook("preHandler", async (_request, reply) => {
      const seen = await world.board.queues();
      if (seen.is === "open") return board.setQueues(seen.queues);
      return sendHtml(
        reply,
        503,
        refusedPage("The queue does not answer at the moment. What is due waits in the ledger."),
      );
    });
    scope.addHook("onSend", async (_request, reply, payload) => {
      reply.headers({ ...opsHeaders, "content-security-policy": boardPolicy });
      const isPage = String(reply.getHeader("content-type")).startsWith("text/html");
      return isPage && typeof payload === "string" ? withoutForeignFonts(payload) : payload;
    });
    await scope.register(adapter.registerPlugin(), { prefix: place });
  });
}

/** The board's page asks Google for its fonts; nobody's visit here is told to anybody. */
const withoutForeignFonts = (page: string): string => page.replace(/<link href="https:\/\/fonts\.[^>]*>/g, "");
