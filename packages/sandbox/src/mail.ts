/** Reading mail: the few headers the log needs at once, cheaply; the whole message only when somebody looks at it. */
import PostalMime, { addressParser, decodeWords } from "postal-mime";

export type Envelope = {
  readonly messageId: string | null;
  readonly subject: string;
  readonly from: string;
  readonly to: string;
};

const headerRoom = 64 * 1024;

/** Scans the header block only: parsing every mail whole would halve what one core can take. */
export function readEnvelope(raw: Buffer): Envelope {
  const found = new Map(headerLines(raw).map(({ name, value }) => [name.toLowerCase(), value]));
  return {
    messageId: found.get("message-id") ?? null,
    subject: decodeWords(found.get("subject") ?? ""),
    from: decodeWords(found.get("from") ?? ""),
    to: decodeWords(found.get("to") ?? ""),
  };
}

/** The display name that a To header gives an address, or null. */
export function nameOf(address: string, to: string): string | null {
  if (!to.includes("<")) return null;
  const wanted = address.toLowerCase();
  const found = addressParser(to, { flatten: true }).find((each) => each.address?.toLowerCase() === wanted);
  return found?.name || null;
}

type HeaderLine = { readonly name: string; readonly value: string };

export function headerLines(raw: Buffer): HeaderLine[] {
  const end = raw.indexOf("\r\n\r\n");
  const block = raw.subarray(0, end < 0 ? headerRoom : Math.min(end, headerRoom)).toString("utf8");
  return block
    .replace(/\r\n[ \t]+/g, " ")
    .split("\r\n")
    .flatMap((line) => {
      const colon = line.indexOf(":");
      return colon > 0 ? [{ name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() }] : [];
    });
}

export type ReadMail = {
  readonly headers: readonly HeaderLine[];
  readonly html: string | null;
  readonly text: string | null;
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly bytes: number }[];
};

/** The mail as a mail client sees it. A mail that cannot be parsed is shown as its source and nothing else. */
export async function readMail(raw: Buffer): Promise<ReadMail> {
  const headers = headerLines(raw).map(({ name, value }) => ({ name, value: decodeWords(value) }));
  const email = await PostalMime.parse(raw, { maxNestingDepth: 20, maxHeadersSize: headerRoom }).catch(() => null);
  return {
    headers,
    html: email?.html ?? null,
    text: email?.text ?? null,
    attachments: (email?.attachments ?? []).map((each) => ({
      name: each.filename ?? "unnamed",
      type: each.mimeType,
      bytes: typeof each.content === "string" ? each.content.length : each.content.byteLength,
    })),
  };
}
