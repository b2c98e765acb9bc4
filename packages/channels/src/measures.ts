/** Lengths against a channel's limits: as problems for whoever writes, as measures for whoever approves. */
import type { Limit, Preview } from "@chorus/core/channel";
import { type Counted, countText } from "@chorus/core/measure";
import type { Problem } from "@chorus/core/problem";

export type Measure = Preview["measures"][number];

const units: Record<Counted, string> = {
  sms_parts: "parts",
  utf16: "characters",
  graphemes: "characters",
  bytes: "bytes",
  columns: "columns",
};

export function measure(limit: Limit, text: string): Measure {
  const used = countText(text, limit.counted);
  const note = limit.aim !== undefined && used > limit.aim ? `reads best up to ${limit.aim}` : undefined;
  return { field: limit.field, used, max: limit.max, counted: limit.counted, note };
}

/** `longest` with the longest value in every slot, `usual` with every slot's default. */
export type Lengths = { readonly longest: string; readonly usual: string };

/** Over the limit at its longest is refused; over the aim as it usually reads is a warning. */
export function lengthProblems(limit: Limit, { longest, usual }: Lengths, path: string): Problem[] {
  const unit = units[limit.counted];
  const most = countText(longest, limit.counted);
  if (most > limit.max) {
    const message = `At its longest this takes ${most} ${unit}; ${limit.max} are allowed. Shorten it by ${most - limit.max}.`;
    return [{ path, code: "field.too_long", message }];
  }
  const used = countText(usual, limit.counted);
  if (limit.aim === undefined || used <= limit.aim) return [];
  const message = `This takes ${used} ${unit}; it reads best up to ${limit.aim}.`;
  return [{ path, code: "field.long", message, severity: "warning" }];
}

/** The limits of one field. A channel's limits are few, so a search is quick enough. */
export const limitsOf = (limits: readonly Limit[], field: string): Limit[] =>
  limits.filter((limit) => limit.field === field);
