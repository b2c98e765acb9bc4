/** Contacts in bulk, with their addresses and consents. What did not change is not written. */
import type { Id } from "@chorus/core/id";
import { scopeOf } from "@chorus/core/suppression";
import { type ContactEntry, type EntryAddress, mergeContacts, type Slot } from "./contact-merge.ts";
import { notifySql } from "./fence.ts";
import { importConsents } from "./import-consents.ts";
import type { ChannelNumbers, Sql } from "./open.ts";

export type ContactsTaken = {
  /** The contact of each entry; entries about one contact have the same id. */
  readonly ids: readonly Id[];
  readonly duplicates: number;
  readonly moved: number;
  /** Addresses that are suppressed, and stay so. */
  readonly suppressed: number;
  /** Withdrawals that an entry's consent did not undo. */
  readonly withdrawnKept: number;
};

export type ContactsPage = {
  readonly workspaceId: Id;
  /** For new contacts that say nothing about theirs. */
  readonly locale: string;
  readonly entries: readonly ContactEntry[];
  readonly channels: ChannelNumbers;
};

/** Any number that no other use of two-key advisory locks here takes. */
const lockClass = 0x1391;

/**
 * A page looks up as many rows as it has, however many there are. While a first import fills the tables, the planner
 * believes them all but empty: it must not read the whole of them for every page. So each look-up is lateral, which makes
 * it one for each row, and walks an index.
 */
const alongIndexes = "set_config('enable_seqscan', 'off', true)";

/** At most 5,000 at once. Runs in the caller's transaction; pages of one workspace wait for each other. */
export async function importContacts(sql: Sql, page: ContactsPage): Promise<ContactsTaken> {
  await sql.query(`select ${alongIndexes}, pg_advisory_xact_lock($1, ($2::bigint & 2147483647)::int)`, [
    lockClass,
    page.workspaceId,
  ]);
  const known = await findKnown(sql, page);
  const before = new Map(known.map((slot) => [slot.id, new Map(slot.addresses)]));
  const merged = mergeContacts(known, page.entries);
  const ids = new Map<Slot, Id>(merged.slots.flatMap((slot) => (slot.id ? [[slot, slot.id] as const] : [])));
  await updateContacts(sql, merged.slots);
  await insertContacts(sql, { page, slots: merged.slots.filter((slot) => !slot.id), ids });
  await moveAddresses(sql, { page, before, slots: merged.slots, ids });
  await suppressAddresses(sql, page);
  const withdrawnKept = await importConsents(sql, { ...page, slots: merged.slots, ids });
  return {
    ids: merged.slotOf.map((slot) => idOf(ids, slot)),
    duplicates: merged.duplicates,
    moved: merged.moved,
    suppressed: await countSuppressed(sql, page),
    withdrawnKept,
  };
}

function idOf(ids: ReadonlyMap<Slot, Id>, slot: Slot): Id {
  const id = ids.get(slot);
  if (!id) throw new Error("a contact was not written");
  return id;
}

type KnownRow = { id: Id; external_id: string; channel_no: number | null; value: string; hash: Buffer };

/** Everybody whom an entry names by external id or by an address, with all their addresses. Nobody goes until we are done. */
async function findKnown(sql: Sql, page: ContactsPage): Promise<Slot[]> {
  const addresses = page.entries.flatMap((entry) => entry.addresses);
  const { rows } = await sql.query<KnownRow>(
    `with named as (
       select found.id from unnest($2::text[]) as wanted(external_id) cross join lateral (
         select id from contact c where c.workspace_id = $1 and c.external_id = wanted.external_id limit 1) as found
       union
       select found.id from unnest($3::smallint[], $4::bytea[]) as wanted(channel_no, hash) cross join lateral (
         select contact_id from address a
          where a.workspace_id = $1 and a.channel_no = wanted.channel_no and a.hash = wanted.hash limit 1) as found(id)
     )
     select c.id, c.external_id, a.channel_no, a.value, a.hash from named
      cross join lateral (select id, external_id from contact where id = named.id for key share) as c
       left join lateral (select channel_no, value, hash from address where contact_id = named.id offset 0) as a on true`,
    [
      page.workspaceId,
      page.entries.map((entry) => entry.externalId),
      addresses.map((each) => page.channels.noOf(each.channel)),
      addresses.map((each) => each.hash),
    ],
  );
  const slots = new Map<Id, Slot>();
  for (const row of rows) {
    const slot = slots.get(row.id) ?? { id: row.id, externalId: row.external_id, addresses: new Map(), entry: null };
    slots.set(row.id, slot);
    if (row.channel_no === null) continue;
    const channel = page.channels.idOf(row.channel_no);
    slot.addresses.set(channel, { channel, value: row.value, hash: row.hash });
  }
  return [...slots.values()];
}

/** External ids may go round among contacts, so they are first let go of and then taken. */
async function updateContacts(sql: Sql, slots: readonly Slot[]): Promise<void> {
  const known = slots.flatMap(({ id, externalId, entry }) => (id && entry ? [{ id, externalId, entry }] : []));
  if (known.length === 0) return;
  const ids = known.map((each) => each.id);
  await sql.query(
    `update contact c set external_id = 'chorus:moving:' || c.id
       from unnest($1::bigint[], $2::text[]) as n(id, external_id) where c.id = n.id and c.external_id <> n.external_id`,
    [ids, known.map((each) => each.externalId)],
  );
  await sql.query(
    `update contact c
        set external_id = n.external_id, first_name = coalesce(n.first_name, c.first_name), fields = c.fields || n.fields,
            locale = coalesce(n.locale, c.locale), time_zone = coalesce(n.time_zone, c.time_zone),
            country = coalesce(n.country, c.country), profiling = coalesce(n.profiling, c.profiling), updated_at = chorus_now()
       from unnest($1::bigint[], $2::text[], $3::text[], $4::jsonb[], $5::text[], $6::text[], $7::text[], $8::boolean[])
         as n(id, external_id, first_name, fields, locale, time_zone, country, profiling)
      where c.id = n.id
        and (c.external_id, c.first_name, c.fields, c.locale, c.time_zone, c.country, c.profiling) is distinct from
            (n.external_id, coalesce(n.first_name, c.first_name), c.fields || n.fields, coalesce(n.locale, c.locale),
             coalesce(n.time_zone, c.time_zone), coalesce(n.country, c.country), coalesce(n.profiling, c.profiling))`,
    [ids, known.map((each) => each.externalId), ...columnsOf(known.map((each) => each.entry))],
  );
}

