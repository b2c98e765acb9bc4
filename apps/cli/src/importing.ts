/** Brings the shop in through the API, as any shop would: three CSV files, and what must not be written to. */

import { type ImportBody, importBody } from "@chorus/core/wire-import";
import { type newSuppression, suppressionList } from "@chorus/core/wire-suppression";
import type { z } from "zod";
import type { Client } from "./client.ts";
import type { Meters } from "./progress.ts";
import type { Shop } from "./shop.ts";
import { count } from "./table.ts";

export type Imported = Readonly<Record<ImportBody["kind"], ImportBody>>;

export async function importShop(client: Client, shop: Shop, meters: Meters): Promise<Imported> {
  const files = [
    { kind: "products", pieces: shop.productsCsv(), rows: shop.productCount },
    { kind: "contacts", pieces: shop.contactsCsv(), rows: shop.shoppers.length },
    { kind: "activity", pieces: shop.activityCsv(), rows: shop.activityCount },
  ] as const;
  const bars = files.map(({ kind, rows }) => meters.add({ label: kind, total: rows }));
  const done: ImportBody[] = [];
  for (const [place, { kind, pieces, rows }] of files.entries()) {
    const bar = bars[place];
    const counted = countingRows(pieces, (sent) => bar?.set(Math.min(sent, rows)));
    const taken = await client.upload(`/v1/imports/${kind}`, counted, { answer: importBody });
    bar?.set(taken.rows, taken.rejected > 0 ? `${count(taken.rejected)} rejected` : "");
    if (taken.accepted !== rows)
      throw new Error(`Of ${rows} ${kind} ${taken.accepted} were accepted: ${JSON.stringify(taken.notes)}`);
    done.push(taken);
  }
  const [products, contacts, activity] = done as [ImportBody, ImportBody, ImportBody];
  return { products, contacts, activity };
}

/** Sent one by one, as complaints and wishes come in. */
export async function suppressSome(client: Client, shop: Shop): Promise<number> {
  const all = shop.shoppers.flatMap(({ suppressed, email, phone }) =>
    suppressed.map(({ channel, reason }): z.input<typeof newSuppression> => {
      const address = channel === "email" ? email : phone;
      return { channel, address: address ?? "", reason };
    }),
  );
  for (const each of all) await client.post("/v1/suppressions", each, suppressionList);
  return all.length;
}

/** Counts the lines that went by, without the header. */
async function* countingRows(pieces: AsyncIterable<string>, sent: (rows: number) => void): AsyncGenerator<string> {
  let rows = -1;
  for await (const piece of pieces) {
    yield piece;
    for (let at = piece.indexOf("\n"); at >= 0; at = piece.indexOf("\n", at + 1)) rows += 1;
    sent(Math.max(0, rows));
  }
}
