/**
 * Which contact is each row about? Rows are taken in order, as if one by one: a contact is found by its external id,
 * else by any of its addresses. Of several rows about one contact the last wins, cell by cell; an empty cell changes
 * nothing. An address belongs to one contact at a time: it goes to the row that names it last.
 */
import type { Id } from "@chorus/core/id";
import type { SuppressionReason } from "@chorus/core/suppression";

export type ContactEntry = {
  readonly externalId: string;
  readonly firstName: string | null;
  readonly locale: string | null;
  readonly timeZone: string | null;
  readonly country: string | null;
  readonly profiling: boolean | null;
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
  readonly addresses: readonly EntryAddress[];
  /** "declined" takes back what was granted and says nothing where nothing was: a plain "no" in a list. */
  readonly consents: readonly { channel: string; state: "granted" | "withdrawn" | "declined" }[];
  /** Where the consents were given or taken back, kept as proof. */
  readonly consentSource: string;
};

export type EntryAddress = {
  readonly channel: string;
  readonly value: string;
  readonly hash: Buffer;
  /** It can be seen from the address itself that it must not be used. */
  readonly suppress?: SuppressionReason | undefined;
};

/** A contact as it is in the database, or will be: `id` is null for a new one. */
export type Slot = {
  readonly id: Id | null;
  externalId: string;
  readonly addresses: Map<string, EntryAddress>;
  /** What the rows say, merged; null while no row was about it. */
  entry: ContactEntry | null;
};

export type Merged = {
  readonly slots: readonly Slot[];
  /** For each row, the contact it is about. */
  readonly slotOf: readonly Slot[];
  /** Rows about a contact that an earlier row of the page was about already. */
  readonly duplicates: number;
  /** Addresses that went from one contact to another. */
  readonly moved: number;
};

const keyOf = (address: EntryAddress): string => `${address.channel} ${address.hash.toString("base64")}`;

export function mergeContacts(known: readonly Slot[], entries: readonly ContactEntry[]): Merged {
  const book = openBook(known);
  let duplicates = 0;
  let moved = 0;
  const slotOf = entries.map((entry) => {
    const slot = book.find(entry) ?? book.add(entry);
    if (slot.entry) duplicates++;
    book.rename(slot, entry.externalId);
    for (const address of entry.addresses) if (book.give(slot, address)) moved++;
    slot.entry = slot.entry ? mergeEntries(slot.entry, entry) : entry;
    return slot;
  });
  return { slots: book.slots, slotOf, duplicates, moved };
}

/** The contacts at hand, by every name they have. */
function openBook(known: readonly Slot[]) {
  const slots = [...known];
  const byExternalId = new Map(slots.map((slot) => [slot.externalId, slot]));
  const byAddress = new Map(slots.flatMap((slot) => [...slot.addresses.values()].map((each) => [keyOf(each), slot])));
  return {
    slots,
    find: (entry: ContactEntry): Slot | undefined =>
      byExternalId.get(entry.externalId) ??
      entry.addresses.map((each) => byAddress.get(keyOf(each))).find((slot) => slot !== undefined),
    add: (entry: ContactEntry): Slot => {
      const slot: Slot = { id: null, externalId: entry.externalId, addresses: new Map(), entry: null };
      slots.push(slot);
      return slot;
    },
    rename: (slot: Slot, externalId: string): void => {
      if (slot.externalId !== externalId) byExternalId.delete(slot.externalId);
      slot.externalId = externalId;
      byExternalId.set(externalId, slot);
    },
    /** True when somebody else had the address until now. */
    give: (slot: Slot, address: EntryAddress): boolean => {
      const owner = byAddress.get(keyOf(address));
      if (owner && owner !== slot) owner.addresses.delete(address.channel);
      const before = slot.addresses.get(address.channel);
      if (before && keyOf(before) !== keyOf(address)) byAddress.delete(keyOf(before));
      slot.addresses.set(address.channel, address);
      byAddress.set(keyOf(address), slot);
      return owner !== undefined && owner !== slot;
    },
  };
}

function mergeEntries(earlier: ContactEntry, later: ContactEntry): ContactEntry {
  const said = new Set(later.consents.map((each) => each.channel));
  return {
    ...later,
    firstName: later.firstName ?? earlier.firstName,
    locale: later.locale ?? earlier.locale,
    timeZone: later.timeZone ?? earlier.timeZone,
    country: later.country ?? earlier.country,
    profiling: later.profiling ?? earlier.profiling,
    fields: { ...earlier.fields, ...later.fields },
    consents: [...earlier.consents.filter((each) => !said.has(each.channel)), ...later.consents],
  };
}
