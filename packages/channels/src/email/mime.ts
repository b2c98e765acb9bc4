/**
 * One mail's bytes. The MIME structure and every header that all messages of a variant share are built once, by
 * nodemailer's mail composer; a message only adds its own header lines and the values of its slots.
 */
import type { Sender } from "@chorus/core/brand-voice";
import type { Filling } from "@chorus/core/channel";
import MailComposer from "nodemailer/lib/mail-composer";
import { fill, type Piece } from "../pieces.ts";
import { dateLine, headerWords, subjectLine, toLine, unsubscribeLines } from "./headers.ts";
import { quotedPrintable } from "./quoted-printable.ts";

export type MimeParts = {
  readonly sender: Sender;
  readonly feedbackId: string;
  readonly subject: readonly Piece[];
  readonly text: readonly Piece[];
  readonly html: readonly Piece[];
  /** The domain that a Message-ID names, as an A-label. */
  readonly domain: string;
  /** With the one-click header, which only marketing has. */
  readonly optOut: boolean;
};

type Message = { readonly id: string; readonly at: Date };

/** RFC 822, CRLF line ends, ASCII only, without the final dot. */
export function compileMime(parts: MimeParts): (filling: Filling, message: Message) => string {
  const { head, between, tail, separator } = structure(parts);
  const text = quotedPrintable(parts.text);
  const html = quotedPrintable(parts.html);
  const fixedSubject = parts.subject.every((piece) => typeof piece === "string")
    ? subjectLine(parts.subject.join(""))
    : null;
  return (filling, message) =>
    [
      fixedSubject ?? subjectLine(fill(parts.subject, filling)),
      toLine(filling.to.address, filling.to.firstName),
      `Message-ID: <${message.id}@${parts.domain}>`,
      dateLine(message.at),
      ...(parts.optOut ? [unsubscribeLines(filling.links.unsubscribe)] : []),
      `${head}\r\n\r\n${separator}`,
      `${between[0]}\r\n\r\n${fill(text, filling)}`,
      separator,
      `${between[1]}\r\n\r\n${fill(html, filling)}`,
      tail,
    ].join("\r\n");
}

/** What mail composer makes of an empty mail with two parts: the headers, and the lines between the parts. */
function structure({ sender, feedbackId }: MimeParts) {
  const root = new MailComposer({
    from: { name: headerWords(sender.name), address: sender.email },
    ...(sender.replyTo ? { replyTo: { name: "", address: sender.replyTo } } : {}),
    headers: { "Feedback-ID": feedbackId },
    text: "text",
    html: "html",
    encoding: "quoted-printable",
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: "win",
  }).compile();
  const head = withoutOwnLines(root.buildHeaders());
  const [text, html] = root.childNodes.map((node) => node.buildHeaders());
  if (!root.boundary || !text || !html) throw new Error("nodemailer built no multipart/alternative mail");
  return { head, between: [text, html], separator: `--${root.boundary}`, tail: `--${root.boundary}--\r\n` };
}

/** Mail composer sets a date and an id when there are none; ours are each message's own. */
const withoutOwnLines = (headers: string): string =>
  headers
    .split(/\r\n(?![ \t])/)
    .filter((line) => !/^(?:Date|Message-ID):/i.test(line))
    .join("\r\n");
