/** Records what shows a claim of a variant's words, with the name of whoever says so. */
import type { Evidence } from "@chorus/core/evidence";
import type { Id } from "@chorus/core/id";
import { asJson, writeAudit } from "./audit.ts";
import type { Db } from "./open.ts";
import { readVariants, type Variant } from "./variants.ts";

export type EvidenceRecorded =
  | { is: "recorded"; variant: Variant }
  | { is: "missing" }
  /** No finding of these words asks for evidence. */
  | { is: "not_asked" };

export async function recordEvidence(
  db: Db,
  of: { workspaceId: Id; id: Id; personId: Id; evidence: Evidence },
): Promise<EvidenceRecorded> {
  return await db.prisma.$transaction(async (tx): Promise<EvidenceRecorded> => {
    const where = { id: BigInt(of.id), workspaceId: BigInt(of.workspaceId) };
    await tx.$executeRaw`select from variant where id = ${where.id} for update`;
    const [variant] = await readVariants(tx, where);
    if (!variant) return { is: "missing" };
    const { code, got } = of.evidence;
    const isAsked = variant.findings.some(
      (finding) => finding.severity === "needs_evidence" && finding.code === code && finding.got === got,
    );
    if (!isAsked) return { is: "not_asked" };
    const others = variant.evidence.filter((each) => each.code !== code || each.got !== got);
    await tx.variant.update({ where: { id: where.id }, data: { evidence: asJson([...others, of.evidence]) } });
    const detail = { ...of.evidence };
    const { workspaceId, personId } = of;
    await writeAudit(tx, { workspaceId, personId, action: "variant.evidence", subject: `variant:${of.id}`, detail });
    const [recorded] = await readVariants(tx, where);
    if (!recorded) throw new Error(`Variant ${of.id} vanished inside its own transaction.`);
    return { is: "recorded", variant: recorded };
  });
}
