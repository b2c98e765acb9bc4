/** Why a message's reader was in its segment: the frozen rules, asked again of the reader as they were when it was planned. */
import type { Contact } from "@chorus/core/contact";
import type { Id } from "@chorus/core/id";
import { leavesOf, nameOf, ruleText, shownValue, valuesIn } from "@chorus/core/rule-text";
import { type ActivityRow, type Leaf, matches, type Rule, valueSeenBy } from "@chorus/core/segment";
import type { Db } from "./open.ts";
import type { Frame, Unknown } from "./why-frame.ts";

export type WhySegment = {
  /** Null: everyone else's copy. */
  readonly id: Id | null;
  readonly version: number | null;
  readonly rule: Rule | null;
  readonly ruleText: string | null;
  /** It may have been renamed since. */
  readonly nameNow: string | null;
  readonly audience: string;
  /** "of_variant": a public post, which has no reader to match. */
  readonly because: "first_match" | "matched_none" | "declined_profiling" | "of_variant" | Unknown;
  /** Segments that were asked first and did not match, in their order. */
  readonly passedOver: readonly { readonly id: Id; readonly version: number }[];
  readonly values: readonly WhyValue[] | Unknown;
};

/** "stated": somebody told it of them. "observed": counted from what they did. Nothing is inferred. */
export type WhyValue = {
  readonly name: string;
  readonly condition: string;
  readonly value: string | number | boolean | null;
  readonly basis: "stated" | "observed";
};

/** Null for a single send, which is in no segment. */
export async function whySegment(db: Db, frame: Frame): Promise<WhySegment | null> {
  const { message, plan } = frame;
  if (frame.campaignId === null) return null;
  const place = plan.segments.findIndex((segment) => segment.id === message.segmentId);
  const segment = plan.segments[place];
  const common = {
    ...{ id: message.segmentId, version: segment?.version ?? null, rule: segment?.rule ?? null },
    ruleText: segment ? ruleText(segment.rule) : null,
    nameNow: message.segmentId && (await nameOfSegment(db, message.segmentId)),
    audience: ruleText(plan.audience),
  };
  if (message.contactId === null) return { ...common, because: "of_variant", passedOver: [], values: [] };
  const passedOver = (segment ? plan.segments.slice(0, place) : plan.segments).map(({ id, version }) => ({
    id,
    version,
  }));
  const reader = frame.isErased ? "erased" : (frame.planned ?? "erased");
  if (typeof reader === "string") return { ...common, because: reader, passedOver, values: reader };
  const replayed = await replay(db, frame, reader);
  if (replayed === "since_changed") return { ...common, because: replayed, passedOver, values: replayed };
  const because = segment ? "first_match" : reader.profiling ? "matched_none" : "declined_profiling";
  return { ...common, because, passedOver: because === "declined_profiling" ? [] : passedOver, values: replayed };
}

/** The leaves that decided, with the values they saw; the message's own segment must come out, or something is not as it was. */
async function replay(db: Db, frame: Frame, reader: Contact): Promise<readonly WhyValue[] | "since_changed"> {
  const { plan, message } = frame;
  const asked = reader.profiling ? plan.segments : [];
  const leaves = [plan.audience, ...asked.map((segment) => segment.rule)].flatMap(leavesOf);
  const activity = leaves.some((leaf) => leaf.is === "activity") ? await activityThen(db, frame) : [];
  if (activity === "since_changed") return activity;
  const at = message.createdAt;
  const holds = (rule: Rule) => matches(rule, reader, activity, at);
  const first = asked.find((segment) => holds(segment.rule));
  if (!holds(plan.audience) || (first?.id ?? null) !== message.segmentId) return "since_changed";
  const decided = [plan.audience, ...(first ? [first.rule] : asked.map((segment) => segment.rule))].flatMap(leavesOf);
  return decided.map((leaf) => valueSeen(leaf, valueSeenBy(leaf, reader, activity, at)));
}

function valueSeen(leaf: Leaf, value: string | number | boolean | null): WhyValue {
  const name = nameOf(leaf);
  const basis = leaf.is === "field" ? "stated" : "observed";
  return { name, condition: ruleText(leaf), value: shownValue({ name, value }, valuesIn(leaf)), basis };
}

/** What the reader had done by then. Where something older came in after the launch, nobody can say whether it was counted. */
async function activityThen(db: Db, { message, highActivity }: Frame): Promise<ActivityRow[] | "since_changed"> {
  if (highActivity === null) return "since_changed";
  const { rows } = await db.sql.query<ActivityRow & { isLate: boolean }>(
    `select kind, at, order_ref as "orderRef", quantity, amount_micros::float8 as "amountMicros", category, id > $3 as "isLate"
       from activity where contact_id = $1 and at <= $2`,
    [message.contactId, message.createdAt, highActivity],
  );
  return rows.some((row) => row.isLate) ? "since_changed" : rows;
}

async function nameOfSegment(db: Db, id: Id): Promise<string | null> {
  const { rows } = await db.sql.query<{ name: string }>("select name from segment where id = $1", [id]);
  return rows[0]?.name ?? null;
}
