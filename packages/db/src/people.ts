/** The people who work in a workspace, and where they get tests on channels other than e-mail. */
import type { Id } from "@chorus/core/id";
import type { Role } from "@chorus/core/role";
import { type Db, inTransaction } from "./open.ts";

export type Person = {
  readonly id: Id;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  /** By channel id, in the channel's own normal form. */
  readonly addresses: Readonly<Record<string, string>>;
};

/** In the order in which they came. A workspace has few. */
export async function listPeople(db: Db, workspaceId: Id): Promise<Person[]> {
  const { rows } = await db.sql.query<Person>(
    `select p.id, p.name, p.email, p.role, coalesce(jsonb_object_agg(c.id, a.value) filter (where c.id is not null), '{}') as addresses
       from person p left join person_address a on a.person_id = p.id left join channel c on c.no = a.channel_no
      where p.workspace_id = $1 group by p.id order by p.id`,
    [workspaceId],
  );
  return rows;
}

type Change = { readonly workspaceId: Id; readonly personId: Id; readonly channel: string; readonly by: Id };

/** `address` null takes it away. False: this workspace has no such person. Written down without the address itself. */
export async function setPersonAddress(db: Db, of: Change & { address: string | null }): Promise<boolean> {
  const channelNo = db.channels.noOf(of.channel);
  return await inTransaction(db, async (sql) => {
    const person = await sql.query("select 1 from person where id = $1 and workspace_id = $2 for update", [
      of.personId,
      of.workspaceId,
    ]);
    if (person.rows.length === 0) return false;
    if (of.address === null)
      await sql.query("delete from person_address where person_id = $1 and channel_no = $2", [of.personId, channelNo]);
    else
      await sql.query(
        `insert into person_address (person_id, channel_no, value) values ($1, $2, $3)
         on conflict (person_id, channel_no) do update set value = excluded.value`,
        [of.personId, channelNo, of.address],
      );
    await sql.query(
      "insert into audit (workspace_id, person_id, action, subject, detail) values ($1, $2, $3, $4, $5)",
      [
        ...[of.workspaceId, of.by, of.address === null ? "person.remove_address" : "person.set_address"],
        ...[`person:${of.personId}`, JSON.stringify({ channel: of.channel })],
      ],
    );
    return true;
  });
}
