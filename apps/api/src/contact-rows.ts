/** Contacts in a file: which column says what. Every column that is not known becomes a field of the contact. */
import type { Checked, Problem } from "@chorus/core/problem";
import { bad, ok } from "@chorus/core/problem";
import { fieldName, newContact } from "@chorus/core/wire-contact";
import type { ImportQuery } from "@chorus/core/wire-import";
import type { ContactEntry } from "@chorus/db/contact-merge";
import { importContacts } from "@chorus/db/import-contacts";
import type { ImportNote } from "@chorus/db/imports";
import type { ChannelNumbers } from "@chorus/db/open";
import { type ContactReading, readContact } from "./contact-entry.ts";
import { type Cells, readHeader } from "./csv-header.ts";
import type { Taker } from "./take-import.ts";
import { problemsOf } from "./validation.ts";

const ownColumns = [
  "external_id",
  "first_name",
  "locale",
  "time_zone",
  "country",
  "consent_source",
  "profiling",
] as const;
const aliases: Readonly<Record<string, string>> = { phone: "sms", consent_phone: "consent_sms" };

/** Birth dates, identity numbers, health, belief: what a campaign should not be built on without a second thought. */
const sensitive =
  /(^|_)(birth|birthday|birthdate|dob|ssn|social_security|national_id|identity|id_number|id_card|passport|tax_id|health|diagnosis|disease|medication|disability|religion|ethnicity|race|sexual_orientation|political)(_|$)/;

export type ContactRows = Omit<ContactReading, "declined"> & {
  readonly workspace: { readonly id: string; readonly locale: string };
  readonly numbers: ChannelNumbers;
  readonly query: ImportQuery;
};

export function contactRows(columns: readonly string[], of: ContactRows): Checked<Taker<ContactEntry>> {
  const personal = of.channels.filter((channel) => channel.traits.reach === "one_contact").map((channel) => channel.id);
  const known = [...ownColumns, ...personal, ...personal.map((id) => `consent_${id}`)];
  const header = readHeader({ columns, required: ["external_id"], known, aliases: usableAliases(columns) });
  if (header.is === "bad") return header;
  const fields = sortFields(
    header.value.columns.filter((name) => !known.includes(name)),
    of.query,
  );
  const parts: Parts = { personal, fields: fields.taken, numbers: new Set(listOf(of.query.numbers)) };
  return ok({
    kind: "contacts",
    header: header.value,
    notes: [...fields.notes, ...consentNote(header.value.columns)],
    read: (cells) => {
      const given = givenContact(cells, parts);
      const checked = newContact.safeParse(given.contact, { reportInput: true });
      const problems = [...given.problems, ...(checked.success ? [] : problemsOf(checked.error, newContact))];
      if (!checked.success || problems.length > 0) return bad(...problems);
      return readContact(checked.data, { ...of, country: of.query.country, declined: given.declined });
    },
    save: async (sql, entries) => {
      const { id: workspaceId, locale } = of.workspace;
      const taken = await importContacts(sql, { workspaceId, locale, entries, channels: of.numbers });
      return { rejects: [], notes: takenNotes(taken) };
    },
  });
}

/** What there is to tell of contacts that were stored, by code. */
export const takenNotes = (taken: {
  duplicates: number;
  moved: number;
  suppressed: number;
  withdrawnKept: number;
}) => ({
  "address.duplicate": taken.duplicates,
  "address.moved": taken.moved,
  "address.suppressed": taken.suppressed,
  "consent.withdrawn_kept": taken.withdrawnKept,
});

/** A file may have both a phone and an sms column; then they are what they say. */
const usableAliases = (columns: readonly string[]) =>
  Object.fromEntries(Object.entries(aliases).filter(([, column]) => !columns.includes(column)));

const listOf = (text: string | undefined): string[] => (text ?? "").split(",").map((each) => each.trim().toLowerCase());

function sortFields(names: readonly string[], query: ImportQuery): { taken: string[]; notes: ImportNote[] } {
  const keep = new Set(listOf(query.keep));
  const ignored = names.filter((name) => !fieldName.safeParse(name).success);
  const left = names.filter((name) => sensitive.test(name) && !keep.has(name));
  const note = (code: string, columns: readonly string[]): ImportNote[] =>
    columns.length > 0 ? [{ code, count: columns.length, about: columns.slice(0, 20) }] : [];
  return {
    taken: names.filter((name) => !ignored.includes(name) && !left.includes(name)),
    notes: [...note("column.ignored", ignored), ...note("column.sensitive", left)],
  };
}

const consentNote = (columns: readonly string[]): ImportNote[] =>
  columns.some((name) => name.startsWith("consent_") && name !== "consent_source")
    ? []
    : [{ code: "consent.missing", count: 1 }];

type Parts = { personal: readonly string[]; fields: readonly string[]; numbers: ReadonlySet<string> };
type Given = { contact: unknown; declined: ReadonlySet<string>; problems: readonly Problem[] };

/** The cells in the shape of the API's own contact, so that both are checked alike. */
function givenContact(cells: Cells, { personal, fields, numbers }: Parts): Given {
  const problems: Problem[] = [];
  const declined = new Set<string>();
  const consents = personal.flatMap((channel) => {
    const word = cells(`consent_${channel}`);
    if (word === undefined) return [];
    const state = consentWords[word.toLowerCase()];
    if (!state) problems.push(notAnAnswer(`consent_${channel}`, word));
    if (state === "declined") declined.add(channel);
    return [[channel, state === "declined" ? "withdrawn" : (state ?? "none")]];
  });
  const profiling = cells("profiling");
  if (profiling && !(profiling.toLowerCase() in yesNo)) problems.push(notAnAnswer("profiling", profiling));
  const contact = {
    externalId: cells("external_id"),
    firstName: cells("first_name"),
    addresses: some(personal, (channel) => cells(channel)),
    locale: cells("locale"),
    timeZone: cells("time_zone"),
    country: cells("country"),
    profiling: profiling ? yesNo[profiling.toLowerCase()] : undefined,
    fields: some(fields, (name) => (numbers.has(name) ? asNumber(name, cells(name), problems) : cells(name))),
    consents: Object.fromEntries(consents),
    consentSource: cells("consent_source"),
  };
  return { contact, declined, problems };
}

const some = <Value>(names: readonly string[], of: (name: string) => Value | undefined): Record<string, Value> =>
  Object.fromEntries(
    names.flatMap((name): [string, Value][] => {
      const value = of(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );

function asNumber(column: string, text: string | undefined, problems: Problem[]): number | undefined {
  if (text === undefined) return undefined;
  if (/^-?\d{1,15}(\.\d{1,9})?$/.test(text)) return Number(text);
  problems.push({
    path: column,
    code: "number.invalid",
    message: "This column holds numbers, written with a point, as in 12.5.",
    got: text,
  });
  return undefined;
}

const yesNo: Readonly<Record<string, boolean>> = {
  yes: true,
  true: true,
  "1": true,
  y: true,
  no: false,
  false: false,
  "0": false,
  n: false,
};
const consentWords: Readonly<Record<string, "granted" | "withdrawn" | "declined" | "none">> = {
  ...Object.fromEntries(Object.entries(yesNo).map(([word, is]) => [word, is ? "granted" : "declined"] as const)),
  granted: "granted",
  withdrawn: "withdrawn",
  none: "none",
};

const notAnAnswer = (path: string, got: string): Problem => ({
  path,
  code: "answer.unknown",
  message: path === "profiling" ? "Write yes or no." : "Write yes, no, granted, withdrawn or none.",
  got,
});
