/** A person, and an own account for public posts: the two kinds of somebody a message can go to. */
import type { Id } from "./id.ts";

export type Contact = {
  readonly id: Id;
  readonly externalId: string;
  readonly firstName: string | null;
  /** Free fields, such as `{ city: "Leeds" }`. Never given to a model. */
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
  readonly locale: string;
  /** IANA name, or null when nobody knows. */
  readonly timeZone: string | null;
  readonly country: string | null;
  /** False: the contact declined profiling and always gets the generic variant. */
  readonly profiling: boolean;
};

/** Whom one message goes to, with what its rendering may use. */
export type Recipient = {
  readonly address: string;
  readonly locale: string;
  readonly firstName: string | null;
  readonly fields: Contact["fields"];
};

/** The longest text, in UTF-16 units, that a contact's field puts into copy. */
export const fieldRoom = 100;

/** A value from outside without control characters, line ends and the marks that reverse how a line is read. */
export const onOneLine = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, " ").trim();

/** The text of a contact's field for `{{contact:field|default}}`: bounded, without control characters. */
export function fieldText(of: Pick<Contact, "firstName" | "fields">, field: string, fallback: string): string {
  const value = field === "first_name" ? of.firstName : of.fields[field];
  const text = value === null || value === undefined ? "" : String(value);
  return (
    onOneLine(text)
      .slice(0, fieldRoom)
      .replace(/[\ud800-\udbff]$/, "") || fallback
  ); // never half of an emoji
}
