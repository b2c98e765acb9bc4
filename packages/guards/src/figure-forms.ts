/** The forms in which figures are written, English and Chinese: each with what it states. Over folded text (see fold.ts). */
import type { FigureValue } from "./figures.ts";
import { anyNumber, englishNumber, figure, hanNumber, readNumber } from "./numerals.ts";

const currencies: readonly (readonly [code: string, marks: string])[] = [
  ["TWD", "nt\\$|twd|新台币|台币"],
  ["GBP", "£|gbp|pounds?(?:\\ssterling)?|quid|英镑|镑"],
  ["USD", "us\\$|\\$|usd|dollars?|bucks?|美元|美金|刀"],
  ["EUR", "€|eur|euros?|欧元"],
  ["CNY", "¥|rmb|cny|yuan|人民币|元|块钱?"],
  ["HKD", "hk\\$|港币|港元"],
  ["JPY", "jpy|yen|日元"],
];
const anyCurrency = currencies.map(([, marks]) => marks).join("|");
const currencyOf = (mark: string): string | null =>
  currencies.find(([, marks]) => new RegExp(`^(?:${marks})$`, "iu").test(mark.trim()))?.[0] ?? null;

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const monthName =
  "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?";
const monthOf = (name: string): number => months.indexOf(name.slice(0, 3).toLowerCase()) + 1;
/** Days that have a name and the same date every year. */
const named: readonly (readonly [name: string, month: number, day: number])[] = [
  ["christmas\\seve|平安夜|圣诞前夜", 12, 24],
  [
    "christmas(?:\\sday)?(?!\\s(?:tree|gift|present|market|dinner|light|jumper|card|shopping|cracker|pudding|wreath|eve|collection|sale|decor|party|list))|圣诞节?(?!树|装|老|帽|袜|礼|红|季|市)",
    12,
    25,
  ],
  ["boxing\\sday", 12, 26],
  ["new\\syear'?s\\seve|跨年夜", 12, 31],
  ["new\\syear'?s\\sday|元旦", 1, 1],
  ["valentine'?s(?:\\sday)?|情人节", 2, 14],
  ["halloween(?!\\s(?:party|costume|candy|decor|treat|night|collection|sale))|万圣夜", 10, 31],
  ["bonfire\\snight", 11, 5],
  ["劳动节|五一(?!路)", 5, 1],
  ["儿童节|六一", 6, 1],
  ["国庆节?|十一(?=黄金周)", 10, 1],
  ["双十一|双\\s?11", 11, 11],
  ["双十二|双\\s?12", 12, 12],
  ["妇女节|三八节", 3, 8],
];

const fractions: readonly (readonly [words: string, value: number])[] = [
  ["three[-\\s]quarters", 75],
  ["two[-\\s]thirds", 66.7],
  ["half|50-50", 50],
  ["(?:a|one)[-\\s]third|third", 33.3],
  ["(?:a|one)[-\\s]quarter|quarter", 25],
  ["(?:a|one)[-\\s]fifth|fifth", 20],
  ["(?:a|one)[-\\s]tenth|tenth", 10],
];

/** In smallest unit of each: minutes, millilitres, grams, millimetres. All other things are counted. */
const measures: readonly (readonly [unit: string, factor: number, words: string])[] = [
  ["time", 1, "minutes?|mins?|分钟"],
  ["time", 60, "hours?|hrs?|个?小时"],
  ["time", 1_440, "days?|天|日"],
  ["time", 10_080, "weeks?|周|个?星期"],
  ["time", 43_800, "months?|个月"],
  ["time", 525_600, "years?|yrs?|周?年"],
  ["volume", 1, "ml|millilit(?:re|er)s?|毫升"],
  ["volume", 10, "cl"],
  ["volume", 1_000, "l(?![\\p{L}])|lit(?:re|er)s?|公?升"],
  ["mass", 1, "g(?![\\p{L}])|grams?|grammes?|克"],
  ["mass", 1_000, "kg|kilos?|kilograms?|公斤|千克"],
  ["mass", 500, "斤"],
  ["area", 1, "m²|m2|sqm|square\\smet(?:re|er)s?|平方米|平米|㎡"],
  ["data", 1, "gb|gigabytes?|g(?=流量)"],
  ["data", 1_000, "tb|terabytes?"],
  ["length", 1_000_000, "km|kilomet(?:re|er)s?|公里|千米"],
  ["length", 1, "mm|millimet(?:re|er)s?|毫米"],
  ["length", 10, "cm|centimet(?:re|er)s?|厘米"],
  ["length", 1_000, "m(?![\\p{L}])|met(?:re|er)s?|米"],
  ["nights", 1, "nights?|晚(?!上|餐|饭|安|会|霞|风|间|年|点)"],
  ["power", 1, "w(?![\\p{L}])|watts?|瓦"],
  ["power", 1_000, "kw|千瓦"],
];
const anyMeasure = measures.map(([, , words]) => words).join("|");
const measureOf = (mark: string) =>
  measures.find(([, , words]) => new RegExp(`^(?:${words})$`, "iu").test(mark.trim()));
