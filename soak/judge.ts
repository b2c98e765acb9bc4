/** The referee's verdict: what the providers took against what the books say, row by row. */
import type { SendingPlace } from "@chorus/cli/sending-place";
import { type Delivery, deliveryRank } from "@chorus/core/event";
import { openIdSeal } from "@chorus/core/id";
import { eachWireEntry, type WireEntry } from "@chorus/sandbox/wire-log";
import type { Departure } from "./departures.ts";
import type { Left } from "./leave.ts";
import { type Rate, type RateLimit, worstSeconds } from "./rates.ts";
import type { Fault } from "./strike.ts";

export type Verdict = {
  readonly planned: number;
  readonly accepted: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly inDoubt: number;
  /** Doubts that could come to be: what faults and stand-ins had under way. */
  readonly inDoubtAtMost: number;
  /** Doubts that are left with a provider that can be asked, which are to be none. */
  readonly unasked: number;
  readonly unexplained: number;
  readonly skipped: number;
  readonly tooLate: number;
  /** Answered with a 202, and neither sent nor in doubt. */
  readonly unkept: number;
  /** Whose delivery the ledger tells otherwise than the provider last did. */
  readonly misreported: number;
  /** Reports that were forged, and taken for true. */
  readonly believed: number;
  /** Accepted under a limit, though nobody saw so many leave. */
  readonly unnoted: number;
  /** The most that left for each limited key within a second. */
  readonly rates: readonly Rate[];
  /** A few of those that were lost or came twice. */
  readonly messages: readonly string[];
};

/** News of an opt-out has to be everywhere by then. */
const heardWithinMs = 1_000;
const namedAtMost = 20;

/** What a worker hears of its providers, or tells the ledger of it, may be lost in this. */
const takesAnswers = (kind: Fault["kind"]): boolean => /^worker|^mail line cut|^database|^postgres/.test(kind);

export type Evidence = {
  readonly place: SendingPlace;
  readonly faults: readonly Fault[];
  readonly left: readonly Left[];
  /** Ids that were answered with a 202. */
  readonly promised: readonly string[];
  readonly forged: { readonly believed: number };
  readonly limits: readonly RateLimit[];
  readonly departures: readonly Departure[];
};

export async function judge(of: Evidence): Promise<Verdict> {
  const { db } = of.place;
  const { differences } = await of.place.compareBooks();
  const twice = differences.filter(({ what }) => what === "received_twice");
  const missed = differences.filter(({ what }) => what !== "received_twice");
  const { rows } = await db.sql.query<
    Pick<Verdict, "planned" | "accepted" | "inDoubt" | "skipped" | "unexplained" | "unasked"> & { open: number }
  >(
    `select count(*)::int as planned, count(*) filter (where m.state = 3)::int as accepted,
            count(*) filter (where m.state in (8, 9))::int as "inDoubt", count(*) filter (where m.state = 4)::int as skipped,
            count(*) filter (where m.state < 3)::int as open,
            count(*) filter (where m.state in (8, 9) and m.channel_no <> $1)::int as unasked,
            count(*) filter (where m.state in (8, 9) and (d.worker_id is null or d.detail = ''))::int as unexplained
       from message m left join doubt d on d.run_id = m.run_id and d.message_id = m.id and d.attempt = m.attempt`,
    [db.channels.noOf("email")],
  );
  const books = rows[0];
  if (!books) throw new Error("The ledger counts nothing.");
  const leftAt = new Map(of.left.map(({ address, at }) => [address, at]));
  const seen = { tooLate: 0, unanswered: 0, limited: 0 };
  const reported = new Map<string, Delivery>();
  for await (const entry of eachWireEntry(of.place.sandbox.folder)) {
    const { event, to, at, fault, channel } = entry;
    if (event === "callback") hear(reported, entry);
    if (event !== "accepted") continue;
    if (of.limits.some((limit) => limit.channel === channel)) seen.limited++;
    if (fault === "accept_then_hang_up") seen.unanswered++;
    if (Date.parse(at) > (leftAt.get(to) ?? Number.POSITIVE_INFINITY) + heardWithinMs) seen.tooLate++;
  }
  const kept = await whatIsKept(of.place, reported);
  const underWay = of.faults
    .filter(({ kind }) => takesAnswers(kind))
    .reduce((sum, { inFlight, justAnswered }) => sum + inFlight + justAnswered, 0);
  return {
    ...books,
    lost: missed.length + books.open,
    duplicated: twice.length,
    inDoubtAtMost: underWay + seen.unanswered,
    tooLate: seen.tooLate,
    unkept: of.promised.filter((id) => !kept.ids.has(id)).length,
    misreported: kept.misreported,
    believed: of.forged.believed,
    unnoted: Math.max(0, seen.limited - of.departures.length),
    rates: worstSeconds(of.limits, of.departures),
    messages: [...twice, ...missed]
      .slice(0, namedAtMost)
      .map(({ messageId, what, state }) => `${messageId} ${what} (${state})`),
  };
}

/** A report's code is "delivered → 200", or "undelivered 30005 → 200". */
function hear(reported: Map<string, Delivery>, { messageId, code = "" }: WireEntry): void {
  const told = code.split(" ")[0] as Delivery;
  const known = messageId && reported.get(messageId);
  if (messageId && (!known || deliveryRank(told) > deliveryRank(known))) reported.set(messageId, told);
}

async function whatIsKept({ db, installationKey }: SendingPlace, reported: ReadonlyMap<string, Delivery>) {
  const seal = openIdSeal(installationKey);
  const ids = new Set<string>();
  let misreported = 0;
  const { rows } = await db.sql.query<{ runId: string; messageId: string; delivery: string; isText: boolean }>(
    `select run_id as "runId", id as "messageId", coalesce(delivery, 'none') as delivery, channel_no = $1 as "isText"
       from message where state not in (0, 1, 2, 4) and channel_no <> $2`,
    [db.channels.noOf("sms"), db.channels.noOf("email")],
  );
  for (const { isText, delivery, ...ref } of rows) {
    const id = seal.sealMessage(ref);
    ids.add(id);
    if (isText && (reported.get(id) ?? "none") !== delivery) misreported++;
  }
  return { ids, misreported };
}

/** In words; none: every promise was kept. */
export function brokenPromises(of: Verdict & { breaches: number }): string[] {
  const broken = {
    lost: of.lost,
    "sent twice": of.duplicated,
    "in doubt without a fault to blame": Math.max(0, of.inDoubt - of.inDoubtAtMost),
    "in doubt at a provider that can be asked": of.unasked,
    "in doubt without a worker or a reason": of.unexplained,
    "answered with a 202 and not kept": of.unkept,
    "whose delivery is told otherwise than the provider did": of.misreported,
    "under a limit that nobody saw leave": of.unnoted,
    "forged reports believed": of.believed,
    "sent later than a second after the reader left": of.tooLate,
    "samples in which the ledger broke its own laws": of.breaches,
  };
  return [
    ...Object.entries(broken).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : [])),
    ...of.rates.filter(({ perSecond, worst }) => worst > perSecond).map(beyondLimit),
  ];
}

function beyondLimit({ channel, perSecond, worst, window }: Rate): string {
  const last = window.slice(-2).map(({ to, at }) => `${to} at ${new Date(at).toISOString().slice(11, 23)}`);
  return `${worst} left for ${channel} within a second, of at most ${perSecond}: the last to ${last.join(", and ")}`;
}
