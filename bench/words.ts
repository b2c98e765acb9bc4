/** A message of Chorus as a template that any program could fill: its words, with places for a name and for links. */
import { randomBytes } from "node:crypto";
import { readMail } from "@chorus/sandbox/mail";

export type Words = { readonly subject: string; readonly from: string; readonly html: string; readonly text: string };

const namePlace = "{{name}}";
const linkPlace = "{{link}}";
const token = /(\/[cu]\/)[\w-]{22}/g;

/** Made from words to somebody of that first name, so that whoever fills it sends messages of the same size. */
export const openWords = (part: string, firstName: string): string =>
  part.replaceAll(firstName, namePlace).replace(token, `$1${linkPlace}`);

export const fillWords = (part: string, firstName: string): string =>
  part.replaceAll(namePlace, firstName).replaceAll(linkPlace, linkToken);

/** As long as ours, and nothing behind it. */
export const linkToken = (): string => randomBytes(16).toString("base64url");

export async function wordsOf(mail: Buffer, firstName: string): Promise<Words> {
  const { headers, html, text } = await readMail(mail);
  const header = (name: string) => headers.find((each) => each.name.toLowerCase() === name)?.value ?? "";
  const opened = (part: string) => openWords(part, firstName);
  return {
    ...{ subject: opened(header("subject")), from: header("from") },
    ...{ html: opened(html ?? ""), text: opened(text ?? "") },
  };
}

/** Every address of this kind in a mail's words and headers: `u` unsubscribes, `c` counts a click and leads on. */
export async function linksOf(mail: Buffer, kind: "u" | "c"): Promise<string[]> {
  const { headers, html, text } = await readMail(mail);
  const all = [html, text, ...headers.filter(({ name }) => /^list-unsubscribe$/i.test(name)).map(({ value }) => value)];
  const link = new RegExp(`https?://[^\\s"<>]+/${kind}/[\\w-]{22}`, "g");
  return [...new Set(all.flatMap((each) => each?.match(link) ?? []))];
}
