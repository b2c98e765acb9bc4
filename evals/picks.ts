/**
 * How well picks foretell what customers of a real shop bought next: everything before a day is known, and counted is who
 * buys something new of the ten products that the shipped SQL picks. On a PostgreSQL of its own, without a model.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cellsOf, openShop } from "@chorus/cli/shop";
import { brandVoice } from "@chorus/core/brand-voice";
import type { Id } from "@chorus/core/id";
import { readDecimal } from "@chorus/core/money";
import { startEmbeddedPostgres } from "@chorus/db/embedded";
import { importActivity } from "@chorus/db/import-activity";
import { importProducts } from "@chorus/db/import-products";
import { migrate } from "@chorus/db/migrate";
import { type Db, inTransaction, openDb } from "@chorus/db/open";
import { countPicks } from "@chorus/db/pick-count";
import { pickedSql } from "@chorus/db/picks-sql";
import { createWorkspace } from "@chorus/db/workspaces";
import { type Ranking, rankingOf } from "./ranking.ts";

export type PicksResult = Ranking & {
  readonly name: string;
  /** What was to be reached; null for what is only compared with. */
  readonly baseline: { readonly hitRate: number; readonly ndcg: number } | null;
};

/** The day after the file's last purchase, so that nothing is shifted. */
const afterTheLast = new Date("2011-12-10T12:00:00Z");
const trainedBefore = "2011-10-01T00:00:00Z";
const looksAt = 10;
const pageSize = 5_000;

