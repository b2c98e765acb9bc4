/** Takes a file in: 5,000 rows a transaction, and between them everybody else gets their turn. */
import { setImmediate as yieldToOthers } from "node:timers/promises";
import type { Id } from "@chorus/core/id";
import type { Checked, Problem } from "@chorus/core/problem";
import {
  type ImportKind,
  type ImportNote,
  type ImportRecord,
  type OpenImport,
  openImport,
  type RejectedRow,
} from "@chorus/db/imports";
import type { Db, Sql } from "@chorus/db/open";
import type { Cells, Header } from "./csv-header.ts";
import { CsvBroken, type CsvSource } from "./csv-source.ts";

/** What is particular about a kind of import. */
export type Taker<Entry> = {
  readonly kind: ImportKind;
  readonly header: Header;
  /** What is to be said about the columns. */
  readonly notes: readonly ImportNote[];
  read(cells: Cells): Checked<{ entry: Entry; notes?: readonly string[] | undefined }>;
  /** Writes the entries in the transaction of `sql`; names those it could not take by their place. */
  save(sql: Sql, entries: readonly Entry[]): Promise<Saved>;
};
export type Saved = {
  readonly rejects: readonly { index: number; code: string; message: string }[];
  readonly notes: Readonly<Record<string, number>>;
};

export type Taken =
  | { is: "finished"; record: ImportRecord }
  | { is: "stopped"; record: ImportRecord; problem: Problem };

const pageRows = 5_000;
/** Rows that are read before others get their turn: some 3 ms of work, which answers of PostgreSQL wait for too. */
const rowsAtOnce = 50;

type Row = { readonly rowNo: number; readonly cells: readonly string[] };

export async function takeImport<Entry>(
  db: Db,
  of: { workspaceId: Id; source: CsvSource; taker: Taker<Entry> },
): Promise<Taken> {
  const { workspaceId, source, taker } = of;
  const open = await openImport(db, {
    workspaceId,
    kind: taker.kind,
    notes: [...taker.notes, ...encodingNote(source)],
  });
  try {
    const problem = await takeRows(open, source, taker);
    if (problem) return { is: "stopped", record: await open.stop(problem.code), problem };
    return { is: "finished", record: await open.finish(source.contentHash()) };
  } catch (error) {
    await open.stop("import.failed").catch(() => {}); // the database may be what failed; then it shows as abandoned
    throw error;
  } finally {
    await open.close();
  }
}

const encodingNote = ({ encoding }: CsvSource): ImportNote[] =>
  encoding === "utf-8" ? [] : [{ code: "csv.encoding", count: 1, about: [encoding] }];

/**
 * Answers what the file broke on, if it did; what stands before that is taken. While PostgreSQL writes one page the
 * next one is read: each keeps a processor busy.
 */
async function takeRows<Entry>(open: OpenImport, source: CsvSource, taker: Taker<Entry>): Promise<Problem | null> {
  let page: Row[] = [];
  let rowNo = 1; // the header
  let broken: Problem | null = null;
  let saving: Promise<void> = Promise.resolve();
  const flush = async () => {
    const read = await readPage(page, source, taker);
    page = [];
    await saving;
    saving = savePage(open, read, taker);
    saving.catch(() => {}); // is awaited before the next page, or at the end
  };
  const onBroken = (problem: Problem) => {
    broken = { ...problem, path: `row ${rowNo + 1}` };
  };
  try {
    for await (const cells of untilBroken(source.rows, onBroken)) {
      page.push({ rowNo: ++rowNo, cells });
      if (page.length === pageRows) await flush();
    }
    await flush();
  } finally {
    await saving;
  }
  return broken;
}

/** Ends where the file cannot be read on. What the loop's own body throws does not come through here. */
async function* untilBroken(rows: AsyncIterable<string[]>, onBroken: (problem: Problem) => void) {
  try {
    yield* rows;
  } catch (error) {
    if (!(error instanceof CsvBroken)) throw error;
    onBroken(error.problem);
  }
}

type ReadPage<Entry> = {
  readonly rows: number;
  readonly entries: Entry[];
  /** The row of each entry. */
  readonly entryRows: Row[];
  readonly rejects: RejectedRow[];
  readonly notes: Record<string, number>;
  reject(row: Row, why: { code: string; message: string }): void;
};

async function readPage<Entry>(page: readonly Row[], source: CsvSource, taker: Taker<Entry>): Promise<ReadPage<Entry>> {
  const rejects: RejectedRow[] = [];
  const notes: Record<string, number> = {};
  const entries: Entry[] = [];
  const entryRows: Row[] = [];
  const reject = (row: Row, why: { code: string; message: string }) =>
    void rejects.push({ ...row, code: why.code, message: why.message, columns: source.columns });
  for (const [i, row] of page.entries()) {
    if (i % rowsAtOnce === 0) await yieldToOthers();
    const read = readRow(row, taker);
    if (read.is === "bad") {
      reject(row, inOneLine(read.problems));
      continue;
    }
    entries.push(read.value.entry);
    entryRows.push(row);
    count(notes, read.value.notes ?? []);
  }
  return { rows: page.length, entries, entryRows, rejects, notes, reject };
}

async function savePage<Entry>(open: OpenImport, page: ReadPage<Entry>, taker: Taker<Entry>): Promise<void> {
  await open.savePage(async (sql) => {
    const saved = await taker.save(sql, page.entries);
    for (const { index, ...why } of saved.rejects) {
      const row = page.entryRows[index];
      if (row) page.reject(row, why);
    }
    for (const [code, times] of Object.entries(saved.notes)) page.notes[code] = (page.notes[code] ?? 0) + times;
    return { rows: page.rows, rejects: page.rejects, notes: page.notes };
  });
}

function count(notes: Record<string, number>, codes: readonly string[]): void {
  for (const code of codes) notes[code] = (notes[code] ?? 0) + 1;
}

function readRow<Entry>(row: Row, taker: Taker<Entry>): ReturnType<Taker<Entry>["read"]> {
  if (row.cells.some((cell) => cell.includes("\0"))) return { is: "bad", problems: [notText] };
  const cells = taker.header.cellsOf(row.cells);
  return cells ? taker.read(cells) : { is: "bad", problems: [ragged] };
}

const notText: Problem = { path: "", code: "text.encoding", message: "This row holds a NUL, which is no text." };
const ragged: Problem = {
  path: "",
  code: "row.ragged",
  message: "This row has more cells or fewer than the first one. Look for a missing quote or separator.",
};

const inOneLine = (problems: readonly Problem[]): { code: string; message: string } => ({
  code: problems[0]?.code ?? "row.invalid",
  message: problems.map((each) => (each.path ? `${each.path}: ${each.message}` : each.message)).join(" "),
});
