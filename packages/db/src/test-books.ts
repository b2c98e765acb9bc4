/** A run that has met everything a run meets, with books that are in order: for tests that break them. */
import type { Id } from "@chorus/core/id";
import { type Settlement, sendWithinMs } from "@chorus/core/message";
import { answerDoubt, type DoubtAnswer } from "./doubts.ts";
import { recordProviderEvents, unsubscribe } from "./events.ts";
import { expandPage } from "./expand.ts";
import type { Db } from "./open.ts";
import { permit } from "./permit.ts";
import { recordResults } from "./result.ts";
import { moveRunOf } from "./runs.ts";
import { sweep } from "./sweep.ts";
import { leaseTestRun, testContacts, testRules, testRun, testWorkspace } from "./test-run.ts";
import { registerWorker, retireWorker } from "./workers.ts";

const accepted: Settlement = { is: "accepted", providerMessageId: "queue-1" };
const found: DoubtAnswer = { is: "accepted", providerMessageId: "found" };
/** What happens to every eighth message, by turns. */
const fates: readonly Settlement[] = [
  accepted,
  { is: "in_doubt", detail: "no answer after the dot", askAfterMs: null },
  { is: "failed", reason: "no_such_address", detail: "550 5.1.1", suppress: "hard_bounce" },
  { is: "deferred", inMs: 0, detail: "451 4.7.1", scope: "message", about: null },
  { is: "failed", reason: "mailbox_full", detail: "552 5.2.2", suppress: null },
  { is: "in_doubt", detail: "the line broke", askAfterMs: null },
  accepted,
  accepted,
];

export type TestBooks = { readonly runId: Id; readonly workspaceId: Id; readonly workerId: Id };

/** Approved, planned, paused and resumed, with doubts, bounces, opt-outs, reports, a dead worker and one message still open. */
export async function livedTestRun(db: Db, contacts = 40): Promise<TestBooks> {
  const workspace = await testWorkspace(db);
  await testContacts(db, workspace.id, contacts);
  const rules = { email: { ...testRules, holds: "wait", hours: { from: 0, to: 24 } } } as const;
  const { runId, campaignId } = await testRun(db, { workspace, rules });
  await approveTestRun(db, { runId, campaignId, personId: workspace.authorId });
  while ((await expandPage(db, runId)).is === "page");
  const workerId = await registerWorker(db, "lives");
  const of = { runId, workspaceId: workspace.id, workerId };

  const first = await handOver(db, of, (index) => fates[index % fates.length] ?? accepted);
  await pauseAndResume(db, of);
  const doubts = first.filter((each) => each.settlement.is === "in_doubt");
  for (const [index, each] of doubts.entries())
    await answerDoubt(db, { ...each, answer: index % 2 === 0 ? found : { is: "not_accepted" } });
  await report(db, of, first);
  await handOver(db, of, () => accepted);
  await dieAfterPermit(db, of);
  return of;
}

async function approveTestRun(db: Db, of: { runId: Id; campaignId: Id; personId: Id }): Promise<void> {
  await db.sql.query(
    `insert into approval (workspace_id, campaign_id, person_id, content_hash, segment_versions, audience_size)
     select workspace_id, campaign_id, $2, 'approved', '{}', 0 from run where id = $1`,
    [of.runId, of.personId],
  );
  await db.sql.query("update run set content_hash = 'approved' where id = $1", [of.runId]);
}

type HandedOver = { runId: Id; messageId: Id; attempt: number; settlement: Settlement };

async function handOver(db: Db, of: TestBooks, fate: (index: number) => Settlement): Promise<HandedOver[]> {
  const leased = await leaseTestRun(db, of);
  const permits = await permit(db, leased, sendWithinMs);
  const results = leased.flatMap(({ runId, messageId }, index) => {
    const given = permits[index];
    return given?.is === "send" ? [{ runId, messageId, attempt: given.attempt, settlement: fate(index) }] : [];
  });
  await recordResults(db, of.workerId, results);
  return results;
}

async function pauseAndResume(db: Db, { runId, workspaceId }: TestBooks): Promise<void> {
  for (const action of ["pause", "resume"] as const)
    await moveRunOf(db, { workspaceId, runId, action, personId: null });
}

/** Out of order and twice, then a reader who has had enough. */
async function report(db: Db, { runId, workspaceId }: TestBooks, sent: readonly HandedOver[]): Promise<void> {
  const { rows } = await db.sql.query<{ id: Id }>(
    "insert into carrier (workspace_id, channel_no, provider, account) values ($1, $2, 'smtp', 'test') returning id",
    [workspaceId, db.channels.noOf("email")],
  );
  const carrier = { id: rows[0]?.id ?? "", workspaceId, channel: "email" };
  for (const { messageId } of sent.filter((each) => each.settlement === accepted)) {
    const event = {
      is: "delivery",
      message: { runId, messageId },
      key: `d${messageId}`,
      delivery: "delivered",
    } as const;
    await recordProviderEvents(db, carrier, [event, event, { ...event, key: `s${messageId}`, delivery: "sent" }]);
  }
  const reader = sent.find((each) => each.settlement === accepted);
  if (reader) await unsubscribe(db, reader);
}

/** What could not be delivered is made open once more; a worker dies over all of it but one, and the sweep lists that as doubt. */
async function dieAfterPermit(db: Db, of: TestBooks): Promise<void> {
  const { rowCount } = await db.sql.query(
    `with opened as (update message set state = 0, settled_at = null where run_id = $1 and reason = 'mailbox_full' returning *)
     insert into due (message_id, run_id, channel_no, lane, class, not_before, expires_at, attempt)
     select id, run_id, channel_no, 0, class, chorus_now(), chorus_now() + interval '1 day', attempt from opened`,
    [of.runId],
  );
  if (!rowCount || rowCount < 2) throw new Error("The run is too small to leave something open.");
  const dying = await registerWorker(db, "dies");
  const leased = await leaseTestRun(db, { runId: of.runId, workerId: dying });
  await permit(db, leased.slice(1), sendWithinMs);
  await retireWorker(db, dying);
  await sweep(db);
}
