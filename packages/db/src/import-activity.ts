/** Activity in bulk: contacts and products are found by the names the shop knows them by, and an event counts once. */
import type { Id } from "@chorus/core/id";
import type { ActivityKind } from "@chorus/core/segment";
import type { Sql } from "./open.ts";

export type ActivityEntry = {
  /** The source's own id: the same event sent again is the same row. */
  readonly eventId: string;
  readonly externalId: string;
  readonly kind: ActivityKind;
  /** ISO 8601 with offset. */
  readonly at: string;
  readonly sku: string | null;
  readonly orderRef: string | null;
  readonly quantity: number;
  readonly amountMicros: bigint;
};

export type ActivityTaken = {
  /** Events that were new. */
  readonly inserted: number;
  /** Places in `entries` of those that were not taken, and which name is unknown. */
  readonly unknown: readonly { index: number; is: "contact" | "sku" }[];
};

/** At most 5,000 at once. Runs in the caller's transaction. */
export async function importActivity(
  sql: Sql,
  of: { workspaceId: Id; entries: readonly ActivityEntry[] },
): Promise<ActivityTaken> {
  const contacts = await findContacts(sql, of);
  const products = await findProducts(sql, of);
  const unknown: { index: number; is: "contact" | "sku" }[] = [];
  const columns = emptyColumns();
  for (const [index, entry] of inOneOrder(of.entries)) {
    const contactId = contacts.get(entry.externalId);
    const product = entry.sku === null ? null : products.get(entry.sku);
    if (!contactId || product === undefined) unknown.push({ index, is: contactId ? "sku" : "contact" });
    else addTo(columns, entry, { contactId, product });
  }
  const { rowCount } = await sql.query(
    `insert into activity (workspace_id, contact_id, event_id, kind, at, product_id, category, order_ref, quantity, amount_micros)
     select $1, * from unnest($2::bigint[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[], $7::text[], $8::text[],
                              $9::int[], $10::bigint[])
     on conflict (workspace_id, event_id) do nothing`,
    [of.workspaceId, ...Object.values(columns)],
  );
  return { inserted: rowCount ?? 0, unknown: unknown.sort((a, b) => a.index - b.index) };
}

/**
 * Two bodies with the same events wait for each other's rows: when all go by event id, nobody waits in a circle. Of two
 * with one id the first that was given comes first, and counts.
 */
const inOneOrder = (entries: readonly ActivityEntry[]) =>
  [...entries.entries()].sort(([i, a], [j, b]) => (a.eventId === b.eventId ? i - j : a.eventId < b.eventId ? -1 : 1));

/** In the order in which the statement takes them. */
const emptyColumns = () => ({
  contactId: [] as Id[],
  eventId: [] as string[],
  kind: [] as string[],
  at: [] as string[],
  productId: [] as (Id | null)[],
  category: [] as (string | null)[],
  orderRef: [] as (string | null)[],
  quantity: [] as number[],
  amountMicros: [] as string[],
});

function addTo(
  columns: ReturnType<typeof emptyColumns>,
  entry: ActivityEntry,
  found: { contactId: Id; product: { id: Id; category: string | null } | null },
): void {
  columns.contactId.push(found.contactId);
  columns.eventId.push(entry.eventId);
  columns.kind.push(entry.kind);
  columns.at.push(entry.at);
  columns.productId.push(found.product?.id ?? null);
  columns.category.push(found.product?.category ?? null);
  columns.orderRef.push(entry.orderRef);
  columns.quantity.push(entry.quantity);
  columns.amountMicros.push(String(entry.amountMicros));
}

type Of = { workspaceId: Id; entries: readonly ActivityEntry[] };

/** Locked against deletion until the transaction ends, so that the page as a whole cannot fail for one of them. */
async function findContacts(sql: Sql, of: Of): Promise<Map<string, Id>> {
  const wanted = [...new Set(of.entries.map((entry) => entry.externalId))];
  const { rows } = await sql.query<{ id: Id; external_id: string }>(
    "select id, external_id from contact where workspace_id = $1 and external_id = any($2::text[]) order by id for key share",
    [of.workspaceId, wanted],
  );
  return new Map(rows.map((row) => [row.external_id, row.id]));
}

async function findProducts(sql: Sql, of: Of): Promise<Map<string, { id: Id; category: string | null }>> {
  const wanted = [...new Set(of.entries.flatMap((entry) => entry.sku ?? []))];
  const { rows } = await sql.query<{ id: Id; sku: string; category: string | null }>(
    "select id, sku, category from product where workspace_id = $1 and sku = any($2::text[])",
    [of.workspaceId, wanted],
  );
  return new Map(rows.map((row) => [row.sku, row]));
}
