/** Numbers as people write them, in English and Chinese words, figures, and both at once: `1.2万`, `seventy-five`, `七五`, `12k`. */

const small = [
  "zero",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
];
const teens = ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];
const tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const units = new Map<string, number>([
  ...[...small, ...teens].map((word, value): [string, number] => [word, value]),
  ...tens.map((word, at): [string, number] => [word, 20 + at * 10]),
  ["a", 1],
]);
const scales = new Map([
  ["dozen", 12],
  ["hundred", 100],
  ["thousand", 1_000],
  ["million", 1_000_000],
]);
const hanDigits = "零一二三四五六七八九";
const hanScales = new Map([
  ["十", 10],
  ["百", 100],
  ["千", 1_000],
  ["万", 10_000],
  ["亿", 100_000_000],
]);
/** The banker's forms, and what is said for two and for nought. */
const plainHan: Readonly<Record<string, string>> = {
  ...{ 〇: "零", 两: "二", 俩: "二", 壹: "一", 贰: "二", 叁: "三", 肆: "四", 伍: "五" },
  ...{ 陆: "六", 柒: "七", 捌: "八", 玖: "九", 拾: "十", 佰: "百", 仟: "千" },
};

const word = [...[...small, ...teens, ...tens].slice(1), ...scales.keys()].join("|");
/** Sources of patterns for a number; each is read by `readNumber`. */
export const englishNumber = `(?:(?:an?\\s(?=${[...scales.keys()].join("|")}))?(?<![\\p{L}-])(?:${word})(?:(?:[-\\s]|\\sand\\s)(?:${word}))*)(?![\\p{L}])`;
export const figure = "(?:\\d{1,3}(?:[, ]\\d{3})+(?:\\.\\d+)?|\\d+(?:\\.\\d+)?)(?:k(?![\\p{L}])|m(?![\\p{L}]))?";
export const hanNumber = "(?:(?:\\d+(?:\\.\\d+)?)?[零〇一二三四五六七八九十百千万亿两俩壹贰叁肆伍陆柒捌玖拾佰仟]+)";
export const anyNumber = `(?:${figure}[万亿千百]?|${hanNumber}|${englishNumber})`;

/** null: no number. */
export function readNumber(written: string): number | null {
  const text = written.trim().toLowerCase();
  const plain = /^(\d[\d, ]*(?:\.\d+)?)([km万亿千百])?$/.exec(text);
  if (plain) {
    const scale = { k: 1_000, m: 1_000_000 }[plain[2] ?? ""] ?? hanScales.get(plain[2] ?? "") ?? 1;
    return round(Number((plain[1] ?? "").replace(/[, ]/g, "")) * scale);
  }
  return /\p{Script=Han}/u.test(text) ? readHan(text) : readEnglish(text);
}

/** 1.2 times 10,000 is not quite 12,000 otherwise. */
const round = (value: number): number => Math.round(value * 1e6) / 1e6;

function readEnglish(text: string): number | null {
  let total = 0;
  let part = 0;
  for (const each of text.split(/[-\s]+/)) {
    const scale = scales.get(each);
    const unit = units.get(each);
    if (each === "and") continue;
    if (scale !== undefined) {
      part = (part || 1) * scale;
      if (scale >= 1_000) {
        total += part;
        part = 0;
      }
    } else if (unit !== undefined) part += unit;
    else return null;
  }
  return total + part;
}

function readHan(written: string): number | null {
  const text = [...written].map((each) => plainHan[each] ?? each).join("");
  if (/^[零一二三四五六七八九]+$/.test(text)) return Number([...text].map((each) => hanDigits.indexOf(each)).join(""));
  let total = 0;
  let section = 0;
  let digit: number | null = null;
  let lastScale = 1;
  for (const [each] of text.matchAll(/\d+(?:\.\d+)?|./gu)) {
    const scale = hanScales.get(each);
    const value = /^\d/.test(each) ? Number(each) : hanDigits.indexOf(each);
    if (scale === undefined) {
      if (value < 0) return null;
      digit = value;
      continue;
    }
    if (scale >= 10_000) {
      total = (total + section + (digit ?? 0)) * scale;
      section = 0;
    } else section += (digit ?? 1) * scale;
    digit = null;
    lastScale = scale;
  }
  // 两千三 is 2,300; 两千零三 is 2,003.
  const rest = digit === null ? 0 : /零.$/.test(text) || lastScale < 100 ? digit : (digit * lastScale) / 10;
  return round(total + section + rest);
}
