/** Activity in a file. */
import { readDecimal } from "@chorus/core/money";
import type { Checked } from "@chorus/core/problem";
import { bad, ok } from "@chorus/core/problem";
import { newActivity } from "@chorus/core/wire-activity";
import { type ActivityEntry, importActivity } from "@chorus/db/import-activity";
import { readActivity, unknownName } from "./activity-entry.ts";
import { type Cells, ignoredNote, readHeader } from "./csv-header.ts";
import type { Taker } from "./take-import.ts";
import { problemsOf } from "./validation.ts";

const required = ["event_id", "external_id", "kind", "at"];
const known = [...required, "sku", "order_ref", "quantity", "amount"];

export function activityRows(
  columns: readonly string[],
  of: { workspace: { id: string; currency: string }; now: Date },
): Checked<Taker<ActivityEntry>> {
  const header = readHeader({ columns, required, known });
  if (header.is === "bad") return header;
  const { currency } = of.workspace;
  return ok({
    kind: "activity",
    header: header.value,
    notes: ignoredNote(header.value, known),
    read: (cells) => {
      const amount = readDecimal(cells("amount") ?? "0");
      if (amount === null) return bad(notAnAmount(cells("amount")));
      const checked = newActivity.safeParse(givenActivity(cells, { micros: Number(amount), currency }), {
        reportInput: true,
      });
      if (!checked.success) return bad(...problemsOf(checked.error, newActivity));
      const read = readActivity(checked.data, { now: of.now, currency });
      return read.is === "bad" ? read : ok({ entry: read.value });
    },
    save: async (sql, entries) => {
      const { inserted, unknown } = await importActivity(sql, { workspaceId: of.workspace.id, entries });
      const rejects = unknown.map(({ index, is }) => ({ index, ...unknownName(is) }));
      return { rejects, notes: { "event.known": entries.length - unknown.length - inserted } };
    },
  });
}

/** A quantity that is no number stays as it is, so that the schema says what is wrong with it. */
const givenActivity = (cells: Cells, amount: { micros: number; currency: string }) => ({
  eventId: cells("event_id"),
  externalId: cells("external_id"),
  kind: cells("kind")?.toLowerCase(),
  at: cells("at"),
  sku: cells("sku"),
  orderRef: cells("order_ref"),
  quantity: /^-?\d{1,15}$/.test(cells("quantity") ?? "") ? Number(cells("quantity")) : cells("quantity"),
  amount,
});

const notAnAmount = (got: string | undefined) => ({
  path: "amount",
  code: "number.invalid",
  message: "Write the amount with a point and without a sign of currency, as in -12.50.",
  got: got?.slice(0, 80),
});