export async function picksEval(): Promise<PicksResult[]> {
  const folder = await mkdtemp(join(tmpdir(), "chorus-evals-"));
  const postgres = await startEmbeddedPostgres({ folder, settings: { fsync: "off", max_wal_size: "4GB" } });
  try {
    await migrate(postgres.url);
    const db = await openDb({ url: await onTheDay(postgres.url), channels: ["email"] });
    try {
      return await measureShop(db);
    } finally {
      await db.close();
    }
  } finally {
    await postgres.stop();
    await rm(postgres.folder, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  }
}

/** `chorus_now()` of every connection is the day that is foretold from. */
async function onTheDay(url: string): Promise<string> {
  const shiftS = Math.round((Date.parse(trainedBefore) - Date.now()) / 1_000);
  const shifted = new URL(url);
  shifted.searchParams.set("options", `-c chorus.clock_shift=${shiftS}s`);
  return shifted.href;
}

async function measureShop(db: Db): Promise<PicksResult[]> {
  const workspaceId = await newWorkspace(db);
  const later = await bringIn(db, workspaceId);
  await db.sql.query("analyze");
  await countPicks(db, workspaceId);
  const catalogue = await countOf(db, "select count(*) from product where available");
  const rank = (picks: ReadonlyMap<string, readonly string[]>) => rankingOf(picks, later, { looksAt, catalogue });
  return [
    {
      name: "item to item, as shipped",
      ...rank(await picked(db, workspaceId)),
      baseline: { hitRate: 0.4, ndcg: 0.088 },
    },
    { name: "popular in 60 days", ...rank(await popular(db, "60 days")), baseline: null },
    { name: "popular at all", ...rank(await popular(db, "100 years")), baseline: null },
  ];
}

const countOf = async (db: Db, query: string): Promise<number> =>
  Number((await db.sql.query<{ count: string }>(query)).rows[0]?.count ?? 0);

async function newWorkspace(db: Db): Promise<Id> {
  const { id } = await createWorkspace(db, {
    ...{ name: "Gift shop", kind: "sandbox", locale: "en", timeZone: "Europe/London", currency: "GBP" },
    sender: { name: "Gift shop", email: "shop@example.com", postalAddress: "1 High Street, Leeds" },
    voice: brandVoice.parse({ brand: "Gift shop" }),
    people: [],
  });
  return id;
}

/** Imports what was known on the day, and answers by customer what each bought of the shop's goods from then on. */
async function bringIn(db: Db, workspaceId: Id): Promise<Map<string, Set<string>>> {
  const shop = await openShop({ now: afterTheLast });
  await db.sql.query(
    "insert into contact (workspace_id, external_id, locale) select $1, id, 'en' from unnest($2::text[]) id",
    [workspaceId, shop.shoppers.map(({ externalId }) => externalId)],
  );
  const goods = new Set<string>();
  for await (const rows of pagesOf(shop.productsCsv())) {
    const entries = rows.map(([sku = "", name = "", price = "", currency = "", category = "", url = "", , sold]) => ({
      ...{ sku, name, currency, category, url, imageUrl: null, available: sold === "yes" },
      priceMicros: readDecimal(price) ?? 0n,
    }));
    for (const { sku, available } of entries) if (available) goods.add(sku);
    await inTransaction(db, (sql) => importProducts(sql, { workspaceId, entries }));
  }
  const later = new Map<string, Set<string>>();
  for await (const rows of pagesOf(shop.activityCsv())) {
    const entries = rows.flatMap(([eventId = "", externalId = "", kind, at = "", sku = "", orderRef = ""]) => {
      if (kind !== "purchase") return [];
      if (at < trainedBefore)
        return [{ ...{ eventId, externalId, at, sku, orderRef, quantity: 1, amountMicros: 0n }, kind } as const];
      if (goods.has(sku)) later.set(externalId, (later.get(externalId) ?? new Set()).add(sku));
      return [];
    });
    await inTransaction(db, (sql) => importActivity(sql, { workspaceId, entries }));
  }
  return await onlyNew(db, later);
}

/** Of those who had bought before, what they had not: who bought nothing new foretells nothing. */
async function onlyNew(db: Db, later: Map<string, Set<string>>): Promise<Map<string, Set<string>>> {
  const { rows } = await db.sql.query<{ externalId: string; skus: string[] }>(
    `select c.external_id as "externalId", array_agg(distinct p.sku) as skus
       from activity a join contact c on c.id = a.contact_id join product p on p.id = a.product_id group by c.external_id`,
  );
  const fresh = rows.map(({ externalId, skus }) => {
    const had = new Set(skus);
    return [externalId, new Set([...(later.get(externalId) ?? [])].filter((sku) => !had.has(sku)))] as const;
  });
  return new Map(fresh.filter(([, skus]) => skus.size > 0));
}

type Ranked = { externalId: string; skus: string[] };
const byContact = (rows: readonly Ranked[]) => new Map(rows.map(({ externalId, skus }) => [externalId, skus]));

async function picked(db: Db, workspaceId: Id): Promise<Map<string, string[]>> {
  const { rows } = await db.sql.query<Ranked>(
    `select r.external_id as "externalId", array_agg(p.sku order by picked.place) as skus
       from (select workspace_id, id as contact_id, external_id, profiling, '{}'::jsonb as facts from contact where workspace_id = $1) r
      cross join ${pickedSql("r", looksAt)} join product p on p.id = picked.product_id group by r.external_id`,
    [workspaceId],
  );
  return byContact(rows);
}

/** What most customers bought within a span, without what each has. */
async function popular(db: Db, within: string): Promise<Map<string, string[]>> {
  const { rows } = await db.sql.query<Ranked>(
    `with ranked as (
       select p.id, p.sku, row_number() over (order by count(distinct a.contact_id) desc, p.id) as place
         from activity a join product p on p.id = a.product_id and p.available
        where a.kind = 'purchase' and a.at > chorus_now() - $1::interval group by p.id
     )
     select c.external_id as "externalId", array_agg(top.sku order by top.place) as skus
       from contact c cross join lateral (
         select r.sku, r.place from ranked r
          where r.id not in (select a.product_id from activity a where a.contact_id = c.id and a.kind = 'purchase' and a.product_id is not null)
          order by r.place limit ${looksAt}) top
      group by c.external_id`,
    [within],
  );
  return byContact(rows);
}

/** The rows of a CSV without its header, some thousands at a time. */
async function* pagesOf(pieces: AsyncIterable<string>): AsyncGenerator<(readonly string[])[]> {
  let rows: (readonly string[])[] = [];
  let isHeader = true;
  for await (const piece of pieces)
    for (const line of piece.split("\n")) {
      if (line !== "" && !isHeader) rows.push(cellsOf(line));
      if (line !== "") isHeader = false;
      if (rows.length === pageSize) {
        yield rows;
        rows = [];
      }
    }
  if (rows.length > 0) yield rows;
}
