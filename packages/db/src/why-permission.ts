/** Why a message might go, on this channel and at this time: what was agreed to, how much had come before, and the other channels. */
import { messageClasses, messageStates } from "@chorus/core/message";
import type { PermissionRules } from "@chorus/core/permission";
import type { Db } from "./open.ts";
import type { Frame } from "./why-frame.ts";

export type WhyPermission = {
  /** What the run asked of the channel; null for a public post. */
  readonly rules: PermissionRules | null;
  /** The line of the consent ledger that counted; null where none was needed or there was none. */
  readonly consent: { readonly state: string; readonly at: Date; readonly source: string } | "erased" | null;
  /** When it was taken back on this channel after the message had been decided. */
  readonly withdrawnAt: Date | null;
  /** Marketing that had gone to them on this channel within the cap's days. */
  readonly cap: { readonly count: number; readonly days: number; readonly sentBefore: number } | null;
  /** Of the same run, to the same reader. */
  readonly channels: readonly { readonly channel: string; readonly state: string; readonly reason: string | null }[];
};

export async function whyPermission(db: Db, frame: Frame): Promise<WhyPermission> {
  const { message, plan } = frame;
  const isMarketing = message.class === "marketing";
  const rules = isMarketing ? (plan.rules[message.channel] ?? null) : null;
  const [consents, cap, channels] = await Promise.all([
    rules?.needsConsent ? consentsAround(db, frame) : { consent: null, withdrawnAt: null },
    rules?.cap ? sentBefore(db, frame, rules.cap) : null,
    frame.campaignId === null ? [] : channelsOf(db, frame),
  ]);
  return { rules, ...consents, cap, channels };
}

type ConsentLine = { state: string; at: Date; source: string; isBefore: boolean };

/** The ledger is append-only: what stood in it then still does, as long as its contact does. */
async function consentsAround(db: Db, frame: Frame): Promise<Pick<WhyPermission, "consent" | "withdrawnAt">> {
  if (frame.isErased) return { consent: "erased", withdrawnAt: null };
  const { rows } = await db.sql.query<ConsentLine>(
    `select state, at, coalesce(evidence ->> 'source', '') as source, at <= $3 as "isBefore" from consent_event
      where contact_id = $1 and channel_no = $2 and purpose = 'marketing' order by id`,
    [frame.message.contactId, db.channels.noOf(frame.message.channel), frame.lookedAt],
  );
  const counted = rows.filter((row) => row.isBefore).at(-1);
  return {
    consent: counted ? { state: counted.state, at: counted.at, source: counted.source } : null,
    withdrawnAt: rows.find((row) => !row.isBefore && row.state === "withdrawn")?.at ?? null,
  };
}

async function sentBefore(
  db: Db,
  { message, lookedAt }: Frame,
  { count, days }: { count: number; days: number },
): Promise<WhyPermission["cap"]> {
  const { rows } = await db.sql.query<{ sent: string }>(
    `select count(*) as sent from message m
      where m.contact_id = $1 and m.channel_no = $2 and m.class = $3 and m.id <> $4
        and m.state in (${messageStates.accepted}, ${messageStates.in_doubt}, ${messageStates.in_doubt_final})
        and m.permitted_at < $5 and m.permitted_at > $5::timestamptz - make_interval(days => $6)`,
    [message.contactId, db.channels.noOf(message.channel), messageClasses[message.class], message.id, lookedAt, days],
  );
  return { count, days, sentBefore: Number(rows[0]?.sent ?? 0) };
}

const stateNames = new Map(Object.entries(messageStates).map(([name, no]) => [no as number, name]));

async function channelsOf(db: Db, { message }: Frame): Promise<WhyPermission["channels"]> {
  if (message.contactId === null) return [];
  const { rows } = await db.sql.query<{ channelNo: number; state: number; reason: string | null }>(
    `select channel_no as "channelNo", state, reason from message where run_id = $1 and contact_id = $2 order by channel_no`,
    [message.runId, message.contactId],
  );
  return rows.map(({ channelNo, state, reason }) => ({
    channel: db.channels.idOf(channelNo),
    state: stateNames.get(state) ?? "waiting",
    reason,
  }));
}
