/**
 * The other end of child.ts, for every loop that a person would write: it says that it is up, gets its order, reads its
 * contacts from PostgreSQL, hands each a message, reports, and stays until it has been looked at.
 */
import pg from "pg";

export const mayGo = "may go";

export type LoopReport = {
  readonly startedAt: number;
  readonly firstAt: number;
  readonly endedAt: number;
  /** How long single answers took, where that is asked. */
  readonly answerMs?: { readonly p50: number; readonly p99: number };
};
export type Contact = { readonly id: string; readonly firstName: string; readonly address: string };

const pageSize = 1_000;

export function answerOrder<Order, Report>(run: (order: Order) => Promise<Report>): void {
  process.on("message", async (message) => {
    if (message === mayGo) return process.disconnect();
    process.send?.(await run(message as Order));
  });
  process.send?.("up");
}

export async function* readContacts(of: {
  databaseUrl: string;
  channel: string;
  limit: number;
}): AsyncGenerator<Contact> {
  const client = new pg.Client({ connectionString: of.databaseUrl });
  await client.connect();
  let after = "0";
  for (let left = of.limit; left > 0; ) {
    const { rows } = await client.query<Contact>(
      `select c.id, c.first_name as "firstName", a.value as address
         from contact c join address a on a.contact_id = c.id join channel h on h.no = a.channel_no and h.id = $1
        where c.id > $2 order by c.id limit $3`,
      [of.channel, after, Math.min(left, pageSize)],
    );
    if (rows.length === 0) break;
    yield* rows;
    left -= rows.length;
    after = rows.at(-1)?.id ?? after;
  }
  await client.end();
}

/** So many at once, each taking the next contact when its last message is through. */
export async function inLanes(
  lanes: number,
  contacts: AsyncGenerator<Contact>,
  send: (to: Contact) => Promise<unknown>,
): Promise<LoopReport> {
  const startedAt = Date.now();
  let firstAt = 0;
  const lane = async () => {
    for (let next = await contacts.next(); !next.done; next = await contacts.next()) {
      await send(next.value);
      firstAt ||= Date.now();
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { startedAt, firstAt, endedAt: Date.now() };
}
