/**
 * A person's hand on the words: an edit leaves a revision behind, a rewrite asks the writer for another, a no keeps these
 * from being approved. All take the campaign's lock, so that words cannot change under an approval.
 */
import type { Id } from "@chorus/core/id";
import type { Problem } from "@chorus/core/problem";
import type { Contents } from "@chorus/core/variant";
import { asJson } from "./audit.ts";
import { type LockedCampaign, lockCampaign, type NotTaken, refuseStep, takeStep } from "./campaign-step.ts";
import type { Prisma } from "./generated/client.ts";
import type { Db } from "./open.ts";
import { readVariants, type Variant, variantHash } from "./variants.ts";

export type EditSaved =
  | { is: "saved"; variant: Variant }
  /** Somebody saved another revision since. */
  | { is: "other_revision"; revision: number }
  /** Its campaign is being written; only what the writer could not do is open to a person then. */
  | { is: "being_written" }
  | NotTaken;

/** Saves a person's words. An approval of the old ones is voided and the campaign is in review again. */
export async function saveEdit(
  db: Db,
  of: {
    workspaceId: Id;
    id: Id;
    revision: number;
    personId: Id;
    contents: Contents;
    findings: readonly Problem[];
    voiceVersion: number;
  },
): Promise<EditSaved> {
  return await db.prisma.$transaction(async (tx): Promise<EditSaved> => {
    const held = await holdVariant(tx, of);
    if (held.is !== "held") return held;
    const { locked, variant } = held;
    const refusal = refuseStep(locked, { action: "edit_copy" });
    if (refusal) return refusal;
    const isBeingWritten = variant.state === "waiting" || (locked.state === "writing" && variant.state !== "failed");
    if (isBeingWritten) return { is: "being_written" }; // a new plan may be about to replace these words
    if (variant.revision !== of.revision) return { is: "other_revision", revision: variant.revision };
    await writeRow(tx, { variant, now: locked.now, ...of });
    const detail = { variant: variant.id, revision: variant.revision + 1 };
    const state = await takeStep(tx, locked, { action: "edit_copy", personId: of.personId, detail });
    await endWriting(tx, { ...locked, state });
    return { is: "saved", variant: await readOne(tx, of.id) };
  });
}

export type RewriteAsked = { is: "asked"; variant: Variant } | NotTaken;

/** Puts a variant back in the writer's queue; the campaign is being written until it has new words. `note`: what they should be like. */
export async function askRewrite(
  db: Db,
  of: { workspaceId: Id; id: Id; personId: Id; note?: string | undefined },
): Promise<RewriteAsked> {
  return await db.prisma.$transaction(async (tx): Promise<RewriteAsked> => {
    const held = await holdVariant(tx, of);
    if (held.is !== "held") return held;
    const { locked, variant } = held;
    const refusal = refuseStep(locked, { action: "rewrite" });
    if (refusal) return refusal;
    await takeStep(tx, locked, {
      action: "rewrite",
      personId: of.personId,
      detail: { variant: variant.id, note: of.note },
    });
    await noteRejection(tx, { ...locked, variant, ...of, because: of.note ?? "Another wording was asked for." });
    await tx.variant.update({
      where: { id: BigInt(variant.id) },
      data: { state: "waiting", nonce: { increment: 1 }, note: of.note ?? null, updatedAt: locked.now },
    });
    return { is: "asked", variant: await readOne(tx, of.id) };
  });
}

export type Rejected = { is: "rejected"; variant: Variant } | { is: "other_revision"; revision: number } | NotTaken;

