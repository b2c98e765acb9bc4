/** What becomes of a copy: written, edited, sent back, approved. Every wording is kept. */
import { type Evidence, withoutShown } from "@chorus/core/evidence";
import type { FactSheet } from "@chorus/core/fact";
import type { Id } from "@chorus/core/id";
import { type Problem, refusalsIn } from "@chorus/core/problem";
import { type Contents, contentHash, type WriterName, type WritingCost } from "@chorus/core/variant";
import { writeAuditSql } from "./audit.ts";
import { type Copy, getCopy, lockCopy } from "./copies.ts";
import { type Db, inTransaction, type Sql } from "./open.ts";

export const copyHash = (of: { contents: Contents; facts: FactSheet }): string =>
  contentHash({ contents: of.contents, facts: of.facts });

type Words = { readonly contents: Contents; readonly findings: readonly Problem[] };
export type CopySaved =
  | { readonly is: "saved"; readonly copy: Copy }
  | { readonly is: "missing" }
  | { readonly is: "being_written" }
  | { readonly is: "other_revision"; readonly revision: number };

/** A person's words, over the revision they read. An approval of the old ones no longer holds. */
export async function saveCopyEdit(
  db: Db,
  of: Words & { workspaceId: Id; id: Id; personId: Id; revision: number },
): Promise<CopySaved> {
  return await inTransaction(db, async (sql): Promise<CopySaved> => {
    const copy = await lockCopy(sql, of);
    if (!copy) return { is: "missing" };
    if (copy.state === "waiting") return { is: "being_written" };
    if (copy.revision !== of.revision) return { is: "other_revision", revision: copy.revision };
    const hash = copyHash({ contents: of.contents, facts: copy.facts });
    await sql.query(
      `update copy set contents = $2, findings = $3, evidence = '[]', hash = $4, writer = 'person', model = null, prompt = null, fallback_reason = null,
              state = 'written', revision = revision + 1, updated_at = chorus_now() where id = $1`,
      [of.id, JSON.stringify(of.contents), JSON.stringify(of.findings), hash],
    );
    await keepRevision(sql, { copy, contents: of.contents, hash, writer: "person", personId: of.personId });
    await writeAuditSql(sql, { ...of, action: "copy.edit", subject: `copy:${of.id}`, detail: { hash } });
    return await saved(sql, of);
  });
}

/** Has it written again, in other words. */
export async function askCopyRewrite(db: Db, of: { workspaceId: Id; id: Id; personId: Id }): Promise<CopySaved> {
  return await inTransaction(db, async (sql): Promise<CopySaved> => {
    const copy = await lockCopy(sql, of);
    if (!copy) return { is: "missing" };
    if (copy.state === "waiting") return { is: "being_written" };
    await sql.query(
      "update copy set state = 'waiting', nonce = nonce + 1, hash = null, updated_at = chorus_now() where id = $1",
      [of.id],
    );
    await writeAuditSql(sql, { ...of, action: "copy.rewrite", subject: `copy:${of.id}` });
    return await saved(sql, of);
  });
}

export type CopyApproved =
  | { readonly is: "approved"; readonly copy: Copy }
  | { readonly is: "missing" }
  /** Not the words that were read. */
  | { readonly is: "other_words" }
  | { readonly is: "held"; readonly because: readonly Problem[] };

/** Bound to the very words; what needs evidence takes it, and nothing that is refused can be approved. */
export async function approveCopy(
  db: Db,
  of: { workspaceId: Id; id: Id; personId: Id; hash: string; evidence: readonly Evidence[] },
): Promise<CopyApproved> {
  return await inTransaction(db, async (sql): Promise<CopyApproved> => {
    const copy = await lockCopy(sql, of);
    if (!copy) return { is: "missing" };
    if (copy.state !== "written" || copy.hash !== of.hash) return { is: "other_words" };
    const held = withoutShown(refusalsIn(copy.findings), of.evidence);
    if (held.length > 0) return { is: "held", because: held };
    await sql.query(
      "update copy set approved_hash = hash, approved_by = $2, approved_at = chorus_now(), evidence = $3, updated_at = chorus_now() where id = $1",
      [of.id, of.personId, JSON.stringify(of.evidence)],
    );
    const detail = { hash: of.hash, evidence: of.evidence };
    await writeAuditSql(sql, { ...of, action: "copy.approve", subject: `copy:${of.id}`, detail });
    const approved = await saved(sql, of);
    return { is: "approved", copy: approved.copy };
  });
}

export type WrittenPiece = Words & {
  readonly writer: WriterName;
  readonly model: string;
  readonly prompt: string;
  readonly cost: WritingCost | null;
  readonly fallbackReason: string | null;
};

/** What a writer made of it. Outdated: somebody else was faster. */
export async function saveCopyWriting(db: Db, copy: Copy, piece: WrittenPiece): Promise<"saved" | "outdated"> {
  const hash = copyHash({ contents: piece.contents, facts: copy.facts });
  return await inTransaction(db, async (sql) => {
    const { rowCount } = await sql.query(
      `update copy set contents = $3, findings = $4, evidence = '[]', writer = $5, model = $6, prompt = $7, cost = $8, fallback_reason = $9, hash = $10,
              state = 'written', revision = revision + 1, updated_at = chorus_now()
        where id = $1 and revision = $2 and state = 'waiting'`,
      [
        ...[copy.id, copy.revision, JSON.stringify(piece.contents), JSON.stringify(piece.findings), piece.writer],
        ...[piece.model, piece.prompt, JSON.stringify(piece.cost), piece.fallbackReason, hash],
      ],
    );
    if (rowCount !== 1) return "outdated";
    await keepRevision(sql, { copy, contents: piece.contents, hash, writer: piece.writer, personId: null });
    return "saved";
  });
}

/** What nobody could write, and why. */
export async function failCopyWriting(
  db: Pick<Db, "sql">,
  copy: Pick<Copy, "id" | "revision">,
  of: { because: string; cost: WritingCost | null },
): Promise<void> {
  await db.sql.query(
    `update copy set state = 'failed', fallback_reason = $3, cost = $4, updated_at = chorus_now()
      where id = $1 and revision = $2 and state = 'waiting'`,
    [copy.id, copy.revision, of.because.slice(0, 500), JSON.stringify(of.cost)],
  );
}

async function saved(sql: Sql, of: { workspaceId: Id; id: Id }): Promise<{ is: "saved"; copy: Copy }> {
  const copy = await getCopy(sql, of);
  if (!copy) throw new Error(`Copy ${of.id} vanished inside its own transaction.`);
  return { is: "saved", copy };
}

type Kept = {
  readonly copy: Pick<Copy, "id" | "revision">;
  readonly contents: Contents;
  readonly hash: string;
  readonly writer: WriterName;
  readonly personId: Id | null;
};

async function keepRevision(sql: Sql, { copy, contents, hash, writer, personId }: Kept): Promise<void> {
  await sql.query(
    "insert into copy_revision (copy_id, revision, contents, hash, writer, person_id) values ($1, $2, $3, $4, $5, $6)",
    [copy.id, copy.revision + 1, JSON.stringify(contents), hash, writer, personId],
  );
}