/** What Chinese counts things with. */
const counter =
  "(?:个(?!月|性|小时|星期)|[件款套份位名瓶台支盒条只双对张杯盏袋箱束枚册颗粒片块包罐桶本层排种色人家间辆棵朵把根卷口档室厅页首场节期届碗串斤听贴期道味环号款盆位轮]|人(?=[帐桌座餐份位用装间床套锅]))";

type Reader = { readonly pattern: RegExp; read(found: RegExpMatchArray): FigureValue | null };
const reader = (source: string, read: Reader["read"]): Reader => ({ pattern: new RegExp(source, "giu"), read });
const number = (text: string | undefined): number => readNumber(text ?? "") ?? Number.NaN;
const percent = (value: number): FigureValue => ({ is: "percent", value: Math.round(value * 10) / 10 });
const date = (year: number | null, month: number, day: number): FigureValue | null =>
  month >= 1 && month <= 12 && day >= 1 && day <= 31 ? { is: "date", year, month, day } : null;
const fullYear = (text: string | undefined): number | null =>
  text === undefined ? null : number(text) < 100 ? 2_000 + number(text) : number(text);
/** 七五折 and 75折 are 7.5 tenths of the price, 七折 and 7折 seven. */
const tenths = (text: string): number => {
  const value = number(text);
  return value > 10 ? value / 10 : value;
};

const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const weekdayName = "(?:sun|mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?)(?:day)?s?";
const time = (hours: number, minutes = 0): FigureValue | null =>
  hours <= 24 && minutes < 60 ? { is: "time", minutes: (hours * 60 + minutes) % 720 } : null;

const offAfter = "(?:\\s+(?:the\\s)?(?:full\\s|usual\\s|normal\\s)?(?:price\\s)?(?:off|less|cheaper|lower))";

