import { setTimeout as sleep } from "node:timers/promises";
import { openAddressHash } from "@chorus/core/address-hash";
import { fenceChannel, watchFences } from "@chorus/db/fence";
import { permitMs } from "@chorus/db/permit";
import { stopEverything } from "@chorus/db/stop";
import { openTestLedger, testRun, testWorkspace } from "@chorus/db/test-run";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Fence, openFence } from "./fence.ts";

const key = new Uint8Array(32);
const soon = { timeout: 3_000, interval: 10 };

let ledger: Awaited<ReturnType<typeof openTestLedger>>;
let fence: Fence;
let message: Parameters<Fence["lets"]>[0];
let errors: unknown[];

beforeEach(async () => {
  ledger = await openTestLedger();
  const workspace = await testWorkspace(ledger.db);
  const { runId } = await testRun(ledger.db, { workspace });
  message = { runId, workspaceId: workspace.id, channel: "email", address: "ann@example.com" };
  errors = [];
  fence = openFence({
    watch: (told) => watchFences({ url: ledger.db.url, ...told }),
    addressHash: (workspaceId) => openAddressHash(key, workspaceId),
    onStall: () => {},
    onError: (error) => errors.push(error),
  });
  await vi.waitFor(async () => expect(await listeners()).toBe(1), soon);
});
afterEach(async () => {
  await fence.close();
  await ledger.close();
});

const notify = (news: object) => ledger.db.sql.query("select pg_notify($1, $2)", [fenceChannel, JSON.stringify(news)]);

/** Connected ones that have looked at the rows: that comes after LISTEN. */
async function listeners(): Promise<number> {
  const { rows } = await ledger.db.sql.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
      where datname = current_database() and application_name = 'chorus-fence' and query like 'select%'`,
  );
  return rows[0]?.count ?? 0;
}

it("D11: news of a run, a workspace or an address refuses what was permitted before it, at once, and nothing else", async () => {
  const hash = openAddressHash(key, message.workspaceId)("email", "ann@example.com").toString("hex");
  const others = { run: "999999", workspace: "999999", addressHash: "00" };
  for (const news of [{ run: message.runId }, { workspace: message.workspaceId }, { addressHash: hash }]) {
    const askedAt = performance.now();
    for (const [name, value] of Object.entries(others)) await notify({ [name]: value });
    await sleep(50);
    expect(fence.lets(message, askedAt)).toBe(true);
    const toldAt = performance.now();
    await notify(news);
    await vi.waitFor(() => expect(fence.lets(message, askedAt)).toBe(false), soon);
    expect(performance.now() - toldAt).toBeLessThan(500);
    expect(fence.lets(message, performance.now())).toBe(true);
  }
});

it("D11: a pause and a stop that nobody told of are seen within the second", async () => {
  const askedAt = performance.now();
  expect(fence.lets(message, askedAt)).toBe(true);
  await ledger.db.sql.query("update run set state = 'paused' where id = $1", [message.runId]);
  await vi.waitFor(() => expect(fence.lets(message, askedAt)).toBe(false), soon);
  await ledger.db.sql.query("update run set state = 'sending' where id = $1", [message.runId]);
  await sleep(1_100);
  const again = performance.now();
  await stopEverything(ledger.db, { workspaceId: message.workspaceId, personId: null, because: "a test" });
  await vi.waitFor(() => expect(fence.lets(message, again)).toBe(false), soon);
});

it("D11: a connection that is lost is made again, and payloads of another release are passed over", async () => {
  await ledger.db.sql.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'chorus-fence'",
  );
  await vi.waitFor(() => expect(errors).toHaveLength(1), soon);
  await vi.waitFor(async () => expect(await listeners()).toBe(1), soon);
  const askedAt = performance.now();
  await ledger.db.sql.query("select pg_notify($1, 'what?'), pg_notify($1, 'null')", [fenceChannel]);
  await notify({ run: message.runId });
  await vi.waitFor(() => expect(fence.lets(message, askedAt)).toBe(false), soon);
});

it("D5: a permit is good for half a lease, whatever the clock on the wall says", () => {
  expect(fence.lets(message, performance.now() - permitMs + 500)).toBe(true);
  expect(fence.lets(message, performance.now() - permitMs)).toBe(false);
});
