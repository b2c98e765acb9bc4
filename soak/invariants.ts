/** What holds of the ledger at every instant, whatever breaks: one statement, so that it looks at one moment. */
import type { Db } from "@chorus/db/open";

export type Breach = { readonly what: string; readonly rows: number };

const laws = {
  "a message waits exactly when it is due": `select count(*) from message m full join due d on d.message_id = m.id
     where (m.id is null or d.message_id is null) and (m.state is null or m.state = 0)`,
  "what is in doubt is listed": `select count(*) from message m where m.state in (8, 9)
     and not exists (select 1 from doubt d where d.run_id = m.run_id and d.message_id = m.id)`,
  "an expansion counts what it planned": `select count(*) from run_expansion e
     where e.planned <> (select count(*) from message m where m.run_id = e.run_id)`,
  "a finished run has nothing due": `select count(*) from run r where r.state = 'finished'
     and exists (select 1 from due d where d.run_id = r.id)`,
};

export async function findBreaches(db: Db): Promise<Breach[]> {
  const counts = Object.values(laws).map((law) => `(${law})::int`);
  const { rows } = await db.sql.query<{ counts: number[] }>(`select array[${counts.join(", ")}] as counts`);
  return Object.keys(laws).flatMap((what, place) => {
    const found = rows[0]?.counts[place] ?? 0;
    return found > 0 ? [{ what, rows: found }] : [];
  });
}
