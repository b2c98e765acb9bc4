/** Who is shown which products, and why: on a shop small enough to reckon by hand. */
import type { Id } from "@chorus/core/id";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { recordClick } from "./events.ts";
import { expandPage } from "./expand.ts";
import { findLink } from "./link-target.ts";
import { picksFor, picksOf } from "./message-picks.ts";
import type { Db } from "./open.ts";
import { countPicks, countPicksWhenOld, pickCountOf } from "./pick-count.ts";
import { leaseTestRun, openTestLedger, type TestWorkspace, testContacts, testRun, testWorkspace } from "./test-run.ts";

let db: Db;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ db, close } = await openTestLedger());
});
afterAll(() => close());

let shop: TestWorkspace;
let workspaceId: Id;
let contacts: Id[];
beforeEach(async () => {
  shop = await testWorkspace(db);
  workspaceId = shop.id;
  contacts = await testContacts(db, workspaceId, 8);
  await db.sql.query(
    `insert into product (workspace_id, sku, name, price_micros, currency, url)
     select $1, sku, 'The ' || sku, 2500000, 'GBP', 'https://shop.example/' || sku from unnest('{cup,jug,tea,pot,bag,toy}'::text[]) sku`,
    [workspaceId],
  );
});

const facts = { facts: [], links: [] };
let order = 0;

/** One order of a contact, so many days ago. */
async function buy(contact: number, skus: string, daysAgo = 5): Promise<void> {
  order += 1;
  await db.sql.query(
    `insert into activity (workspace_id, contact_id, event_id, kind, at, product_id, order_ref)
     select $1, $2, $3 || p.sku, 'purchase', chorus_now() - make_interval(days => $5), p.id, $3
       from product p where p.workspace_id = $1 and p.sku = any($4::text[])`,
    [workspaceId, contacts[contact], `order-${order}-`, skus.split(" "), daysAgo],
  );
}

/** Cup and jug are bought together most, then cup and tea. Bag is what most people buy lately. */
async function trade(): Promise<void> {
  for (const contact of [1, 2, 3]) await buy(contact, "cup jug");
  for (const contact of [4, 5]) await buy(contact, "cup tea");
  for (const contact of [1, 2, 3, 4, 5, 6]) await buy(contact, "bag");
  for (const contact of [1, 2, 3, 4, 5, 6, 7]) await buy(contact, "toy", 200);
  await countPicks(db, workspaceId);
}

const skusFor = async (contact: number | null, of: { facts: typeof facts | object } = { facts }) =>
  (
    await picksFor(db, {
      workspaceId,
      contactId: contact === null ? null : (contacts[contact] ?? ""),
      facts: of.facts as typeof facts,
    })
  ).map(({ sku }) => sku);
const change = (set: string, sku: string) =>
  db.sql.query(`update product set ${set} where workspace_id = $1 and sku = $2`, [workspaceId, sku]);

it("a reader is shown what others bought with what they have, most often bought together first, and then what is popular", async () => {
  await trade();
  await buy(0, "cup");
  const picks = await picksFor(db, { workspaceId, contactId: contacts[0] ?? "", facts });
  expect(picks.map(({ sku }) => sku)).toEqual(["jug", "tea", "bag"]);
  expect(picks[0]).toMatchObject({
    ...{ name: "The jug", price: { micros: 2_500_000, currency: "GBP" }, url: "https://shop.example/jug" },
    reason: { code: "bought_with", because: { sku: "cup", name: "The cup" }, orders: 3 },
  });
  expect(picks[2]?.reason).toEqual({ code: "popular", buyers: 6, days: 60 });
});

it("nobody is shown what they own, what the message speaks of already, or what cannot be had", async () => {
  await trade();
  await buy(0, "cup tea");
  expect(await skusFor(0)).toEqual(["jug", "bag", "toy"]);
  const speaksOfJug = { facts: [], links: [{ id: "product_1", url: "https://shop.example/jug" }] };
  expect(await skusFor(0, { facts: speaksOfJug })).toEqual(["bag", "toy"]);
  await change("available = false", "bag");
  expect(await skusFor(0)).toEqual(["jug", "toy"]);
});

it("who bought nothing and who declined profiling see what is popular: lately, and after it ever", async () => {
  await trade();
  await buy(0, "jug");
  await db.sql.query("update contact set profiling = false where id = $1", [contacts[0]]);
  for (const contact of [0, null]) {
    const picks = await picksFor(db, { workspaceId, contactId: contact === null ? null : (contacts[0] ?? ""), facts });
    expect(picks.every(({ reason }) => reason.code === "popular")).toBe(true);
  }
  expect(await skusFor(null)).toEqual(["bag", "cup", "jug"]);
  expect(await skusFor(0)).toEqual(["bag", "cup", "tea"]); // what they have is left out all the same
  await change("available = false", "bag");
  await change("available = false", "cup");
  const last = (await picksFor(db, { workspaceId, contactId: null, facts })).at(-1);
  expect(last).toMatchObject({ sku: "toy", reason: { code: "popular", buyers: 7, days: null } });
});

