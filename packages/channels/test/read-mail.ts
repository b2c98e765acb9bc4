/** A reader of mails for the tests, written from the standards and apart from the code that writes them. */

export type ReadMail = {
  /** Unfolded and decoded, in order. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly parts: readonly { readonly type: string; readonly text: string }[];
};

/** Throws where RFC 5322, 2045, 2046 or 2047 is broken. */
export function readMail(raw: Buffer): ReadMail {
  checkLines(raw);
  const source = raw.toString("latin1");
  const { headers, body } = split(source);
  const boundary = /boundary="([^"]+)"/.exec(valueNamed(headers, "Content-Type"))?.[1];
  if (!boundary) throw new Error("no boundary");
  const pieces = body.split(
    new RegExp(`(?:^|\\r\\n)--${boundary.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?=\\r\\n|--)`),
  );
  if (!pieces.at(-1)?.startsWith("--")) throw new Error("the last boundary is not closed");
  return { headers, parts: pieces.slice(1, -1).map((piece) => readPart(piece.slice(2))) };
}

/** The values of every header of that name: a second one would be an injection. */
export const headersNamed = (mail: ReadMail, name: string): string[] =>
  mail.headers.filter((header) => header.name.toLowerCase() === name.toLowerCase()).map((header) => header.value);

function checkLines(raw: Buffer): void {
  for (const byte of raw) if (byte > 126 || (byte < 32 && ![9, 10, 13].includes(byte))) throw new Error(`byte ${byte}`);
  const text = raw.toString("latin1");
  if (/\r(?!\n)|(?<!\r)\n/.test(text)) throw new Error("a bare CR or LF");
  const longest = Math.max(...text.split("\r\n").map((line) => line.length));
  if (longest > 998) throw new Error(`a line of ${longest} octets`);
}

function split(source: string) {
  const end = source.indexOf("\r\n\r\n");
  const lines = source.slice(0, end).split(/\r\n(?![ \t])/);
  const headers = lines.map((line) => {
    const found = /^([!-9;-~]+): ?([\s\S]*)$/.exec(line);
    if (!found) throw new Error(`not a header: ${line}`);
    return { name: found[1] ?? "", value: decodeWords((found[2] ?? "").replace(/\r\n(?=[ \t])/g, "")).trim() };
  });
  return { headers, body: source.slice(end + 4) };
}

const valueNamed = (headers: ReadMail["headers"], name: string): string =>
  headers.find((header) => header.name === name)?.value ?? "";

function readPart(source: string) {
  const { headers, body } = split(source);
  if (valueNamed(headers, "Content-Transfer-Encoding") !== "quoted-printable") throw new Error("not quoted-printable");
  return { type: valueNamed(headers, "Content-Type"), text: decodeQuotedPrintable(body) };
}

/** RFC 2045 §6.7, strictly: lines of at most 76, upper-case hex, no white space at a line's end. */
function decodeQuotedPrintable(body: string): string {
  for (const line of body.split("\r\n")) {
    if (line.length > 76) throw new Error(`a quoted-printable line of ${line.length}`);
    if (/[ \t]$/.test(line)) throw new Error("white space at a line's end");
    if (/=(?![0-9A-F]{2}|$)/.test(line)) throw new Error(`a broken escape in ${line}`);
  }
  const bytes = body
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number(`0x${hex}`)));
  return strictUtf8(Buffer.from(bytes, "latin1")).replaceAll("\r\n", "\n");
}

const strictUtf8 = (bytes: Buffer): string => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

/** RFC 2047: white space between two encoded words is not part of the text. */
function decodeWords(value: string): string {
  return value
    .replace(/(=\?[^?]+\?[BQ]\?[^?]*\?=)\s+(?==\?)/gi, "$1")
    .replace(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_, encoding: string, text: string) =>
      encoding.toUpperCase() === "B"
        ? strictUtf8(Buffer.from(text, "base64"))
        : strictUtf8(
            Buffer.from(
              text
                .replaceAll("_", " ")
                .replace(/=([0-9A-F]{2})/g, (__, hex) => String.fromCharCode(Number(`0x${hex}`))),
              "latin1",
            ),
          ),
    );
}