async function insertContacts(
  sql: Sql,
  of: { page: ContactsPage; slots: readonly Slot[]; ids: Map<Slot, Id> },
): Promise<void> {
  if (of.slots.length === 0) return;
  const { rows } = await sql.query<{ id: Id; external_id: string }>(
    `insert into contact (workspace_id, external_id, first_name, fields, locale, time_zone, country, profiling)
     select $1, external_id, first_name, fields, coalesce(locale, $2), time_zone, country, coalesce(profiling, true)
       from unnest($3::text[], $4::text[], $5::jsonb[], $6::text[], $7::text[], $8::text[], $9::boolean[])
         as n(external_id, first_name, fields, locale, time_zone, country, profiling)
     returning id, external_id`,
    [
      of.page.workspaceId,
      of.page.locale,
      of.slots.map((slot) => slot.externalId),
      ...columnsOf(of.slots.flatMap((slot) => slot.entry ?? [])),
    ],
  );
  const byExternalId = new Map(rows.map((row) => [row.external_id, row.id]));
  for (const slot of of.slots) {
    const id = byExternalId.get(slot.externalId);
    if (id) of.ids.set(slot, id);
  }
}

const columnsOf = (entries: readonly ContactEntry[]): unknown[][] => [
  entries.map((each) => each.firstName),
  entries.map((each) => JSON.stringify(each.fields)),
  entries.map((each) => each.locale),
  entries.map((each) => each.timeZone),
  entries.map((each) => each.country),
  entries.map((each) => each.profiling),
];

/** Takes away what is no longer somebody's before giving it to somebody else. */
async function moveAddresses(
  sql: Sql,
  of: {
    page: ContactsPage;
    before: ReadonlyMap<Id | null, ReadonlyMap<string, EntryAddress>>;
    slots: readonly Slot[];
    ids: ReadonlyMap<Slot, Id>;
  },
): Promise<void> {
  const isSame = (a: EntryAddress | undefined, b: EntryAddress) => a?.hash.equals(b.hash) === true;
  const lost: { id: Id; no: number }[] = [];
  const gained: { id: Id; no: number; address: EntryAddress }[] = [];
  for (const slot of of.slots) {
    const id = idOf(of.ids, slot);
    const had = of.before.get(slot.id) ?? new Map<string, EntryAddress>();
    for (const [channel, address] of had)
      if (!isSame(slot.addresses.get(channel), address)) lost.push({ id, no: of.page.channels.noOf(channel) });
    for (const [channel, address] of slot.addresses)
      if (!isSame(had.get(channel), address)) gained.push({ id, no: of.page.channels.noOf(channel), address });
  }
  if (lost.length > 0)
    await sql.query(
      `delete from address a using unnest($1::bigint[], $2::smallint[]) as lost(contact_id, channel_no)
        where a.contact_id = lost.contact_id and a.channel_no = lost.channel_no`,
      [lost.map((each) => each.id), lost.map((each) => each.no)],
    );
  if (gained.length > 0)
    await sql.query(
      `insert into address (workspace_id, contact_id, channel_no, value, hash)
       select $1, * from unnest($2::bigint[], $3::smallint[], $4::text[], $5::bytea[])`,
      [
        of.page.workspaceId,
        gained.map((each) => each.id),
        gained.map((each) => each.no),
        gained.map((each) => each.address.value),
        gained.map((each) => each.address.hash),
      ],
    );
}

async function suppressAddresses(sql: Sql, page: ContactsPage): Promise<void> {
  const addresses = page.entries
    .flatMap((entry) => entry.addresses)
    .flatMap(({ channel, hash, suppress }) => (suppress ? [{ no: page.channels.noOf(channel), hash, suppress }] : []));
  if (addresses.length === 0) return;
  await sql.query(
    `insert into suppression (workspace_id, channel_no, address_hash, scope, reason, source)
     select distinct $1::bigint, n.*, 'import' from unnest($2::smallint[], $3::bytea[], $4::text[], $5::text[]) as n
     on conflict do nothing returning ${notifySql("workspace", "workspace_id")}`,
    [
      page.workspaceId,
      addresses.map((each) => each.no),
      addresses.map((each) => each.hash),
      addresses.map((each) => scopeOf(each.suppress)),
      addresses.map((each) => each.suppress),
    ],
  );
}

async function countSuppressed(sql: Sql, page: ContactsPage): Promise<number> {
  const addresses = page.entries.flatMap((entry) => entry.addresses);
  const { rows } = await sql.query<{ count: string }>(
    `select count(*) from (select distinct * from unnest($2::smallint[], $3::bytea[])) as wanted(channel_no, hash)
      cross join lateral (select from suppression s where s.workspace_id = $1 and s.channel_no = wanted.channel_no
                             and s.address_hash = wanted.hash limit 1) as found`,
    [page.workspaceId, addresses.map((each) => page.channels.noOf(each.channel)), addresses.map((each) => each.hash)],
  );
  return Number(rows[0]?.count ?? 0);
}
