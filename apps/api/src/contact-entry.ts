/** From a contact as it is sent to one that can be stored: normalised addresses, a known locale and zone, plain consents. */
import type { AddressHash } from "@chorus/core/address-hash";
import type { Channel } from "@chorus/core/channel";
import { type Country, countryOf, timeZoneOf } from "@chorus/core/country";
import { isTimeZone } from "@chorus/core/permission";
import type { Checked, Problem } from "@chorus/core/problem";
import { bad, ok } from "@chorus/core/problem";
import { remembered } from "@chorus/core/remembered";
import type { NewContact } from "@chorus/core/wire-contact";
import type { ContactEntry } from "@chorus/db/contact-merge";
import { nearestOf } from "./nearest.ts";

/** `notes` are codes of what was noticed and does not stop it. */
export type ContactRead = Checked<{ entry: ContactEntry; notes: readonly string[] }>;

export type ContactReading = {
  readonly channels: readonly Channel[];
  readonly addressHash: AddressHash;
  /** Of phone numbers written without one, for contacts whose own is not known. */
  readonly country?: string | undefined;
  /** What to keep as proof of consents that name no source. */
  readonly source: string;
  /** A plain "no" in a list takes back what was granted, and says nothing where nothing was. */
  readonly declined?: ReadonlySet<string> | undefined;
};

export function readContact(given: NewContact, of: ContactReading): ContactRead {
  const problems: Problem[] = [];
  const notes: string[] = [];
  const country = given.country ? countryOf(given.country) : null;
  if (given.country && !country) notes.push("country.unknown");
  const hint = country?.code ?? of.country;
  const addresses = Object.entries(given.addresses).flatMap(([id, raw]) => {
    const channel = personalChannel(of.channels, id);
    if (!channel) return report(problems, noSuchChannel(`addresses.${id}`, id, of.channels));
    const normal = channel.normalizeAddress(raw, { country: hint });
    if (normal.is === "bad")
      return report(problems, ...normal.problems.map((each) => ({ ...each, path: `addresses.${id}` })));
    if (normal.value.warning) notes.push(normal.value.warning.code);
    const value = normal.value.address;
    const suppress = normal.value.warning?.code.endsWith(".role_address") ? ("role_address" as const) : undefined;
    return [{ channel: id, value, hash: of.addressHash(id, value), suppress }];
  });
  const locale = readLocale(given.locale, problems);
  const timeZone = readTimeZone(given.timeZone, problems);
  const consents = readConsents(given, of, problems);
  if (problems.length > 0) return bad(...problems);
  return ok({
    entry: {
      ...plainFields(given, { country, locale, timeZone }),
      addresses,
      consents,
      consentSource: given.consentSource || of.source,
    },
    notes,
  });
}

type Known = { country: Country | null; locale: string | null; timeZone: string | null };

const plainFields = (given: NewContact, { country, locale, timeZone }: Known) => ({
  externalId: given.externalId,
  firstName: given.firstName?.trim() || null,
  locale: locale ?? country?.locale ?? null,
  timeZone: timeZone ?? (country && timeZoneOf(country)),
  country: country?.code ?? null,
  profiling: given.profiling ?? null,
  fields: given.fields,
});

function report(problems: Problem[], ...found: Problem[]): never[] {
  problems.push(...found);
  return [];
}

/** Of the channels that reach one person; a public channel has destinations, not addresses. */
const personalChannel = (channels: readonly Channel[], id: string): Channel | undefined =>
  channels.find((channel) => channel.id === id && channel.traits.reach === "one_contact");

const noSuchChannel = (path: string, got: string, channels: readonly Channel[]): Problem => {
  const known = channels.filter((channel) => channel.traits.reach === "one_contact").map((channel) => channel.id);
  return { path, code: "channel.unknown", message: `Contacts are reached by: ${known.join(", ")}.`, got };
};

function readLocale(given: string | null | undefined, problems: Problem[]): string | null {
  if (!given) return null;
  const locale = canonicalLocale(given);
  if (locale) return locale;
  const message = "Write a language and a country, as in en-GB or zh-Hans-CN.";
  problems.push({ path: "locale", code: "locale.invalid", message, got: given });
  return null;
}

/** null for what names no locale. */
const canonicalLocale = remembered((given): string | null => {
  try {
    return Intl.getCanonicalLocales(given.trim().replaceAll("_", "-"))[0] ?? null;
  } catch {
    return null;
  }
});

function readTimeZone(given: string | null | undefined, problems: Problem[]): string | null {
  const name = given?.trim();
  if (!name) return null;
  if (isTimeZone(name)) return name;
  const near = nearestOf(name, Intl.supportedValuesOf("timeZone"));
  const message = `Give a place of the tz database, as in Europe/London.${near ? ` Did you mean ${near}?` : ""}`;
  problems.push({ path: "timeZone", code: "time_zone.unknown", message, got: name });
  return null;
}

function readConsents(given: NewContact, of: ContactReading, problems: Problem[]): ContactEntry["consents"] {
  return Object.entries(given.consents).flatMap(([channel, state]): ContactEntry["consents"] => {
    if (!personalChannel(of.channels, channel))
      return report(problems, noSuchChannel(`consents.${channel}`, channel, of.channels));
    if (of.declined?.has(channel)) return [{ channel, state: "declined" }];
    return state === "none" ? [] : [{ channel, state }];
  });
}