it("a few common orders weigh little, one none, and of equals the older product comes first", async () => {
  await buy(1, "cup jug");
  for (const contact of [2, 3]) await buy(contact, "cup tea");
  for (const contact of [4, 5]) await buy(contact, "cup pot");
  await countPicks(db, workspaceId);
  const { rows } = await db.sql.query<{ sku: string; score: number; orders: number }>(
    `select p.sku, n.score, n.orders from product_neighbour n join product p on p.id = n.neighbour_id join product o on o.id = n.product_id
      where n.workspace_id = $1 and o.sku = 'cup' order by n.score desc, n.neighbour_id`,
    [workspaceId],
  );
  expect(rows.map(({ sku, orders }) => [sku, orders])).toEqual([
    ["tea", 2],
    ["pot", 2],
  ]);
  expect(rows[0]?.score).toBeCloseTo(2 / (Math.sqrt(5 * 2) + 20), 5);
  await buy(0, "cup");
  for (let time = 0; time < 3; time++) expect((await skusFor(0)).slice(0, 2)).toEqual(["tea", "pot"]);
});

it("what is bought at one moment without an order belongs together, and another shop's purchases count for nothing", async () => {
  await trade();
  const other = await testWorkspace(db);
  await countPicks(db, other.id);
  expect(await picksFor(db, { workspaceId: other.id, contactId: contacts[0] ?? "", facts })).toEqual([]);
  await db.sql.query(
    `update activity set order_ref = null, at = chorus_now()::date - make_interval(mins => split_part(event_id, '-', 2)::int)
      where workspace_id = $1`,
    [workspaceId],
  );
  await countPicks(db, workspaceId);
  await buy(0, "jug");
  expect((await skusFor(0))[0]).toBe("cup");
});

it("counts again only what was counted a day ago or longer, and says when that was", async () => {
  expect(await pickCountOf(db, workspaceId)).toBeNull();
  await trade();
  const first = await pickCountOf(db, workspaceId);
  expect(first?.orders).toBe(18);
  await countPicksWhenOld(db, workspaceId);
  expect(await pickCountOf(db, workspaceId)).toEqual(first);
  await db.sql.query("update pick_count set counted_at = counted_at - interval '25 hours' where workspace_id = $1", [
    workspaceId,
  ]);
  await Promise.all([countPicksWhenOld(db, workspaceId), countPicksWhenOld(db, workspaceId)]);
  expect((await pickCountOf(db, workspaceId))?.countedAt.getTime()).toBeGreaterThan(Number(first?.countedAt));
});

/** A run whose mails show picks, planned to the end. */
async function runWithPicks(): Promise<Id> {
  const { runId, campaignId } = await testRun(db, { workspace: shop });
  await db.sql.query(
    `update variant set contents = '{"email": {"paragraphs": ["For you: {{picks}}"]}}' where campaign_id = $1`,
    [campaignId],
  );
  await db.sql.query("update run set has_picks = true where id = $1", [runId]);
  while ((await expandPage(db, runId)).is === "page");
  return runId;
}

const workerOf = async () =>
  (
    await db.sql.query<{ id: Id }>(
      "insert into worker (name, alive_until) values ('w', chorus_now() + interval '1 hour') returning id",
    )
  ).rows[0]?.id ?? "";
const giveBack = (runId: Id) => db.sql.query("update due set state = 0, lease_token = null where run_id = $1", [runId]);

it("a message keeps its picks from one hand-over to the next, save for what has been sold out since", async () => {
  await trade();
  await buy(0, "cup");
  const runId = await runWithPicks();
  const workerId = await workerOf();
  const lease = async () => {
    const all = await leaseTestRun(db, { runId, workerId });
    await giveBack(runId);
    const { rows } = await db.sql.query<{ id: Id }>("select id from message where run_id = $1 and contact_id = $2", [
      runId,
      contacts[0],
    ]);
    return all.find(({ messageId }) => messageId === rows[0]?.id);
  };
  const first = await lease();
  expect(first?.picks.map(({ sku }) => sku)).toEqual(["jug", "tea", "bag"]);
  await buy(1, "cup pot");
  await buy(2, "cup pot");
  await countPicks(db, workspaceId);
  await change("price_micros = 3000000", "jug");
  await change("available = false", "tea");
  const again = await lease();
  expect(again?.picks.map(({ sku }) => sku)).toEqual(["jug", "bag", "toy"]);
  expect(again?.picks[0]?.price.micros).toBe(3_000_000);
  const ref = { runId, messageId: again?.messageId ?? "" };
  expect(await picksOf(db, ref)).toEqual(again?.picks);
  expect((await findLink(db, { ...ref, link: 202 }))?.url).toBe("https://shop.example/bag");
  expect(await recordClick(db, { ...ref, link: 201 })).toBe("https://shop.example/jug");
  expect(await recordClick(db, { ...ref, link: 1 })).toBe("https://shop.example/");
  expect(await recordClick(db, { ...ref, link: 204 })).toBeNull();
});

it("two readers of one variant are shown different products, and a run without picks picks nothing", async () => {
  await trade();
  await buy(0, "cup");
  await buy(6, "jug");
  const runId = await runWithPicks();
  const leased = await leaseTestRun(db, { runId, workerId: await workerOf() });
  const firsts = new Set(leased.map(({ picks }) => picks[0]?.sku));
  expect(firsts.size).toBeGreaterThan(1);
  const { runId: plain } = await testRun(db, { workspace: shop });
  while ((await expandPage(db, plain)).is === "page");
  const without = await leaseTestRun(db, { runId: plain, workerId: await workerOf() });
  expect(without.map(({ picks }) => picks.length)).toEqual(Array(8).fill(0));
  const { rowCount } = await db.sql.query("select 1 from message_picks where run_id = $1", [plain]);
  expect(rowCount).toBe(0);
});