/** A person's no: these words cannot be approved any more, only others. */
export async function rejectCopy(
  db: Db,
  of: { workspaceId: Id; id: Id; personId: Id; revision: number; because: string },
): Promise<Rejected> {
  return await db.prisma.$transaction(async (tx): Promise<Rejected> => {
    const held = await holdVariant(tx, of);
    if (held.is !== "held") return held;
    const { locked, variant } = held;
    const refusal = refuseStep(locked, { action: "edit_copy" });
    if (refusal) return refusal;
    if (variant.revision !== of.revision || variant.state !== "written")
      return { is: "other_revision", revision: variant.revision };
    const finding: Problem = { path: "contents", code: "review.rejected", message: of.because };
    const findings = [...variant.findings.filter(({ code }) => code !== finding.code), finding];
    await tx.variant.update({ where: { id: BigInt(variant.id) }, data: { findings: asJson(findings) } });
    await noteRejection(tx, { ...locked, variant, ...of });
    const detail = { variant: variant.id, revision: variant.revision, rejected: of.because };
    await takeStep(tx, locked, { action: "edit_copy", personId: of.personId, detail });
    return { is: "rejected", variant: await readOne(tx, of.id) };
  });
}

/** Words that were never there cannot be rejected. */
const noteRejection = (
  tx: Prisma.TransactionClient,
  of: { variant: Variant; now: Date; personId: Id; because: string },
) =>
  tx.variantRevision.updateMany({
    where: { variantId: BigInt(of.variant.id), revision: of.variant.revision },
    data: { rejectedAt: of.now, rejectedBy: BigInt(of.personId), rejectedBecause: of.because },
  });

type Held = { is: "held"; locked: LockedCampaign; variant: Variant } | { is: "missing" };

/** Always the campaign first and the variant after it, so that two savers cannot wait for each other. */
async function holdVariant(tx: Prisma.TransactionClient, of: { workspaceId: Id; id: Id }): Promise<Held> {
  const where = { id: BigInt(of.id), workspaceId: BigInt(of.workspaceId) };
  const found = await tx.variant.findFirst({ where, select: { campaignId: true } });
  if (!found) return { is: "missing" };
  const locked = await lockCampaign(tx, { workspaceId: of.workspaceId, id: String(found.campaignId) });
  const [variant] = await readVariants(tx, where); // again, now that nobody else can change it
  return locked && variant ? { is: "held", locked, variant } : { is: "missing" };
}

async function readOne(tx: Prisma.TransactionClient, id: Id): Promise<Variant> {
  const [variant] = await readVariants(tx, { id: BigInt(id) });
  if (!variant) throw new Error(`Variant ${id} vanished inside its own transaction.`);
  return variant;
}

async function writeRow(
  tx: Prisma.TransactionClient,
  of: {
    variant: Variant;
    now: Date;
    contents: Contents;
    findings: readonly Problem[];
    voiceVersion: number;
    personId: Id;
  },
): Promise<void> {
  const { variant, contents } = of;
  const revision = variant.revision + 1;
  const hash = variantHash({ contents, facts: variant.facts });
  const words = { contents: asJson(contents), facts: asJson(variant.facts) };
  const edited = await tx.variantRevision.findUnique({
    where: { variantId_revision: { variantId: BigInt(variant.id), revision: variant.revision } },
    select: { messages: true },
  });
  await tx.variant.update({
    where: { id: BigInt(variant.id) },
    data: {
      ...words,
      note: null,
      ...{ state: "written", revision, hash, writer: "person", model: null, prompt: null, fallbackReason: null },
      ...{ findings: asJson(of.findings), voiceVersion: of.voiceVersion },
      updatedAt: of.now,
    },
  });
  await tx.variantRevision.create({
    data: {
      ...words,
      ...{ variantId: BigInt(variant.id), revision, hash, writer: "person", personId: BigInt(of.personId) },
      findings: asJson(of.findings),
      ...(edited?.messages && { messages: edited.messages }),
    },
  });
}

/** A person may write what the writer could not; with the last missing words the campaign is ready for review. */
async function endWriting(tx: Prisma.TransactionClient, locked: LockedCampaign): Promise<void> {
  if (locked.state !== "writing") return;
  const missing = await tx.variant.count({ where: { campaignId: BigInt(locked.id), state: { not: "written" } } });
  if (missing === 0) await takeStep(tx, locked, { action: "written", personId: null });
}
