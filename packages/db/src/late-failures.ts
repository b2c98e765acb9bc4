/**
 * What follows when a provider reports that a message it had taken did not arrive. Most of what a text message can meet is
 * only known then, and so is every refusal behind a relay of one's own.
 */
import type { LateOutcome } from "@chorus/core/channel";
import type { Id, MessageRef } from "@chorus/core/id";
import { messageStates, suppressionFor } from "@chorus/core/message";
import { isFilteredOften, strike } from "./brakes.ts";
import { blockCarrier, pauseCarrier } from "./circuit.ts";
import type { Db, Sql } from "./open.ts";
import { reopen } from "./reopen.ts";
import { suppressReader } from "./suppressions.ts";

type At = { readonly id: Id; readonly workspaceId: Id; readonly channel: string };
type Failure<Means = LateOutcome> = {
  readonly message: MessageRef;
  /** The hand-over that is reported on; unknown, the last one. */
  readonly attempt?: number | undefined;
  readonly means: Means;
  readonly detail?: string | undefined;
  readonly delivery: string;
};

/** A provider that took it and could not send it says so within minutes; sooner it would meet the same. */
const againInMs = 60_000;

/** True: the message goes out again, and what was reported is not its end. */
export async function hearFailure(db: Db, sql: Sql, at: At, failure: Failure): Promise<boolean> {
  if (!(await isOurs(db, sql, at, failure.message))) return false;
  const { means } = failure;
  const because = failure.detail ?? "reported after it was taken";
  switch (means.is) {
    case "refused":
      await hearRefusal(db, sql, at, { ...failure, means });
      return false;
    case "distrusted":
      if (means.whom === "sender") await count(sql, failure, "sender");
      else await pauseCarrier(db, sql, { ...at, because });
      return means.whom === "account" && (await goAgain(sql, failure, { inMs: againInMs, isBounded: false }));
    case "deferred": {
      const inMs = means.retryAfterMs ?? againInMs;
      if (means.scope === "carrier") await blockCarrier(db, sql, { ...at, forMs: inMs, because, failures: 1 });
      return await goAgain(sql, failure, { inMs, isBounded: means.scope === "message" });
    }
  }
}

/** Of another workspace, or of a message that never was, nothing follows. */
async function isOurs(db: Db, sql: Sql, at: At, message: MessageRef): Promise<boolean> {
  const { rowCount } = await sql.query(
    "select 1 from message where run_id = $1 and id = $2 and workspace_id = $3 and channel_no = $4 for update",
    [message.runId, message.messageId, at.workspaceId, db.channels.noOf(at.channel)],
  );
  return rowCount === 1;
}

type Refused = Extract<LateOutcome, { is: "refused" }>;

async function hearRefusal(db: Db, sql: Sql, at: At, { message, means, ...failure }: Failure<Refused>): Promise<void> {
  const source = failure.delivery === "bounced" ? "bounce" : "provider";
  const suppress = suppressionFor(means.reason);
  if (suppress) await suppressReader(db, sql, { ...at, message, reason: suppress, source });
  await strike(sql, { messages: [message], reason: means.reason, source });
  if (means.reason === "content") await count(sql, { message, means, ...failure }, "content");
  if (means.reason === "blocked" && (await isFilteredOften(sql, at.id)))
    await pauseCarrier(db, sql, {
      ...at,
      because: `Carriers filter too many of this sender's messages as spam (${failure.detail ?? "as reported"}). Look at what it sends and to whom, then release it.`,
    });
}

/** As a failure of the hand-over that it is about, so that it brakes the run like one that was told at once. */
async function count(sql: Sql, { message, attempt, detail }: Failure, about: "sender" | "content"): Promise<void> {
  await sql.query(
    `insert into attempt (run_id, message_id, attempt, outcome, detail, about)
     select run_id, id, coalesce($3, attempt), 'refused', $4, $5 from message where run_id = $1 and id = $2`,
    [message.runId, message.messageId, attempt ?? null, detail ?? "", about],
  );
}

/** Bounded: once in a message's life. What is ours to put right costs it nothing, and its life alone ends it. */
async function goAgain(sql: Sql, of: Failure, how: { inMs: number; isBounded: boolean }): Promise<boolean> {
  const { message, attempt = null, detail = "" } = of;
  const { rowCount } = await sql.query(
    `select 1 from message m where m.run_id = $1 and m.id = $2 and m.state = ${messageStates.accepted}
        and m.attempt = coalesce($3, m.attempt)
        and not ($4::boolean and exists (select 1 from attempt a where a.run_id = m.run_id and a.message_id = m.id
                                          and a.outcome = 'undelivered'))`,
    [message.runId, message.messageId, attempt, how.isBounded],
  );
  if (rowCount !== 1 || !(await reopen(sql, { ...message, inMs: how.inMs, onlyIfAlive: true }))) return false;
  await sql.query(
    `insert into attempt (run_id, message_id, attempt, outcome, detail)
     select run_id, id, attempt, 'undelivered', $3 from message where run_id = $1 and id = $2`,
    [message.runId, message.messageId, detail],
  );
  return true;
}
