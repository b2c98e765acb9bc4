/** Countries as people write them, and what they tell of somebody's language and clock when nothing better is known. */
import { countryTable } from "./country-table.ts";
import { remembered } from "./remembered.ts";

export type Country = {
  /** ISO 3166-1 alpha-2. */
  readonly code: string;
  readonly locale: string;
  /** IANA names of all there are, first the one most people live in. */
  readonly timeZones: readonly string[];
};

/** Names in use beside the English one, from old lists, short forms and former names. */
const aliases: Readonly<Record<string, string>> = {
  usa: "US",
  "united states of america": "US",
  america: "US",
  uk: "GB",
  "great britain": "GB",
  britain: "GB",
  england: "GB",
  scotland: "GB",
  wales: "GB",
  "northern ireland": "GB",
  gbr: "GB",
  eire: "IE",
  "republic of ireland": "IE",
  rsa: "ZA",
  "channel islands": "JE",
  uae: "AE",
  "czech republic": "CZ",
  holland: "NL",
  "the netherlands": "NL",
  turkey: "TR",
  "russian federation": "RU",
  "south korea": "KR",
  "republic of korea": "KR",
  korea: "KR",
  "hong kong": "HK",
  macau: "MO",
  macao: "MO",
  "people's republic of china": "CN",
  "mainland china": "CN",
  "viet nam": "VN",
  burma: "MM",
  myanmar: "MM",
  "ivory coast": "CI",
  "cape verde": "CV",
  "east timor": "TL",
  swaziland: "SZ",
  macedonia: "MK",
  vatican: "VA",
  palestine: "PS",
  bosnia: "BA",
  trinidad: "TT",
  deutschland: "DE",
  españa: "ES",
  österreich: "AT",
  schweiz: "CH",
  suisse: "CH",
  italia: "IT",
  中国: "CN",
  香港: "HK",
  台湾: "TW",
  日本: "JP",
  英国: "GB",
  美国: "US",
  德国: "DE",
  法国: "FR",
};

const byCode = new Map<string, Country>();
const byName = new Map<string, Country>();
for (const line of countryTable.trim().split("\n")) {
  const [code = "", locale = "", zones = "", ...name] = line.split(" ");
  const country = { code, locale, timeZones: zones.split(",") };
  byCode.set(code, country);
  byName.set(plain(name.join(" ")), country);
}
for (const [name, code] of Object.entries(aliases)) {
  const country = byCode.get(code);
  if (country) byName.set(plain(name), country);
}

/** Reads a name, an alias or an ISO code. null for what is no one country: "European Community", "Unspecified". */
export const countryOf = remembered((text): Country | null => {
  const written = text.trim();
  return byCode.get(written.toUpperCase()) ?? byName.get(plain(written)) ?? null;
});

/** The clock of everybody there; null where there is more than one. */
export const timeZoneOf = ({ timeZones: [first, ...others] }: Country): string | null =>
  others.length === 0 ? (first ?? null) : null;

/** "Bosnia & Herzegovina", "bosnia and herzegovina" and "BOSNIA AND HERZEGOVINA" are one name. */
function plain(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/\bst\b\.?/g, "saint")
    .replace(/&/g, "and")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
