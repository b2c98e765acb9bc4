/** Who did what: a line for every act that a person may later be asked about. Append-only, written with the act itself. */
import type { Id } from "@chorus/core/id";
import type { Prisma } from "./generated/client.ts";
import type { Db, Sql } from "./open.ts";

export type AuditLine = {
  readonly workspaceId: Id;
  /** Null when the installation itself acted. */
  readonly personId: Id | null;
  /** Noun and verb: `campaign.approve`. */
  readonly action: string;
  /** Kind and internal id of what was acted on: `campaign:17`. */
  readonly subject: string;
  readonly detail?: Readonly<Record<string, unknown>>;
};

/** Takes the transaction of the act, so that there is never the one without the other. */
export async function writeAudit(tx: Prisma.TransactionClient, line: AuditLine): Promise<void> {
  await tx.audit.create({
    data: {
      workspaceId: BigInt(line.workspaceId),
      personId: line.personId === null ? null : BigInt(line.personId),
      action: line.action,
      subject: line.subject,
      detail: asJson(line.detail ?? {}),
    },
  });
}

/** The same in a transaction of plain SQL. */
export async function writeAuditSql(sql: Sql, line: AuditLine): Promise<void> {
  await sql.query("insert into audit (workspace_id, person_id, action, subject, detail) values ($1, $2, $3, $4, $5)", [
    ...[line.workspaceId, line.personId, line.action, line.subject, JSON.stringify(line.detail ?? {})],
  ]);
}

/** For an act that is done already. */
export const recordAudit = (db: Pick<Db, "prisma">, line: AuditLine): Promise<void> => writeAudit(db.prisma, line);

/** Plain data on its way into a JSON column; the client's own type cannot say "whatever a schema has checked". */
export const asJson = (value: unknown): Prisma.InputJsonValue => value as Prisma.InputJsonValue;
