/**
 * The demo's shop: every purchase of a real gift shop in 2010 and 2011 (data/README.md says whose), shifted in time so
 * that the last purchase was yesterday, and written as the CSV files that anybody would import.
 */
import { createReadStream } from "node:fs";
import { fileURLToPath } from "node:url";
import { createGunzip } from "node:zlib";
import { categoryOf, isGoods, readableName } from "./keywords.ts";
import { makeShopper, type Shopper } from "./shoppers.ts";

export type Shop = {
  readonly shoppers: readonly Shopper[];
  readonly productCount: number;
  readonly activityCount: number;
  /** CSV with a header, in pieces of some ten kilobytes. */
  productsCsv(): AsyncGenerator<string>;
  contactsCsv(): AsyncGenerator<string>;
  activityCsv(): AsyncGenerator<string>;
};

export const shopUrl = "https://shop.example";
export const shopCurrency = "GBP";

const dataFolder = fileURLToPath(new URL("../../../data/online-retail/", import.meta.url));
const dayMs = 86_400_000;
const pieceLength = 64 * 1024;
const linesPerPiece = 500;

/** Reads what there is to know beforehand; the purchases are read again, piece by piece, when they are written out. */
export async function openShop(of: { limit?: number | undefined; now: Date }): Promise<Shop> {
  const customers = (await allRows("customers")).slice(0, of.limit);
  const shoppers = customers.map(([id = "", country = ""], place) => makeShopper({ id, country }, place));
  const wanted = new Set(shoppers.map((shopper) => shopper.externalId));
  const products = await allRows("products");
  const { count, lastAt } = await surveyPurchases(wanted);
  const shiftMs = shiftToYesterday(lastAt, of.now);
  return {
    shoppers,
    productCount: products.length,
    activityCount: count,
    productsCsv: () => productsCsv(products),
    contactsCsv: () => contactsCsv(shoppers),
    activityCsv: () => activityCsv(wanted, shiftMs),
  };
}

/** How many purchases the wanted customers made, and when the last one of all was. */
async function surveyPurchases(wanted: ReadonlySet<string>): Promise<{ count: number; lastAt: Date }> {
  let count = 0;
  let lastAt = "";
  for await (const lines of linesOf("purchases"))
    for (const line of lines) {
      const [customer = "", , at = ""] = line.split(",", 3);
      if (at > lastAt) lastAt = at;
      if (wanted.has(customer)) count += 1;
    }
  return { count, lastAt: new Date(lastAt) };
}

/** Whole days, so that every purchase keeps its time of day. */
export function shiftToYesterday(lastAt: Date, now: Date): number {
  const day = (at: Date) => Math.floor(at.getTime() / dayMs);
  return (day(now) - 1 - day(lastAt)) * dayMs;
}

async function* productsCsv(products: readonly Cells[]): AsyncGenerator<string> {
  yield "sku,name,price,currency,category,url,image_url,available\n";
  const lines = products.map(([sku = "", name = "", price = ""]) => {
    const isSold = isGoods(sku) && Number(price) > 0;
    const category = isGoods(sku) ? categoryOf(name) : "Charges";
    const url = `${shopUrl}/p/${encodeURIComponent(sku)}`;
    return csvLine([sku, readableName(name), price, shopCurrency, category, url, "", isSold ? "yes" : "no"]);
  });
  yield* inPieces(lines);
}

async function* contactsCsv(shoppers: readonly Shopper[]): AsyncGenerator<string> {
  yield "external_id,first_name,email,phone,locale,country,consent_email,consent_sms,consent_source,profiling\n";
  const lines = shoppers.map(({ externalId, firstName, email, phone, locale, country, consent, profiling }) => {
    const contact = [externalId, firstName, email ?? "", phone ?? "", locale, country];
    return csvLine([...contact, consent.email, consent.sms, "checkout of the shop", profiling ? "yes" : "no"]);
  });
  yield* inPieces(lines);
}

/** An event is known by its order and its place in the file. No cell of this file needs quotes. */
async function* activityCsv(wanted: ReadonlySet<string>, shiftMs: number): AsyncGenerator<string> {
  yield "event_id,external_id,kind,at,sku,order_ref,quantity,amount\n";
  const shifted = rememberingLast((at: string) => new Date(Date.parse(at) + shiftMs).toISOString());
  let place = 0;
  for await (const lines of linesOf("purchases")) {
    let piece = "";
    for (const line of lines) {
      place += 1;
      const [customer = "", order = "", at = "", sku = "", pieces = "", price = ""] = line.split(",");
      if (!wanted.has(customer)) continue;
      const kind = pieces.startsWith("-") ? "return" : "purchase";
      const amount = (Number(pieces) * Number(price)).toFixed(2); // below 0 for what came back, as is the quantity
      piece += `${order}-${place},${customer},${kind},${shifted(at)},${sku},${order},${pieces},${amount}\n`;
    }
    if (piece) yield piece;
  }
}

/** All lines of an order share their moment, and writing one out is the dearest part of a line. */
function rememberingLast(make: (from: string) => string): (from: string) => string {
  let last = { from: "", made: "" };
  return (from) => {
    if (from !== last.from) last = { from, made: make(from) };
    return last.made;
  };
}

/** Thousands of lines at a time: a stream that wakes up for every line is slow. */
function* inPieces(lines: readonly string[]): Generator<string> {
  for (let from = 0; from < lines.length; from += linesPerPiece) yield lines.slice(from, from + linesPerPiece).join("");
}

const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(",")}\n`;
const csvCell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

type Cells = readonly string[];
type Table = "customers" | "products" | "purchases";

async function allRows(table: Table): Promise<Cells[]> {
  const all: Cells[] = [];
  for await (const lines of linesOf(table)) for (const line of lines) all.push(cellsOf(line));
  return all;
}

/** The lines of a data file without its header, some hundreds at a time. */
async function* linesOf(table: Table): AsyncGenerator<string[]> {
  const file = createReadStream(`${dataFolder}${table}.csv.gz`);
  const bytes = createGunzip({ chunkSize: pieceLength });
  file.once("error", (error) => bytes.destroy(error));
  let rest = "";
  let isFirst = true;
  for await (const chunk of file.pipe(bytes).setEncoding("utf8")) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    yield isFirst ? lines.slice(1) : lines;
    isFirst = false;
  }
  if (rest) yield [rest];
}

/** No cell of these files holds a line break. */
export function cellsOf(line: string): Cells {
  if (!line.includes('"')) return line.split(",");
  const cells = line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return [...cells].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "");
}
