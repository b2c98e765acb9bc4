/** Imports: a file of any size is streamed in; what was not taken comes back as a file with its reasons. */
import { Readable } from "node:stream";
import type { Checked } from "@chorus/core/problem";
import { ok } from "@chorus/core/problem";
import { type ImportBody, type ImportQuery, importBody, importPage, importQuery } from "@chorus/core/wire-import";
import { pageQuery, publicId } from "@chorus/core/wire-page";
import { getImport, type ImportKind, type ImportRecord, listImports, listRejects } from "@chorus/db/imports";
import type { Caller } from "@chorus/db/keys";
import { databaseNow } from "@chorus/db/open";
import { z } from "zod";
import { activityRows } from "../activity-rows.ts";
import { callerOf } from "../auth.ts";
import { contactRows } from "../contact-rows.ts";
import { type CsvSource, openCsv } from "../csv-source.ts";
import { csvLine } from "../csv-write.ts";
import { noteBody } from "../import-notes.ts";
import { cutPage } from "../page.ts";
import { badFields, notFound, type Refusal, refuse } from "../problem.ts";
import { productRows } from "../product-rows.ts";
import type { Api } from "../server.ts";
import { type Taken, takeImport } from "../take-import.ts";
import type { World } from "../world.ts";

/** Each holds a database connection for as long as its file takes. */
const importsAtOnce = 4;
/** Bytes. */
const mostDrained = 67_108_864;

export function importRoutes(app: Api, world: World): void {
  app.register(async (scope) => takeFiles(scope as unknown as Api, world));
  listFiles(app, world);
}

function takeFiles(app: Api, world: World): void {
  let underWay = 0;
  const counted = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    underWay++;
    return await work().finally(() => underWay--);
  };
  const streamed = (_request: unknown, body: unknown, done: (error: null, body: unknown) => void) => done(null, body);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(["text/csv", "text/tab-separated-values", "text/plain"], streamed);
  app.route({
    method: "POST",
    url: "/v1/imports/:kind",
    config: { needs: "data" },
    schema: {
      summary: "Take in a CSV file",
      consumes: ["text/csv"],
      params: z.strictObject({ kind: z.enum(["contacts", "products", "activity"]) }),
      querystring: importQuery,
      response: { 200: importBody },
    },
    handler: async (request, reply) => {
      const file = request.body;
      if (!(file instanceof Readable)) return refuse(reply, noFile);
      const charset = /charset="?([\w-]+)/i.exec(request.headers["content-type"] ?? "")?.[1];
      const job = { file, charset, kind: request.params.kind, query: request.query, caller: callerOf(request) };
      try {
        const taken = underWay < importsAtOnce ? await counted(() => takeFile(world, job)) : tooMany;
        return taken.is === "taken" ? taken.body : refuse(reply, taken);
      } finally {
        drain(file);
      }
    },
  });
}

type Job = { file: Readable; charset: string | undefined; kind: ImportKind; query: ImportQuery; caller: Caller };

async function takeFile(world: World, job: Job): Promise<{ is: "taken"; body: ImportBody } | Refusal> {
  const source = await openCsv(job.file, job);
  if (source.is === "bad") return unreadable(source);
  const taken = await takeKind(world, job, source.value);
  if (taken.is === "bad") return unreadable(taken);
  const body = bodyOf(world, taken.value.record);
  return taken.value.is === "finished" ? { is: "taken", body } : stopped(taken.value, body);
}

/** Reads and forgets what is left of a refused file, so that its sender gets to the answer; within a bound. */
function drain(body: Readable): void {
  let left = mostDrained;
  body.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) body.destroy();
  });
}

async function takeKind(world: World, { kind, caller, query }: Job, source: CsvSource): Promise<Checked<Taken>> {
  const { db } = world;
  const { workspace } = caller;
  const run = { workspaceId: workspace.id, source };
  switch (kind) {
    case "contacts": {
      const addressHash = world.addressHash(workspace.id);
      const of = { channels: world.channels, addressHash, source: "import", workspace, numbers: db.channels, query };
      const taker = contactRows(source.columns, of);
      return taker.is === "bad" ? taker : ok(await takeImport(db, { ...run, taker: taker.value }));
    }
    case "products": {
      const taker = productRows(source.columns, { workspace });
      return taker.is === "bad" ? taker : ok(await takeImport(db, { ...run, taker: taker.value }));
    }
    case "activity": {
      const taker = activityRows(source.columns, { workspace, now: await databaseNow(db.sql) });
      return taker.is === "bad" ? taker : ok(await takeImport(db, { ...run, taker: taker.value }));
    }
  }
}

