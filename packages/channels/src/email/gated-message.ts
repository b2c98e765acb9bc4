/**
 * The stream that nodemailer copies into DATA. It gives the whole mail and then holds back its end, until every byte
 * has left this process; only then is the question asked, in the same tick in which the final dot is written. Refused,
 * the stream breaks off, and the server is left with an unfinished mail that it must throw away (RFC 5321 §4.1.1.4).
 */
import type { Socket } from "node:net";
import { Readable } from "node:stream";

const lookAgainInMs = 5;

type Gate = {
  /** The relay has asked for the mail, and its first byte is about to go. */
  readonly begins: () => void;
  readonly socket: () => Socket | null;
  /** True: the dot follows at once. False: nothing follows, ever. */
  readonly mayEnd: () => boolean;
};

export function gatedMessage(mime: string, { begins, socket, mayEnd }: Gate): Readable {
  let given = false;
  const end = (message: Readable) => {
    const open = socket();
    if (message.destroyed) return;
    if (open && (open.writableLength > 0 || open.writableNeedDrain)) {
      setTimeout(end, lookAgainInMs, message);
      return;
    }
    if (mayEnd()) message.push(null);
    else message.destroy(new Error("held back before the final dot"));
  };
  return new Readable({
    highWaterMark: 1, // asks for the end only after the mail has been taken
    read() {
      if (given) {
        setImmediate(end, this); // nodemailer's own pipe to the socket has run by then
        return;
      }
      given = true;
      begins();
      this.push(mime, "latin1");
    },
  });
}
