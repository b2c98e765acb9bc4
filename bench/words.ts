/** A mail of Chorus as a template that any program could fill: its words, with places for a name and for links. */
import { readMail } from "@chorus/sandbox/mail";

export type Words = { readonly subject: string; readonly from: string; readonly html: string; readonly text: string };

export const namePlace = "{{name}}";
export const linkPlace = "{{link}}";
const token = /(\/[cu]\/)[\w-]{22}/g;

/** Taken from a mail to somebody of that first name, so that whoever fills it sends mails of the same size. */
export async function wordsOf(mail: Buffer, firstName: string): Promise<Words> {
  const { headers, html, text } = await readMail(mail);
  const header = (name: string) => headers.find((each) => each.name.toLowerCase() === name)?.value ?? "";
  const opened = (part: string) => part.replaceAll(firstName, namePlace).replace(token, `$1${linkPlace}`);
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
