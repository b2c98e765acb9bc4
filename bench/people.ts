/** Made-up contacts, each with a name, an address and a number of its own; of equal length, so that messages are too. */

const letters = "abcdefghijklmnopqrstuvwxyz";
/** Area codes of real places; the numbers behind them are made up, and no bench can reach beyond this machine. */
const areas = ["212", "415", "312", "617", "206", "303", "404", "602", "713", "215", "305", "503", "702", "816"];
const exchanges = [234, 235, 236, 237, 238, 239, 243, 244, 245, 246, 247, 248, 249, 253, 254, 256, 257, 258, 259, 263];
const numbersInExchange = 10_000;
const rowsInPiece = 500;

/** Seven letters that stand in no other word of a message. */
export function firstName(n: number): string {
  let name = "";
  for (let rest = n, place = 0; place < 6; place++, rest = Math.floor(rest / letters.length))
    name = (letters[rest % letters.length] ?? "") + name;
  return `Q${name}`;
}

export const emailOf = (n: number): string => `c${String(n).padStart(7, "0")}@example.com`;

export function phoneOf(n: number): string {
  const exchange = Math.floor(n / numbersInExchange);
  const area = areas[Math.floor(exchange / exchanges.length) % areas.length];
  return `+1${area}${exchanges[exchange % exchanges.length]}${String(n % numbersInExchange).padStart(4, "0")}`;
}

const tiers = ["none", "none", "none", "bronze", "bronze", "silver", "gold"];
const row = (n: number, consent: string) =>
  `k${n},${firstName(n)},${emailOf(n)},${phoneOf(n)},${consent},${consent},en,${tiers[n % tiers.length]}\n`;

export const contactColumns = "external_id,first_name,email,phone,consent_email,consent_sms,locale,tier";

/** As CSV, a few hundred rows a piece. Every so manieth has not agreed to anything; nobody without a number. */
export async function* contactRows(count: number, declines = Number.POSITIVE_INFINITY): AsyncGenerator<string> {
  yield `${contactColumns}\n`;
  for (let from = 0; from < count; from += rowsInPiece) {
    const numbers = Array.from({ length: Math.min(rowsInPiece, count - from) }, (_, at) => from + at);
    yield numbers.map((n) => row(n, (n + 1) % declines === 0 ? "no" : "yes")).join("");
  }
}
