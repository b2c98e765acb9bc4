/**
 * Imports: files taken in page by page, one transaction a page, so that whatever was taken stays taken. Taking the same
 * rows again changes nothing, which is how an import that stopped is resumed: send the file again.
 */
import type { Id } from "@chorus/core/id";
import type { PoolClient } from "pg";
import type { Import as ImportRow } from "./generated/client.ts";
import type { Db, Sql } from "./open.ts";

export const importKinds = ["contacts", "products", "activity"] as const;
export type ImportKind = (typeof importKinds)[number];

/** Something worth knowing about the import as a whole: how many rows it concerns, and which columns it is about. */
export type ImportNote = { readonly code: string; readonly count: number; readonly about?: readonly string[] };

export type ImportRecord = {
  readonly id: Id;
  readonly kind: ImportKind;
  readonly state: "running" | "finished" | "stopped";
  readonly rowCount: number;
  readonly acceptedCount: number;
  readonly rejectedCount: number;
  readonly notes: readonly ImportNote[];
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
};

export type RejectedRow = {
  /** As a spreadsheet counts: the header is row 1. */
  readonly rowNo: number;
  readonly code: string;
  readonly message: string;
  readonly columns: readonly string[];
  readonly cells: readonly string[];
};

export type SavedPage = {
  readonly rows: number;
  readonly rejects: readonly RejectedRow[];
  readonly notes: Readonly<Record<string, number>>;
};

/** An import under way. It holds one connection, whose lock tells everybody that somebody is still at it. */
export type OpenImport = {
  readonly id: Id;
  /** Everything `save` does on its connection, the counts and the rejects are committed together. */
  savePage(save: (sql: Sql) => Promise<SavedPage>): Promise<void>;
  /** `contentHash` is the SHA-256 of the whole file, in hex. */
  finish(contentHash: string): Promise<ImportRecord>;
  /** Keeps what was taken so far and says in a note why no more came. */
  stop(code: string): Promise<ImportRecord>;
  /** Gives the connection back; an import neither finished nor stopped shows as stopped from then on. */
  close(): Promise<void>;
};

/** Any number that no other use of two-key advisory locks here takes. */
const lockClass = 0x1390;
/** After this many rows the planner's knowledge is out of date, and the first preflight would be many times slower. */
const worthAnalyzing = 1_000;
/** And once more whenever there are so many times as many: what it believes to be small it walks by any index. */
const analyzedAgainAfter = 4;
const tablesOf: Record<ImportKind, readonly string[]> = {
  contacts: ["contact", "address", "consent"],
  products: ["product"],
  activity: ["activity"],
};
/** Rejected rows beyond this are counted and not kept: such a file needs another look, not a longer list. */
const mostRejectsKept = 100_000;

export async function openImport(
  db: Db,
  of: { workspaceId: Id; kind: ImportKind; notes: readonly ImportNote[] },
): Promise<OpenImport> {
  const client = await db.sql.connect();
  const id = await begin(client, of).catch((error) => {
    client.release(true);
    throw error;
  });
  const progress: Progress = { rows: 0, rejected: 0, notes: new Map(of.notes.map((note) => [note.code, note])) };
  const tables = tablesOf[of.kind].join(", ");
  let analyzeAt = worthAnalyzing;
  let isBroken = false;
  return {
    id,
    savePage: async (save) => {
      if (progress.rows >= analyzeAt) {
        await client.query(`analyze ${tables}`);
        analyzeAt = progress.rows * analyzedAgainAfter;
      }
      await client.query("begin");
      try {
        const page = await save(client);
        const next = await savePage(client, { id, progress, page });
        await client.query("commit");
        Object.assign(progress, next);
      } catch (error) {
        await client.query("rollback").catch(() => {
          isBroken = true;
        });
        throw error;
      }
    },
    finish: async (contentHash) => {
      const { rows } = await client.query(
        "select 1 from import where workspace_id = $1 and kind = $2 and content_hash = $3 and state = 'finished' limit 1",
        [of.workspaceId, of.kind, contentHash],
      );
      if (rows.length > 0) addNote(progress.notes, "import.same_file", 1);
      if (progress.rows >= worthAnalyzing) await client.query(`vacuum (analyze) ${tables}`);
      return await end(client, { id, state: "finished", notes: progress.notes, contentHash });
    },
    stop: async (code) => {
      addNote(progress.notes, code, 1);
      return await end(client, { id, state: "stopped", notes: progress.notes, contentHash: null });
    },
    close: async () => {
      await client.query("select pg_advisory_unlock_all()").catch(() => {
        isBroken = true;
      });
      client.release(isBroken);
    },
  };
}

/** One transaction, so that nobody ever sees the row without its lock. */
async function begin(client: PoolClient, of: { workspaceId: Id; kind: ImportKind }): Promise<Id> {
  await client.query("begin");
  const { rows } = await client.query<{ id: Id }>(
    "insert into import (workspace_id, kind) values ($1, $2) returning id",
    [of.workspaceId, of.kind],
  );
  const id = rows[0]?.id;
  if (!id) throw new Error("The import could not be begun.");
  await client.query("select pg_advisory_lock($1, ($2::bigint & 2147483647)::int)", [lockClass, id]);
  await client.query("commit");
  return id;
}

type Progress = { rows: number; rejected: number; notes: Map<string, ImportNote> };

