/** A contact gets no more of a class on a channel than its cap allows, whoever else is sending to it at the same moment. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Id } from "@chorus/core/id";
import type { Settlement } from "@chorus/core/message";
import type { PermissionRules } from "@chorus/core/permission";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { proveUnsent } from "./doubts.ts";
import { expandPage } from "./expand.ts";
import type { Leased } from "./lease.ts";
import type { Db } from "./open.ts";
import { permit } from "./permit.ts";
import { recordResults } from "./result.ts";
import {
  leaseTestRun,
  openTestLedger,
  type TestWorkspace,
  testContacts,
  testRules,
  testRun,
  testWorkspace,
} from "./test-run.ts";
import { registerWorker } from "./workers.ts";

let db: Db;
let close: () => Promise<void>;
let workerId: Id;
beforeAll(async () => {
  ({ db, close } = await openTestLedger());
  workerId = await registerWorker(db, "test");
});
afterAll(() => close());

const capped = (count: number, holds: PermissionRules["holds"] = "wait"): PermissionRules => ({
  ...testRules,
  ...{ holds, cap: { count, days: 30 } },
});
const longMs = 600_000;

/** A run that is planned, and all of it in a worker's hands. */
async function leasedRun(workspace: TestWorkspace, rules: PermissionRules): Promise<Leased[]> {
  const { runId } = await testRun(db, { workspace, rules: { email: rules } });
  while ((await expandPage(db, runId)).is === "page");
  return await leaseTestRun(db, { runId, workerId });
}

async function workspaceOf(contacts: number): Promise<TestWorkspace> {
  const workspace = await testWorkspace(db, "live");
  await testContacts(db, workspace.id, contacts);
  return workspace;
}

const permitOf = async (leased: readonly Leased[]) =>
  (await permit(db, leased, longMs)).map((each) => (each.is === "skipped" ? each.reason : each.is));
const countOf = (answers: readonly string[], answer: string) => answers.filter((each) => each === answer).length;
const record = (leased: Leased, settlement: Settlement) =>
  recordResults(db, workerId, [{ ...leased, attempt: 1, settlement }]);

async function mostOfOneContact(workspace: TestWorkspace): Promise<number> {
  const { rows } = await db.sql.query<{ most: number }>(
    `select max(sent)::int as most from (
       select count(*) as sent from due d join message m on m.run_id = d.run_id and m.id = d.message_id
        where m.workspace_id = $1 and d.state = 2 group by m.contact_id) of_one`,
    [workspace.id],
  );
  return rows[0]?.most ?? 0;
}

describe("a frequency cap at the permit", () => {
  it("lets one of two runs through that were launched together, however many permits are asked at once", async () => {
    const workspace = await workspaceOf(400);
    const runs = [await leasedRun(workspace, capped(1)), await leasedRun(workspace, capped(1))];
    expect(runs.map((run) => run.length)).toEqual([400, 400]);
    const answers: string[] = [];
    // Each batch of one run meets the batch with the same contacts of the other, as with two workers in one lane.
    for (let from = 0; from < 400; from += 40)
      answers.push(...(await Promise.all(runs.map((run) => permitOf(run.slice(from, from + 40))))).flat());
    expect([countOf(answers, "send"), countOf(answers, "frequency_cap")]).toEqual([400, 400]);
    expect(await mostOfOneContact(workspace)).toBe(1);
  });

  it("waits for a permit of the same contact that is not yet committed, and counts it", async () => {
    const workspace = await workspaceOf(1);
    const [first, second] = [await leasedRun(workspace, capped(1)), await leasedRun(workspace, capped(1))];
    const ledger = await db.ledger.connect();
    await ledger.query("begin");
    expect(await permit({ sql: db.sql, ledger }, first, longMs)).toEqual([{ is: "send", attempt: 1 }]);
    const asked = permitOf(second);
    expect(await Promise.race([asked, sleep(200, "waiting")])).toBe("waiting");
    await ledger.query("commit");
    ledger.release();
    expect(await asked).toEqual(["frequency_cap"]);
  });

  it("counts what the same batch lets go before it", async () => {
    const workspace = await workspaceOf(1);
    const runs = [];
    for (let n = 0; n < 3; n++) runs.push(...(await leasedRun(workspace, capped(2))));
    expect(await permitOf(runs)).toEqual(["send", "send", "frequency_cap"]);
  });

  it("counts what is in doubt as sent, until it is proven that it was not", async () => {
    const workspace = await workspaceOf(1);
    const [doubtful, second] = [...(await leasedRun(workspace, capped(1))), ...(await leasedRun(workspace, capped(1)))];
    if (!doubtful || !second) throw new Error("two messages were leased");
    expect(await permitOf([doubtful])).toEqual(["send"]);
    await record(doubtful, { is: "in_doubt", detail: "silence", askAfterMs: null });
    expect(await permitOf([second])).toEqual(["frequency_cap"]);
    await db.sql.query("update run set state = 'cancelled' where id = $1", [doubtful.runId]);
    await proveUnsent(db, [{ ...doubtful, attempt: 1 }]);
    expect(await permitOf(await leasedRun(workspace, capped(1)))).toEqual(["send"]);
  });

  it("counts neither what failed nor what was sent before its days began", async () => {
    const workspace = await workspaceOf(1);
    const send = async (settlement: Settlement) => {
      const [leased] = await leasedRun(workspace, capped(1));
      expect(await permitOf(leased ? [leased] : [])).toEqual(["send"]);
      if (leased) await record(leased, settlement);
    };
    await send({ is: "failed", reason: "content", detail: "550", suppress: null });
    await send({ is: "accepted", providerMessageId: "1" });
    await db.sql.query(
      "update message set settled_at = chorus_now() - interval '31 days' where workspace_id = $1 and state = 3",
      [workspace.id],
    );
    await send({ is: "accepted", providerMessageId: "2" });
    expect(await leasedRun(workspace, capped(1))).toEqual([]); // and now the plan itself says so
  });

  it("is of one channel and one class: a code and a text do not use up the cap of mail", async () => {
    const workspace = await workspaceOf(1);
    const [leased] = await leasedRun(workspace, capped(1));
    if (!leased) throw new Error("a message was leased");
    await db.sql.query(
      `insert into message (run_id, workspace_id, contact_id, channel_no, step, locale, class, state, settled_at)
       select m.run_id, m.workspace_id, m.contact_id, o.channel_no, -1, 'en', o.class, 3, chorus_now()
         from message m, lateral (values (m.channel_no, 0::smallint), (m.channel_no, 1::smallint), ($2::smallint, 2::smallint)) o(channel_no, class)
        where m.id = $1`,
      [leased.messageId, db.channels.noOf("sms")],
    );
    expect(await permitOf([leased])).toEqual(["send"]);
  });

  it("is shown by a sandbox, which sends all the same", async () => {
    const workspace = await workspaceOf(1);
    for (let n = 0; n < 2; n++) expect(await permitOf(await leasedRun(workspace, capped(1, "show")))).toEqual(["send"]);
  });
});
