/** The runs of a campaign, as a list to look at. What moves them is in runs.ts. */
import type { Id } from "@chorus/core/id";
import type { RunState } from "@chorus/core/run";
import { accountsOfRuns, type RunAccount } from "./accounts.ts";
import type { Run as RunRow } from "./generated/client.ts";
import type { Db } from "./open.ts";

export type Run = {
  readonly id: Id;
  readonly campaignId: Id | null;
  readonly state: RunState;
  /** Why it is held, missed or stopped. */
  readonly stateBecause: string | null;
  /** The scheduled moment that it is for; null for a day of single messages. */
  readonly firedFor: Date | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** When it was last sent on to the unsent. */
  readonly reopenedAt: Date | null;
  /** The provider accounts that carried it so far. */
  readonly accounts: readonly RunAccount[];
};

/** Newest first. `before` is the last run of the page before. */
export async function listRuns(
  db: Db,
  of: { workspaceId: Id; campaignId: Id; limit: number; before: Id | null },
): Promise<Run[]> {
  const older = of.before === null ? {} : { id: { lt: BigInt(of.before) } };
  const rows = await db.prisma.run.findMany({
    where: { workspaceId: BigInt(of.workspaceId), campaignId: BigInt(of.campaignId), ...older },
    orderBy: { id: "desc" },
    take: of.limit,
  });
  const ids = rows.map((row) => row.id.toString());
  const accounts = await accountsOfRuns(db, ids);
  return rows.map((row) => fromRow(row, accounts));
}

export async function getRun(db: Db, of: { workspaceId: Id; id: Id }): Promise<Run | null> {
  const row = await db.prisma.run.findFirst({ where: { id: BigInt(of.id), workspaceId: BigInt(of.workspaceId) } });
  return row && fromRow(row, await accountsOfRuns(db, [of.id]));
}

const fromRow = (row: RunRow, accounts: ReadonlyMap<Id, readonly RunAccount[]>): Run => ({
  id: row.id.toString(),
  campaignId: row.campaignId?.toString() ?? null,
  state: row.state as RunState,
  stateBecause: row.stateBecause,
  firedFor: row.firedFor,
  startedAt: row.startedAt,
  finishedAt: row.finishedAt,
  reopenedAt: row.reopenedAt,
  accounts: accounts.get(row.id.toString()) ?? [],
});