function addNote(notes: Map<string, ImportNote>, code: string, count: number): void {
  notes.set(code, { code, count: (notes.get(code)?.count ?? 0) + count });
}

async function savePage(client: Sql, of: { id: Id; progress: Progress; page: SavedPage }): Promise<Progress> {
  const { id, progress, page } = of;
  const notes = new Map(progress.notes);
  for (const [code, count] of Object.entries(page.notes)) if (count > 0) addNote(notes, code, count);
  const next = { rows: progress.rows + page.rows, rejected: progress.rejected + page.rejects.length, notes };
  const kept = page.rejects.slice(0, Math.max(0, mostRejectsKept - progress.rejected));
  if (kept.length > 0) await keepRejects(client, id, kept);
  await client.query(
    "update import set row_count = $2, accepted_count = $2 - $3::bigint, rejected_count = $3, notes = $4 where id = $1",
    [id, next.rows, next.rejected, noteJson(notes)],
  );
  return next;
}

async function keepRejects(client: Sql, id: Id, rejects: readonly RejectedRow[]): Promise<void> {
  await client.query(
    `insert into import_reject (import_id, row_no, code, message, raw)
     select $1, * from unnest($2::bigint[], $3::text[], $4::text[], $5::jsonb[])`,
    [
      id,
      rejects.map((each) => each.rowNo),
      rejects.map((each) => each.code),
      rejects.map((each) => each.message),
      rejects.map(({ columns, cells }) => JSON.stringify({ columns, cells: cells.map(withoutNul) })),
    ],
  );
}

/** PostgreSQL holds no NUL; the row was rejected for it or for something else. */
const withoutNul = (cell: string): string => cell.replaceAll("\0", "");

async function end(
  client: Sql,
  of: { id: Id; state: "finished" | "stopped"; notes: Map<string, ImportNote>; contentHash: string | null },
): Promise<ImportRecord> {
  const { rows } = await client.query<StoredImport>(
    `update import set state = $2, content_hash = $3, notes = $4, finished_at = chorus_now() where id = $1
     returning ${columns}, false as abandoned`,
    [of.id, of.state, of.contentHash, noteJson(of.notes)],
  );
  const row = rows[0];
  if (!row) throw new Error("The import is gone.");
  return fromRow(row);
}

const noteJson = (notes: Map<string, ImportNote>): string => JSON.stringify([...notes.values()]);

type StoredImport = Pick<ImportRow, "kind" | "state" | "startedAt" | "finishedAt"> & {
  id: Id;
  rowCount: string;
  acceptedCount: string;
  rejectedCount: string;
  notes: ImportNote[];
  abandoned: boolean;
};

const columns = `id, kind, state, row_count as "rowCount", accepted_count as "acceptedCount", rejected_count as "rejectedCount",
  notes, started_at as "startedAt", finished_at as "finishedAt"`;

/** Of a row of `import`: somebody holds its lock. SQL. */
export const isHeld = `exists (
  select 1 from pg_locks l join pg_database d on d.oid = l.database and d.datname = current_database()
   where l.locktype = 'advisory' and l.classid = ${lockClass} and l.objid = (import.id & 2147483647) and l.objsubid = 2)`;

/** The process that took it in has died. */
const isAbandoned = `state = 'running' and not ${isHeld}`;

export async function getImport(db: Db, of: { workspaceId: Id; id: Id }): Promise<ImportRecord | null> {
  const { rows } = await db.sql.query<StoredImport>(
    `select ${columns}, ${isAbandoned} as abandoned from import where id = $1 and workspace_id = $2`,
    [of.id, of.workspaceId],
  );
  return rows[0] ? fromRow(rows[0]) : null;
}

/** Newest first, those with an id below `before`. */
export async function listImports(
  db: Db,
  of: { workspaceId: Id; limit: number; before?: Id | null | undefined },
): Promise<ImportRecord[]> {
  const { rows } = await db.sql.query<StoredImport>(
    `select ${columns}, ${isAbandoned} as abandoned from import
      where workspace_id = $1 and ($2::bigint is null or id < $2) order by id desc limit $3`,
    [of.workspaceId, of.before ?? null, of.limit],
  );
  return rows.map(fromRow);
}

const fromRow = (row: StoredImport): ImportRecord => ({
  id: row.id,
  kind: row.kind as ImportKind,
  state: row.abandoned ? "stopped" : (row.state as ImportRecord["state"]),
  rowCount: Number(row.rowCount),
  acceptedCount: Number(row.acceptedCount),
  rejectedCount: Number(row.rejectedCount),
  notes: row.abandoned ? [...row.notes, { code: "import.abandoned", count: 1 }] : row.notes,
  startedAt: row.startedAt,
  finishedAt: row.finishedAt,
});

/** In the order of the file, those with a row number above `after`. */
export async function listRejects(db: Db, of: { id: Id; limit: number; after: number }): Promise<RejectedRow[]> {
  const { rows } = await db.sql.query<
    Omit<RejectedRow, "rowNo" | "columns" | "cells"> & { rowNo: string; raw: RawRow }
  >(
    `select row_no as "rowNo", code, message, raw from import_reject
      where import_id = $1 and row_no > $2 order by row_no limit $3`,
    [of.id, of.after, of.limit],
  );
  return rows.map(({ rowNo, code, message, raw }) => ({ rowNo: Number(rowNo), code, message, ...raw }));
}

type RawRow = { columns: string[]; cells: string[] };
