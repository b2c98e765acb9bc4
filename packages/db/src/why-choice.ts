/** Why this variant and no other of the segment: the angle was drawn by a hash of run and reader, which can be drawn again. */
import type { Angle, AngleName, ToneName } from "@chorus/core/angle";
import { angleSql, drawnSql } from "./angle-sql.ts";
import type { Db } from "./open.ts";
import type { Frame } from "./why-frame.ts";

export type WhyChoice = {
  readonly angle: AngleName;
  readonly tone: ToneName;
  /** All that could have been drawn. */
  readonly angles: readonly Angle[];
  /** Of this angle, before anything was drawn. */
  readonly probability: number;
  /** The number that run and reader have, below the sum of the shares; null: there was nothing to choose. */
  readonly drawn: { readonly number: number; readonly of: number } | null;
  /** Drawn again now, it is the same. */
  readonly isSame: boolean;
};

/** Null for a single send, whose sender chose, and for what had no variant. */
export async function whyChoice(db: Db, { message, plan, campaignId }: Frame): Promise<WhyChoice | null> {
  const variant = plan.variants.find((each) => each.id === message.variantId);
  const reader = message.contactId ?? message.destinationId;
  if (campaignId === null || !variant || reader === null) return null;
  const { angles } = plan;
  const total = angles.reduce((sum, { share }) => sum + share, 0);
  const place = angles.findIndex(({ angle, tone }) => angle === variant.angle && tone === variant.tone);
  const of = { run: "$1::bigint", reader: "$2::bigint" };
  const { rows } = await db.sql.query<{ place: number; number: number }>(
    `select ${angleSql(angles, of)} as place, (${drawnSql(total, of)})::integer as number`,
    [message.runId, reader],
  );
  return {
    ...{ angle: variant.angle, tone: variant.tone, angles },
    probability: (angles[place]?.share ?? 0) / total,
    drawn: angles.length > 1 && rows[0] ? { number: rows[0].number, of: total } : null,
    isSame: rows[0]?.place === place,
  };
}
