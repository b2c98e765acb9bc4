/** What an import tells about the file as a whole, in a sentence each. */
import type { ImportNote } from "@chorus/db/imports";

const sentences: Readonly<Record<string, string>> = {
  "address.duplicate":
    "rows were about a contact that an earlier row was about already; the last one counts, cell by cell",
  "address.moved": "addresses went from one contact to another, as the later row says",
  "address.suppressed": "addresses are suppressed and stay so: nothing is sent to them",
  "consent.missing": "There is no column consent_… in the file: nobody new may be sent marketing until they agree",
  "consent.withdrawn_kept": "contacts had withdrawn their consent; a file cannot give it back, only they can",
  "country.unknown": "rows name a country that is not known here; they got the workspace's language and time zone",
  "column.sensitive": "Left out because they look sensitive (name them in ?keep= to take them)",
  "column.ignored": "Columns that are not known here and were left out",
  "csv.encoding": "The file was not in UTF-8 and was read as",
  "email.role_address": "addresses belong to a role and not to a person; marketing to them is suppressed",
  "email.typo": "addresses look mistyped; they are kept as they were given",
  "sku.duplicate": "rows were about a product that an earlier row was about already; the last one counts",
  "event.known": "events were known already and stay as they were",
  "import.same_file": "This very file was taken in before: nothing had to be changed",
  "import.abandoned": "The process that took it in ended before the file did. Send the file again",
  "import.failed": "It stopped for a reason on our side. Send the file again",
  "upload.cut": "The connection ended before the file did. Send the file again",
  "csv.quote_unclosed": "It stopped at a quote that is never closed. Close it and send the file again",
  "text.encoding": "It stopped where the file is not in its own encoding any more. Save it anew and send it again",
};

export const noteBody = (note: ImportNote): { code: string; count: number; message: string } => {
  const sentence = sentences[note.code] ?? "rows had something worth a look; see the documentation of this code";
  const counted = /^[a-z]/.test(sentence) ? `${note.count} ${sentence}` : sentence;
  return {
    code: note.code,
    count: note.count,
    message: `${counted}${note.about ? `: ${note.about.join(", ")}` : ""}.`,
  };
};
