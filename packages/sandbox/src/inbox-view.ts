/** The inbox arranged by person: everybody something came for, the latest first, and one person's conversation. */
import type { Arrival, Inbox, Thread } from "./inbox.ts";
import type { InboxQuery } from "./inbox-query.ts";
import { addressKey } from "./people.ts";
import type { WireChannel } from "./wire-log.ts";

export type PersonRow = {
  readonly key: string;
  readonly name: string;
  readonly addresses: readonly { readonly channel: WireChannel; readonly address: string }[];
  readonly messages: number;
  readonly last: Arrival;
};

export type PeoplePage = {
  readonly rows: readonly PersonRow[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
};

const rowsPerPage = 50;

export function listPeople(inbox: Inbox, query: InboxQuery): PeoplePage {
  const rows = [...gather(inbox, query.channel).values()].filter((row) => isSought(row, query.search));
  rows.sort((a, b) => b.last.number - a.last.number);
  const pages = Math.max(1, Math.ceil(rows.length / rowsPerPage));
  const page = Math.min(query.page, pages);
  return { rows: rows.slice((page - 1) * rowsPerPage, page * rowsPerPage), total: rows.length, page, pages };
}

function gather(inbox: Inbox, channel: WireChannel | null): Map<string, PersonRow> {
  const rows = new Map<string, PersonRow>();
  for (const thread of inbox.threads()) {
    if (channel && thread.channel !== channel) continue;
    const last = thread.arrivals.at(-1);
    if (!last) continue;
    const known = inbox.people.at(thread.channel, thread.address);
    const key = known?.key ?? addressKey(thread.channel, thread.address);
    const row = rows.get(key);
    rows.set(key, {
      key,
      name: known?.name ?? row?.name ?? nameIn(thread),
      addresses: [...(row?.addresses ?? []), { channel: thread.channel, address: thread.address }],
      messages: (row?.messages ?? 0) + thread.arrivals.length,
      last: row && row.last.number > last.number ? row.last : last,
    });
  }
  return rows;
}

const nameIn = (thread: Thread): string => thread.arrivals.findLast((each) => each.name)?.name ?? thread.address;

function isSought(row: PersonRow, search: string): boolean {
  if (search === "") return true;
  const wanted = search.toLowerCase();
  const digits = /^[\d\s()+-]{3,}$/.test(search) ? search.replace(/\D/g, "") : null;
  return (
    row.name.toLowerCase().includes(wanted) ||
    row.addresses.some(({ address }) => address.toLowerCase().includes(wanted)) ||
    (digits !== null && row.addresses.some(({ address }) => address.replace(/\D/g, "").includes(digits)))
  );
}

export type Conversation = {
  readonly key: string;
  readonly name: string;
  /** By channel, each oldest first and no more than the newest hundred. */
  readonly threads: readonly Thread[];
  /** The message looked at: the asked one, else the newest. */
  readonly chosen: Arrival;
};

const shownPerThread = 100;

export function openConversation(inbox: Inbox, query: InboxQuery, first: PersonRow | undefined): Conversation | null {
  const key = query.person ?? first?.key;
  const row = key ? gather(inbox, null).get(key) : undefined;
  if (!row) return null;
  const wanted = new Set(row.addresses.map(({ channel, address }) => addressKey(channel, address)));
  const threads = [...inbox.threads()]
    .filter((thread) => wanted.has(addressKey(thread.channel, thread.address)))
    .map((thread) => ({ ...thread, arrivals: thread.arrivals.slice(-shownPerThread) }));
  const all = threads.flatMap((thread) => thread.arrivals);
  const inChannel = all.filter((each) => query.channel === null || each.channel === query.channel);
  const newest = inChannel.toSorted((a, b) => a.number - b.number).at(-1);
  const chosen = all.find((each) => each.number === query.message) ?? newest;
  return chosen ? { key: row.key, name: row.name, threads, chosen } : null;
}