/** In this order: what is more of a figure comes first, and what it has read is not read again. */
export const readers: readonly Reader[] = [
  // Dates.
  reader("(\\d{4})\\s?[-/.年]\\s?(\\d{1,2})\\s?[-/.月]\\s?(\\d{1,2})(?:\\s?[日号])?(?!\\d)", ([, y, m, d]) =>
    date(number(y), number(m), number(d)),
  ),
  reader("(?<!\\d)(\\d{1,2})\\s?[-/.]\\s?(\\d{1,2})\\s?[-/.]\\s?(\\d{4}|\\d{2})(?!\\d|\\.\\d)", ([, d, m, y]) =>
    number(m) > 12 ? date(fullYear(y), number(d), number(m)) : date(fullYear(y), number(m), number(d)),
  ),
  reader(
    `(?:the\\s)?(\\d{1,2})(?:st|nd|rd|th)?\\s+(?:of\\s+)?(${monthName})(?:,?\\s+(\\d{4}))?(?![\\p{L}])`,
    ([, d, m, y]) => date(fullYear(y), monthOf(m ?? ""), number(d)),
  ),
  reader(
    `(?<![\\p{L}])(${monthName})\\s+(?:the\\s)?(\\d{1,2})(?:st|nd|rd|th)?(?:,?\\s+(\\d{4}))?(?!\\d|[.,]\\d|%)`,
    ([, m, d, y]) => date(fullYear(y), monthOf(m ?? ""), number(d)),
  ),
  reader(
    `(?:(\\d{4})\\s?年\\s?)?(\\d{1,2}|${hanNumber})\\s?月\\s?(\\d{1,2}|${hanNumber})\\s?[日号]?(?!\\d)`,
    ([, y, m, d]) => date(fullYear(y), number(m), number(d)),
  ),
  ...named.map(([name, month, day]) => reader(name, () => date(null, month, day))),
  // Days and hours.
  reader(`(?<![\\p{L}])(${weekdayName})(?![\\p{L}])`, ([, name]) => ({
    is: "weekday",
    day: weekdays.indexOf((name ?? "").slice(0, 3).toLowerCase()),
  })),
  reader("(?:周|星期|礼拜)([日天一二三四五六])(?!边)", ([, day]) => ({
    is: "weekday",
    day: Math.max(0, "日一二三四五六".indexOf(day ?? "")),
  })),
  reader("(?<![\\d.:])(\\d{1,2})[:.](\\d{2})\\s?[ap]\\.?m\\b\\.?", ([, h, m]) => time(number(h), number(m))),
  reader("(?<![\\d:])(\\d{1,2}):(\\d{2})(?![\\d:])", ([, h, m]) => time(number(h), number(m))),
  reader("(?<![\\d.])(\\d{1,2})\\s?[ap]\\.?m\\b\\.?", ([, h]) => time(number(h))),
  reader(`(?:凌晨|早上?|上午|中午|下午|傍晚|晚上?|晚间)\\s?(\\d{1,2}|${hanNumber})\\s?点(?:钟|整|半)?`, ([all, h]) =>
    time(number(h), /半/.test(all) ? 30 : 0),
  ),
  reader(`(\\d{1,2}|${englishNumber})\\so'clock`, ([, h]) => time(number(h))),
  reader(
    "(?<=open\\s|off\\s|from\\s|between\\s|,\\s|daily\\s)(\\d{1,2})(?=\\s?(?:-|till?|to|and)\\s?\\d{1,2}(?![\\d%.]|[a-z]))",
    ([, h]) => time(number(h)),
  ),
  reader("(?<=\u0000\\s?(?:-|till?|to|and)\\s?)(\\d{1,2})(?!\\d|[%.:]\\d|[a-z]{2})", ([, h]) => time(number(h))),
  // Discounts.
  reader(`(${figure})\\s*(?:[%‰]|per\\s?cent|percent|pct)${offAfter}?`, ([, n]) => percent(number(n))),
  reader(`(${englishNumber})[-\\s]+(?:per\\s?cent|percent)${offAfter}?`, ([, n]) => percent(number(n))),
  reader(`百分之(${hanNumber}|${figure})`, ([, n]) => percent(number(n))),
  reader(
    `(?<!波)(\\d+(?:\\.\\d+)?|[一二三四五六七八九]点[一二三四五六七八九]|[一二三四五六七八九两]{1,2})\\s*折(?![叠扇伞页返射腾断磨不])`,
    ([, n]) => percent(100 - 10 * tenths((n ?? "").replace(/^(.)点(.)$/, "$1$2"))),
  ),
  reader(`(${hanNumber})成(半)?(?!不变|群|真|熟|功|为|全|形|品|本|就|年|长|千|百|立|员)`, ([, n, half]) =>
    percent(10 * number(n) + (half ? 5 : 0)),
  ),
  reader("半价|对折|半折|(?:优惠|省|减|少|便宜|降|打|让|立减|直降)(?:去|了|掉)?一半|一半的?(?:优惠|价)", () =>
    percent(50),
  ),
  reader("\\bhalf[-\\s](?:the\\s)?(?:usual\\s)?price(?:d)?\\b|\\bhalf\\sas\\smuch\\b", () => percent(50)),
  ...fractions.map(([words, value]) =>
    reader(
      `\\b(?:${words})${offAfter}|\\b(?:save|saves|saving|saved|takes?\\soff|take|knocks?|knock\\soff|cuts?|drops?\\sby|down|worth|by|less|is)\\s(?:${words})\\b(?:\\s+off)?|\\b(?:${words})(?=\\s(?:is|has\\sbeen)\\s(?:off|gone|taken))`,
      () => percent(value),
    ),
  ),
  // Money.
  reader("(?<![\\p{L}\\d.])(\\d{1,2})p(?![\\p{L}\\d])", ([, pence]) => ({
    is: "money",
    amount: number(pence) / 100,
    currency: "GBP",
  })),
  reader(`(${hanNumber}|${figure})(英镑|美元|欧元|块钱?|元)半(?!价|斤|年|天|日|月|小时)`, ([, n, mark]) => ({
    is: "money",
    amount: number(n) + 0.5,
    currency: currencyOf(mark ?? ""),
  })),
  reader(`(${anyCurrency})\\s?(${figure})\\s?([万亿千百])?`, ([, mark, n, scale]) => ({
    is: "money",
    amount: number(`${n}${scale ?? ""}`),
    currency: currencyOf(mark ?? ""),
  })),
  reader(
    `(${englishNumber})\\s(pounds?|dollars?|euros?|quid|bucks?|yuan)\\s(?:and\\s)?(${englishNumber})(?:\\s(?:pence|cents))?`,
    ([, n, mark, rest]) => ({
      is: "money",
      amount: number(n) + number(rest) / 100,
      currency: currencyOf(mark ?? ""),
    }),
  ),
  reader(
    `(${anyNumber})[-\\s]?(${anyCurrency})(?![\\p{Script=Latin}])(?:(?<=块)([一二三四五六七八九\\d])(?![\\d万千百十]|${counter}))?`,
    ([all, n, mark, rest]) =>
      /^一块$/.test(all)
        ? null
        : {
            is: "money",
            amount: Math.round((number(n) + (rest ? number(rest) / 10 : 0)) * 100) / 100,
            currency: currencyOf(mark ?? ""),
          },
  ),
  reader("\\b(?:a|one|just\\sa|under\\sa)\\s(tenner|fiver|grand)\\b", ([, coin]) => ({
    is: "money",
    amount: { tenner: 10, fiver: 5, grand: 1_000 }[(coin ?? "").toLowerCase()] ?? 0,
    currency: "GBP",
  })),
  reader(
    `(?<=售价|价格|只要|仅需|卖|到手价?)(${figure}万?|${hanNumber})(?!\\s?(?:${anyMeasure}|${counter}|天|年))`,
    ([, n]) => ({ is: "money", amount: number(n), currency: null }),
  ),
  reader(
    `(?:\\d+(?:\\.\\d+)?|[一二三四五六七八九两][一二三四五六七八九十百千]*)万(?!能|家|物|分|里|千|一(?![千百]))[一二三四五六七八九千百]*(?!\\s?${counter})`,
    ([all]) => ({
      is: "money",
      amount: number(all),
      currency: null,
    }),
  ),
  // A day without its month's name, which may stand first or last.
  reader(
    `(?<![\\d.])(\\d{1,2})[/.-](\\d{1,2})(?!\\d|\\.\\d|%|\\s?(?:元|块|折|万|%))(?!\\s?(?:${anyMeasure}))`,
    ([, a, b]) => {
      const [first, last] = [number(a), number(b)];
      if (first > 12) return date(null, last, first);
      const found = date(null, first, last);
      return found?.is === "date" && last <= 12 ? { ...found, isTurned: true } : found;
    },
  ),
  // Amounts.
  reader(
    `\\bhalf\\s(?:a|an)\\s(${anyMeasure})(?![\\p{L}])|\\bhalf[-\\s](kilo|lit(?:re|er)|hour|year|day)s?\\b|\\b(?:a\\s)?quarter[-\\s](kilo|hour)\\b`,
    (found) => measured(found[3] ? 0.25 : 0.5, found[1] ?? found[2] ?? found[3] ?? ""),
  ),
  reader(`半(${anyMeasure})`, ([, mark]) => measured(0.5, mark ?? "")),
  reader(`\\b(half|quarter)\\sof\\sa\\s(${anyMeasure})(?![\\p{L}])`, ([, part, mark]) =>
    measured(part?.toLowerCase() === "half" ? 0.5 : 0.25, mark ?? ""),
  ),
  reader("\\bhalf\\sa\\sdozen\\b", () => counted(6)),
  reader("\\b(?:a\\s)?decade(?:[-\\s]long|s)?\\b", () => measured(10, "years")),
  reader(
    "\\ba\\sfull\\s(lit(?:re|er)|kilo|year|day|week|month)\\b|\\bwithin\\sa\\s(year|month|week|day)\\b",
    ([, one, other]) => measured(1, one ?? other ?? ""),
  ),
  reader(`(${anyNumber})[-\\s]?(${anyMeasure})(?![\\p{Script=Latin}])`, ([, n, mark]) =>
    measured(number(n), mark ?? ""),
  ),
  reader(`(?<![a-z])(${figure}[万亿千百]?|${hanNumber})\\s?(?=${counter})`, ([, n]) => counted(number(n))),
  reader(`(?<![a-z-])(${figure})(?![%‰]|(?!s\\b)[a-z])`, ([, n]) => counted(number(n))),
  reader(`(${englishNumber})`, ([, n]) => counted(number(n))),
];

export function measured(value: number, mark: string): FigureValue | null {
  const measure = measureOf(mark);
  return measure ? { is: "number", value: Math.round(value * measure[1] * 100) / 100, unit: measure[0] } : null;
}
export const counted = (value: number): FigureValue => ({ is: "number", value, unit: "count" });

/** What stands behind a number and is counted with it. */
export const countedBehind = new RegExp(`^\\s?${counter}`, "u");