function listFiles(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/v1/imports",
    config: { needs: "read" },
    schema: { summary: "Imports, newest first", querystring: z.strictObject(pageQuery), response: { 200: importPage } },
    handler: async (request, reply) => {
      const workspaceId = callerOf(request).workspace.id;
      const list = { workspaceId, list: "imports" };
      const before = world.cursors.read(list, request.query.cursor);
      if (before.is === "bad") return refuse(reply, badFields(before.problems));
      const { limit } = request.query;
      const rows = await listImports(world.db, { workspaceId, limit: limit + 1, before: before.value });
      const page = cutPage(rows, limit);
      const nextCursor = page.last && world.cursors.write(list, page.last.id);
      return { items: page.rows.map((record) => bodyOf(world, record)), nextCursor };
    },
  });
  app.route({
    method: "GET",
    url: "/v1/imports/:id",
    config: { needs: "read" },
    schema: {
      summary: "How an import is going",
      params: z.strictObject({ id: publicId }),
      response: { 200: importBody },
    },
    handler: async (request, reply) => {
      const record = await findImport(world, callerOf(request), request.params.id);
      return record ? bodyOf(world, record) : refuse(reply, notFound("import"));
    },
  });
  app.route({
    method: "GET",
    url: "/v1/imports/:id/rejects.csv",
    config: { needs: "read" },
    schema: { summary: "The rows that were not taken, with their reasons", params: z.strictObject({ id: publicId }) },
    handler: async (request, reply) => {
      const record = await findImport(world, callerOf(request), request.params.id);
      if (!record) return refuse(reply, notFound("import"));
      reply.headers({
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="rejects-${record.kind}.csv"`,
      });
      return reply.send(Readable.from(rejectsFile(world, record)));
    },
  });
}

async function findImport(world: World, caller: Caller, publicImportId: string): Promise<ImportRecord | null> {
  const id = world.seal.open("import", publicImportId);
  return id ? await getImport(world.db, { workspaceId: caller.workspace.id, id }) : null;
}

const rejectsAtOnce = 1_000;

/** The original columns behind ours, so that the file can be mended and sent back as it is. */
async function* rejectsFile(world: World, record: ImportRecord): AsyncGenerator<string> {
  yield "\ufeff"; // spreadsheets read UTF-8 only with this mark
  let after = 0;
  for (;;) {
    const rows = await listRejects(world.db, { id: record.id, limit: rejectsAtOnce, after });
    const lines = rows.map((row) => csvLine([row.rowNo, row.code, row.message, ...row.cells]));
    const columns = rows[0]?.columns ?? [];
    if (after === 0) yield csvLine(["rejected_row", "rejected_code", "rejected_because", ...columns]);
    yield lines.join("");
    after = rows.at(-1)?.rowNo ?? after;
    if (rows.length < rejectsAtOnce) return;
  }
}

function bodyOf(world: World, record: ImportRecord): ImportBody {
  const id = world.seal.seal("import", record.id);
  return {
    id,
    kind: record.kind,
    state: record.state,
    rows: record.rowCount,
    accepted: record.acceptedCount,
    rejected: record.rejectedCount,
    notes: record.notes.map(noteBody),
    rejectsUrl: record.rejectedCount > 0 ? `${world.publicUrl()}/v1/imports/${id}/rejects.csv` : null,
    startedAt: record.startedAt.toISOString(),
    finishedAt: record.finishedAt?.toISOString() ?? null,
  };
}

const unreadable = ({ problems }: { problems: Refusal["errors"] }): Refusal => ({
  is: "unprocessable",
  detail: "Nothing of this file was taken: see errors for what to mend first.",
  errors: problems,
});

const stopped = (taken: Extract<Taken, { is: "stopped" }>, body: ImportBody): Refusal => ({
  is: "unprocessable",
  detail: `The import stopped at ${taken.problem.path}. The rows before it were taken. ${taken.problem.message}`,
  errors: [taken.problem],
  also: { import: body },
});

const noFile: Refusal = {
  is: "wrong_type",
  detail: "Send the file itself as the body, with Content-Type: text/csv.",
  errors: [{ path: "", code: "content_type.unsupported", message: "Send the file as text/csv." }],
};

const tooMany: Refusal = {
  is: "unavailable",
  detail: `This process takes in ${importsAtOnce} files at once. Send this one again when one of them is done.`,
  errors: [{ path: "", code: "import.busy", message: "Send it again in a little while." }],
  headers: { "retry-after": "5" },
};
