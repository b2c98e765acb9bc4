/** Everything that ever happened to one message. */
import type { Id, MessageRef } from "@chorus/core/id";
import type { Picked } from "@chorus/core/picks";
import { picksOf } from "./message-picks.ts";
import { getMessage, type Message } from "./messages.ts";
import type { Db } from "./open.ts";

export type MessageHistory = {
  readonly message: Message;
  /** While it is open: from when it may go, and when it is no longer worth sending. */
  readonly due: { readonly notBefore: Date; readonly expiresAt: Date } | null;
  /** Hand-overs that were not a clean first success. */
  readonly attempts: readonly { attempt: number; at: Date; outcome: string; detail: string; worker: string | null }[];
  readonly events: readonly { receivedAt: Date; kind: string; detail: unknown }[];
  readonly doubts: readonly Doubt[];
  readonly clicks: readonly { link: number; at: Date }[];
  /** What its last hand-over showed of what was picked for it, and why. */
  readonly picks: readonly Picked[];
};
type Doubt = {
  readonly attempt: number;
  readonly since: Date;
  readonly worker: string | null;
  readonly detail: string;
  readonly resolvedAt: Date | null;
  readonly resolution: string | null;
};

/** Null when the workspace has no such message. Each list is in the order of time. */
export async function messageHistory(db: Db, of: { workspaceId: Id; ref: MessageRef }): Promise<MessageHistory | null> {
  const message = await getMessage(db, of);
  if (!message) return null;
  const which = { runId: BigInt(of.ref.runId), messageId: BigInt(of.ref.messageId) };
  const [due, attempts, doubts, events, clicks, picks] = await Promise.all([
    db.prisma.due.findUnique({ where: { messageId: which.messageId } }),
    db.prisma.attempt.findMany({ where: which, orderBy: { at: "asc" } }),
    db.prisma.doubt.findMany({ where: which, orderBy: { since: "asc" } }),
    db.prisma.providerEvent.findMany({ where: which, orderBy: { receivedAt: "asc" } }),
    db.prisma.click.findMany({ where: which, orderBy: { at: "asc" } }),
    picksOf(db, of.ref),
  ]);
  const workers = await workerNames(db, [...attempts, ...doubts]);
  const nameOf = (id: bigint | null) => (id === null ? null : (workers.get(id) ?? null));
  return {
    message,
    due: due && { notBefore: due.notBefore, expiresAt: due.expiresAt },
    attempts: attempts.map(({ attempt, at, outcome, detail, workerId }) => ({
      ...{ attempt, at, outcome, detail },
      worker: nameOf(workerId),
    })),
    doubts: doubts.map(({ attempt, since, detail, resolvedAt, resolution, workerId }) => ({
      ...{ attempt, since, detail, resolvedAt, resolution },
      worker: nameOf(workerId),
    })),
    events: events.map(({ receivedAt, kind, detail }) => ({ receivedAt, kind, detail })),
    clicks: clicks.map(({ link, at }) => ({ link, at })),
    picks,
  };
}

async function workerNames(db: Db, of: readonly { workerId: bigint | null }[]): Promise<Map<bigint, string>> {
  const ids = of.flatMap((each) => (each.workerId === null ? [] : [each.workerId]));
  if (ids.length === 0) return new Map();
  const rows = await db.prisma.worker.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });
  return new Map(rows.map((row) => [row.id, row.name]));
}
