/** What must be true of the ledger at every instant, asked of one instant: invariants.sql says what, this asks. */
import { readFileSync } from "node:fs";
import type { Id } from "@chorus/core/id";
import { answeredWithin, type Db, inTransaction, type Sql } from "./open.ts";

export type Offence = { readonly runId: Id; readonly messageId: Id | null; readonly why: string };

export type Invariant = {
  /** I1, I2, … */
  readonly name: string;
  readonly promise: string;
  /** Why there is nothing to ask; null: it was asked. */
  readonly unchecked: string | null;
  /** How many break it. */
  readonly broken: number;
  /** The first of them. */
  readonly examples: readonly Offence[];
};

type Question = Pick<Invariant, "name" | "promise" | "unchecked"> & { readonly sql: string };

const examplesShown = 10;
/** For one of them. A million messages take a second. */
const usualAnswerWithinMs = 120_000;

/** One read-only snapshot for all of them: whatever is written meanwhile belongs to a later instant. */
export async function checkInvariants(
  db: Pick<Db, "sql">,
  { answerWithinMs = usualAnswerWithinMs, signal }: { answerWithinMs?: number; signal?: AbortSignal } = {},
): Promise<Invariant[]> {
  return await inTransaction(db, async (sql) => {
    await sql.query("set transaction isolation level repeatable read, read only");
    await sql.query("set local work_mem = '64MB'"); // a million rows are joined in memory
    await sql.query("set local jit = off");
    const found: Invariant[] = [];
    for (const { sql: query, ...of } of questions) {
      signal?.throwIfAborted();
      const offences = of.unchecked === null ? await ask(sql, query, answerWithinMs) : { broken: 0, examples: [] };
      found.push({ ...of, ...offences });
    }
    return found;
  });
}

type Asked = Pick<Invariant, "broken" | "examples">;

async function ask(sql: Sql, query: string, answerWithinMs: number): Promise<Asked> {
  const { rows } = await sql.query<Offence & { broken: number }>(
    answeredWithin(
      answerWithinMs,
      `select run_id as "runId", message_id as "messageId", why, (count(*) over ())::int as broken
         from (${query}) offences order by run_id, message_id limit ${examplesShown}`,
    ),
  );
  return { broken: rows[0]?.broken ?? 0, examples: rows.map(({ broken: _, ...offence }) => offence) };
}

const questions: readonly Question[] = readFileSync(new URL("invariants.sql", import.meta.url), "utf8")
  .split(/^-- (?=I\d+ )/m)
  .slice(1)
  .map(readQuestion);

/** A part begins with its name and promise; what follows up to the query says more about it. */
function readQuestion(part: string): Question {
  const [heading = "", ...rest] = part.trim().split("\n");
  const [, name = "", promise = ""] = /^(I\d+) (.+)$/.exec(heading) ?? [];
  const unchecked = /^-- (Nothing to check: .+)$/m.exec(part)?.[1] ?? null;
  return { name, promise, unchecked, sql: rest.join("\n") };
}
