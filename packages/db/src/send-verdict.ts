/** May these contacts get these single sends? The same SQL as a campaign's preflight, once for each channel and class. */
import { usualAngles } from "@chorus/core/angle";
import type { Id } from "@chorus/core/id";
import { permissionRules } from "@chorus/core/permission";
import type { Plan } from "@chorus/core/plan";
import type pg from "pg";
import type { NewSend, Sending } from "./new-send.ts";
import type { Db } from "./open.ts";
import { openParams } from "./segment-sql.ts";
import { compileVerdict } from "./verdict-sql.ts";

export type Judged = {
  readonly addressHash: Buffer | null;
  /** Why it is skipped; null when it may go. */
  readonly reason: string | null;
  readonly hold: string | null;
  readonly notBefore: Date | null;
};

/** In the order of the sends. What goes to no contact is judged by its permit alone. */
export async function judgeSends(db: Db, sql: pg.PoolClient, of: Sending): Promise<Judged[]> {
  const groupOf = (send: NewSend) => `${send.channel} ${send.class}`;
  const toContacts = of.sends.filter((send) => send.contactId !== null);
  const verdicts = new Map<string, Judged>();
  for (const group of new Set(toContacts.map(groupOf))) {
    const sends = toContacts.filter((send) => groupOf(send) === group);
    for (const { contactId, ...judged } of await judgeGroup(db, sql, { of, sends }))
      verdicts.set(`${group} ${contactId}`, judged);
  }
  return of.sends.map((send) => verdicts.get(`${groupOf(send)} ${send.contactId}`) ?? unjudged);
}

const unjudged: Judged = { addressHash: null, reason: null, hold: null, notBefore: null };

async function judgeGroup(
  db: Db,
  sql: pg.PoolClient,
  { of, sends }: { of: Sending; sends: readonly NewSend[] },
): Promise<(Judged & { contactId: Id })[]> {
  const channel = of.channels.find((each) => each.id === sends[0]?.channel);
  if (!channel || !sends[0]) return [];
  const plan: Plan = {
    workspaceId: of.workspace.id,
    audience: { is: "everyone" },
    segments: [],
    rules: { [channel.id]: permissionRules(channel.traits, { class: sends[0].class, ...of.workspace }) },
    publicChannels: [],
    locales: ["und"],
    angles: usualAngles,
    variants: [],
  };
  const params = openParams();
  const ids = sends.map((send) => send.contactId);
  const verdict = compileVerdict(plan, db.channels, { params, contacts: `c.id = any(${params.add(ids, "bigint[]")})` });
  const { rows } = await sql.query<Judged & { contactId: Id }>(
    `with ${verdict}
     select contact_id as "contactId", address_hash as "addressHash", reason, hold, not_before as "notBefore" from judged`,
    params.values,
  );
  return rows;
}
