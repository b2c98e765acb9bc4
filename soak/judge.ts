/** The referee's verdict: what the providers took against what the books say, row by row. */
import type { SendingPlace } from "@chorus/cli/sending-place";
import { eachWireEntry } from "@chorus/sandbox/wire-log";
import type { Left } from "./leave.ts";
import type { Fault } from "./strike.ts";

export type Verdict = {
  readonly planned: number;
  readonly accepted: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly inDoubt: number;
  /** Doubts that could come to be: what faults and stand-ins had under way. */
  readonly inDoubtAtMost: number;
  readonly unexplained: number;
  readonly skipped: number;
  readonly tooLate: number;
  /** A few of those that were lost or came twice. */
  readonly messages: readonly string[];
};

/** News of an opt-out has to be everywhere by then. */
const heardWithinMs = 1_000;
const namedAtMost = 20;

/** What a worker hears of its providers, or tells the ledger of it, may be lost in this. */
const takesAnswers = (kind: Fault["kind"]): boolean => /^worker|^mail line cut|^database|^postgres/.test(kind);

export async function judge(of: {
  place: SendingPlace;
  faults: readonly Fault[];
  left: readonly Left[];
}): Promise<Verdict> {
  const { db } = of.place;
  const { differences } = await of.place.compareBooks();
  const twice = differences.filter(({ what }) => what === "received_twice");
  const missed = differences.filter(({ what }) => what !== "received_twice");
  const { rows } = await db.sql.query<
    Pick<Verdict, "planned" | "accepted" | "inDoubt" | "skipped" | "unexplained"> & { open: number }
  >(
    `select count(*)::int as planned, count(*) filter (where m.state = 3)::int as accepted,
            count(*) filter (where m.state in (8, 9))::int as "inDoubt", count(*) filter (where m.state = 4)::int as skipped,
            count(*) filter (where m.state < 3)::int as open,
            count(*) filter (where m.state in (8, 9) and (d.worker_id is null or d.detail = ''))::int as unexplained
       from message m left join doubt d on d.run_id = m.run_id and d.message_id = m.id and d.attempt = m.attempt`,
  );
  const books = rows[0];
  if (!books) throw new Error("The ledger counts nothing.");
  const leftAt = new Map(of.left.map(({ address, at }) => [address, at]));
  const seen = { tooLate: 0, unanswered: 0 };
  for await (const { event, to, at, fault } of eachWireEntry(of.place.sandbox.folder)) {
    if (event !== "accepted") continue;
    if (fault === "accept_then_hang_up") seen.unanswered++;
    if (Date.parse(at) > (leftAt.get(to) ?? Number.POSITIVE_INFINITY) + heardWithinMs) seen.tooLate++;
  }
  const underWay = of.faults
    .filter(({ kind }) => takesAnswers(kind))
    .reduce((sum, { inFlight, justAnswered }) => sum + inFlight + justAnswered, 0);
  return {
    ...books,
    lost: missed.length + books.open,
    duplicated: twice.length,
    inDoubtAtMost: underWay + seen.unanswered,
    tooLate: seen.tooLate,
    messages: [...twice, ...missed]
      .slice(0, namedAtMost)
      .map(({ messageId, what, state }) => `${messageId} ${what} (${state})`),
  };
}

/** In words; none: every promise was kept. */
export function brokenPromises(of: Verdict & { breaches: number }): string[] {
  const broken = {
    lost: of.lost,
    "sent twice": of.duplicated,
    "in doubt without a fault to blame": Math.max(0, of.inDoubt - of.inDoubtAtMost),
    "in doubt without a worker or a reason": of.unexplained,
    "sent later than a second after the reader left": of.tooLate,
    "samples in which the ledger broke its own laws": of.breaches,
  };
  return Object.entries(broken).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
}
