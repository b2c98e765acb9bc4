/** People who unsubscribe while the run goes out, by the very link that their mail carries, and before they have it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { SendingPlace } from "@chorus/cli/sending-place";
import { openLinkTokens, unsubscribeLink } from "@chorus/core/link-token";

export type Left = { readonly address: string; readonly at: number };

/** One now and then, until told that it is over. */
export async function letPeopleLeave(of: {
  place: SendingPlace;
  runId: string;
  isOver: () => boolean;
}): Promise<Left[]> {
  const { db, apiUrl, installationKey } = of.place;
  const tokens = openLinkTokens(installationKey);
  const left: Left[] = [];
  for (; !of.isOver(); await sleep(250)) {
    const waiting = await db.sql
      .query<{ messageId: string; runId: string; address: string }>(
        `select m.id as "messageId", m.run_id as "runId", a.value as address
           from (select run_id, message_id from due where run_id = $1 and channel_no = $2 and state = 0
                  order by message_id desc limit 1) d
           join message m on m.run_id = d.run_id and m.id = d.message_id
           join address a on a.contact_id = m.contact_id and a.channel_no = m.channel_no`,
        [of.runId, db.channels.noOf("email")],
      )
      .catch(() => null); // the database is away
    const one = waiting?.rows[0];
    if (!one) continue;
    const url = new URL(`/u/${tokens.write({ ...one, link: unsubscribeLink })}`, apiUrl);
    const answer = await fetch(url, { method: "POST", body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }) });
    await answer.arrayBuffer();
    if (answer.ok) left.push({ address: one.address, at: Date.now() });
  }
  return left;
}
