import { afterAll, beforeAll, expect, it } from "vitest";
import { recordProviderEvents } from "./events.ts";
import { expandPage } from "./expand.ts";
import { type Leased, lease } from "./lease.ts";
import type { Db } from "./open.ts";
import { permit } from "./permit.ts";
import { recordResults } from "./result.ts";
import { sweep } from "./sweep.ts";
import { openTestLedger, plannedTestRun, testContacts, testRun, testWorkspace } from "./test-run.ts";
import { registerWorker, retireWorker } from "./workers.ts";

let db: Db;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ db, close } = await openTestLedger());
});
afterAll(() => close());

/** One message in a provider's hands. */
async function sending() {
  const workspace = await testWorkspace(db);
  await testContacts(db, workspace.id, 1);
  const { runId } = await testRun(db, { workspace });
  await expandPage(db, runId);
  const workerId = await registerWorker(db, "test");
  for (let lane = 0; lane < 16; lane++) {
    const [leased] = await lease(db, { channel: "email", class: "marketing", lane, workerId, limit: 1 });
    if (!leased) continue;
    await permit(db, [leased], 600_000);
    return { runId, workerId, messageId: leased.messageId };
  }
  throw new Error("nothing was due");
}

/** What happens when a callback's transaction has the message's row locked while `act` wants to settle it. */
async function duringCallback(of: { runId: string; messageId: string }, act: () => Promise<unknown>) {
  const callback = await db.sql.connect();
  await callback.query("begin");
  await callback.query("update message set delivery_rank = 2, delivery = 'sent' where run_id = $1 and id = $2", [
    of.runId,
    of.messageId,
  ]);
  const acting = act();
  await new Promise((resolve) => setTimeout(resolve, 200));
  await callback.query("commit");
  callback.release();
  await acting;
  const { rows } = await db.sql.query(
    "select m.state, m.attempt, m.delivery, d.message_id as due from message m left join due d on d.message_id = m.id where m.run_id = $1 and m.id = $2",
    [of.runId, of.messageId],
  );
  return rows[0];
}

it("a result that meets the callback of its own message settles it all the same", async () => {
  const message = await sending();
  const settle = () =>
    recordResults(db, message.workerId, [
      { ...message, attempt: 1, settlement: { is: "accepted", providerMessageId: "SM1" } },
    ]);
  expect(await duringCallback(message, settle)).toEqual({ state: 3, attempt: 1, delivery: "sent", due: null });
});

it("a dead worker's message whose callback is just coming in counts as accepted", async () => {
  const message = await sending();
  await retireWorker(db, message.workerId);
  expect(await duringCallback(message, () => sweep(db))).toEqual({ state: 3, attempt: 1, delivery: "sent", due: null });
});

it("among four hundred results that meet their callbacks, none is lost", async () => {
  const count = 400;
  const workspace = await testWorkspace(db);
  const runId = await plannedTestRun(db, workspace, count);
  await db.sql.query("analyze"); // the plans of a database that knows its sizes are the ones that lost rows
  const workerId = await registerWorker(db, "test");
  const leased: Leased[] = [];
  for (let lane = 0; lane < 16; lane++)
    leased.push(...(await lease(db, { channel: "email", class: "marketing", lane, workerId, limit: 200 })));
  await permit(db, leased, 600_000);
  const carrier = await testCarrier(workspace.id);
  const settlement = { is: "accepted", providerMessageId: "SM1" } as const;
  const sent = { is: "delivery", delivery: "sent" } as const;
  for (let from = 0; from < leased.length; from += 5) {
    const messages = leased.slice(from, from + 5).map(({ messageId }) => ({ runId, messageId }));
    await Promise.all([
      recordResults(
        db,
        workerId,
        messages.map((message) => ({ ...message, attempt: 1, settlement })),
      ),
      ...messages.map((message) =>
        recordProviderEvents(db, carrier, [{ ...sent, key: `${message.messageId}:sent`, message }]),
      ),
    ]);
  }
  const { rows } = await db.sql.query(
    "select state, delivery, count(*)::int from message where run_id = $1 group by 1, 2",
    [runId],
  );
  expect(rows).toEqual([{ state: 3, delivery: "sent", count }]);
});

async function testCarrier(workspaceId: string) {
  const { rows } = await db.sql.query<{ id: string }>(
    "insert into carrier (workspace_id, channel_no, provider, account) values ($1, $2, 'twilio', 'test') returning id",
    [workspaceId, db.channels.noOf("sms")],
  );
  return { id: rows[0]?.id ?? "", workspaceId, channel: "sms" };
}
