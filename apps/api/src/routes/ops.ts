/** The operators' pages and their levers. Every change is written down with its person. */
import { recordAudit } from "@chorus/db/audit";
import { releaseCarrier } from "@chorus/db/circuit";
import { messageHistory } from "@chorus/db/message-history";
import { moveRunOf } from "@chorus/db/runs";
import { releaseEverything, stopEverything } from "@chorus/db/stop";
import { getWorkspace } from "@chorus/db/workspaces";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { callerOf } from "../auth.ts";
import { findByWords } from "../message-search.ts";
import { mountBoard } from "../ops/board.ts";
import { entryPage, refusedPage } from "../ops/entry-page.ts";
import type { Owner } from "../ops/frame.ts";
import { callerByKey, guardOps, letIn, letOut } from "../ops/guard.ts";
import { liveScript } from "../ops/live.ts";
import { foundPage, historyPage } from "../ops/messages-page.ts";
import { overviewPage } from "../ops/overview-page.ts";
import { opsHeaders, sendHtml } from "../ops/send.ts";
import { readSight } from "../ops/sight.ts";
import { opsStyle } from "../ops/style.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

const schema = { hide: true };
const foundAtMost = 50;
const largestForm = 4_096;
const fields = (body: unknown) => new URLSearchParams(typeof body === "string" ? body : "");

export async function opsRoutes(app: Api, world: World): Promise<void> {
  const parse = { parseAs: "string", bodyLimit: largestForm } as const;
  app.addContentTypeParser("application/x-www-form-urlencoded", parse, (_request, body, done) => done(null, body));
  guardOps(app, world);
  addDoors(app, world);
  addPages(app, world);
  addLevers(app, world);
  await mountBoard(app, world);
}

function addDoors(app: FastifyInstance, world: World): void {
  const config = { isForEverybody: true };
  app.get("/ops/style.css", { schema, config }, (_request, reply) =>
    reply.headers(opsHeaders).type("text/css; charset=utf-8").send(opsStyle),
  );
  app.get("/ops/live.js", { schema, config }, (_request, reply) =>
    reply.headers(opsHeaders).type("text/javascript; charset=utf-8").send(liveScript),
  );
  app.post("/ops/enter", { schema, config }, async (request, reply) => {
    const caller = await callerByKey(world, fields(request.body).get("key")?.trim() ?? "");
    if (caller) return letIn(world, reply, caller);
    return sendHtml(reply, 401, entryPage("Nobody has this key, or it is no longer good."));
  });
  app.post("/ops/leave", { schema, config }, async (_request, reply) => letOut(world, reply));
}

function addPages(app: FastifyInstance, world: World): void {
  app.get("/ops", { schema }, async (request, reply) => {
    const sight = await readSight(world, callerOf(request));
    return sendHtml(reply, 200, overviewPage(await ownerOf(world, request), world.seal, sight));
  });
  app.get("/ops/messages", { schema }, async (request, reply) => {
    const { q } = z.object({ q: z.string().max(320).catch("") }).parse(request.query);
    const workspaceId = callerOf(request).workspace.id;
    const found = await findByWords(world, { workspaceId, words: q, limit: foundAtMost });
    const owner = await ownerOf(world, request, q);
    return sendHtml(reply, 200, foundPage(owner, world.seal, { ...found, atMost: foundAtMost }));
  });
  app.get<{ Params: { id: string } }>("/ops/messages/:id", { schema }, async (request, reply) => {
    const ref = world.seal.openMessage(request.params.id);
    const history = ref && (await messageHistory(world.db, { workspaceId: callerOf(request).workspace.id, ref }));
    if (!history) return sendHtml(reply, 404, refusedPage("There is no such message."));
    return sendHtml(reply, 200, historyPage(await ownerOf(world, request), world.seal, history));
  });
}

async function ownerOf(world: World, request: FastifyRequest, search = ""): Promise<Owner> {
  const caller = callerOf(request);
  const workspace = await getWorkspace(world.db, caller.workspace.id);
  return { caller, workspaceName: workspace?.name ?? "", search };
}

function addLevers(app: FastifyInstance, world: World): void {
  const note = (request: FastifyRequest, action: string, subject: string) => {
    const { workspace, person } = callerOf(request);
    return recordAudit(world.db, { workspaceId: workspace.id, personId: person.id, action, subject });
  };
  for (const action of ["pause", "resume", "cancel"] as const)
    app.post<{ Params: { id: string } }>(
      `/ops/runs/:id/${action}`,
      { schema, config: { needs: action === "resume" ? "launch" : "halt" } },
      async (request, reply) => {
        const runId = world.seal.open("run", request.params.id);
        const { person, workspace } = callerOf(request);
        const of = runId && { workspaceId: workspace.id, runId, action, personId: person.id };
        const moved = of && (await moveRunOf(world.db, of));
        if (!moved || (moved.is === "refused" && moved.state === null))
          return sendHtml(reply, 404, refusedPage("There is no such run."));
        if (moved.is === "refused")
          return sendHtml(reply, 409, refusedPage(`The run is ${moved.state}; there is nothing to ${action}.`));
        if (action === "resume") await world.producer.knock("expandAudience", { runId: moved.runId });
        return reply.redirect("/ops", 303);
      },
    );
  app.post<{ Params: { channel: string } }>(
    "/ops/accounts/:channel/release",
    { schema, config: { needs: "launch" } },
    async (request, reply) => {
      const { channel } = request.params;
      if (!world.channels.some((each) => each.id === channel))
        return sendHtml(reply, 404, refusedPage("There is no such channel."));
      if (await releaseCarrier(world.db, { workspaceId: callerOf(request).workspace.id, channel }))
        await note(request, "account.release", `channel:${channel}`);
      return reply.redirect("/ops", 303);
    },
  );
  app.post("/ops/stop", { schema, config: { needs: "halt" } }, async (request, reply) => {
    const because = fields(request.body).get("because")?.trim().slice(0, 200) ?? "";
    if (because === "") return sendHtml(reply, 400, refusedPage("Say why, so that others know."));
    const { person, workspace } = callerOf(request);
    await stopEverything(world.db, { workspaceId: workspace.id, personId: person.id, because });
    return reply.redirect("/ops", 303);
  });
  app.post("/ops/release", { schema, config: { needs: "launch" } }, async (request, reply) => {
    const workspaceId = callerOf(request).workspace.id;
    await releaseEverything(world.db, { workspaceId });
    await note(request, "workspace.release", `workspace:${workspaceId}`);
    return reply.redirect("/ops", 303);
  });
}
