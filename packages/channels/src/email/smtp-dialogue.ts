/**
 * Mails spoken by Chorus itself over a line that nodemailer has opened: the envelope and DATA in one write where the
 * relay offers PIPELINING (RFC 2920), the mail and its final dot in another, and the last question asked in the same tick
 * as the dot. The next mail's envelope leaves with the dot where one is waiting. No stream stands between a mail and its
 * socket.
 */
import type { Socket } from "node:net";
import type { HandOver } from "@chorus/core/channel";
import type SMTPConnection from "nodemailer/lib/smtp-connection";
import { type Broken, broken, farewellMs, type Line, type Mail, type Sent, type Stage } from "./smtp-line.ts";
import { openReplies } from "./smtp-replies.ts";
import type { SmtpSettings } from "./smtp-settings.ts";

/** A mail up to this size leaves with its dot in one write; a longer one has left before its dot is asked for. */
const atOnce = 64 * 1024;
const dot = ".\r\n";

type Command = "RSET" | "MAIL FROM" | "RCPT TO" | "DATA";

/** What the relay's next words are handed to. */
type Listener = { heard(reply: string, more: boolean): void; ended(cause: string): void };

/** The line's own memory between two mails. */
type Talk = {
  readonly socket: Socket;
  readonly extensions: ReadonlySet<string>;
  readonly settings: SmtpSettings;
  listener: Listener | null;
  /** The mail before was refused by name: RSET comes first. */
  afresh: boolean;
  sent: number;
  /** Its envelope has left with the last dot. */
  next: Mail | null;
  /** What the relay answered to that before anybody listened. */
  readonly early: { readonly reply: string; readonly more: boolean }[];
  /** An envelope has left that no mail will follow. */
  spoiled: boolean;
};

const isUsable = ({ socket, spoiled, sent, settings }: Talk): boolean =>
  !socket.destroyed && socket.writable && !spoiled && sent < settings.messagesPerConnection;

export function dialogueOver(connection: SMTPConnection, settings: SmtpSettings): Line {
  const fresh = { listener: null, afresh: false, sent: 0, next: null, early: [], spoiled: false };
  const talk: Talk = { ...takeOver(connection), settings, ...fresh };
  const { socket } = talk;
  listen(talk);
  return {
    usable: () => isUsable(talk),
    sentBefore: () => talk.sent,
    send(mail, how, next = () => null) {
      talk.sent += 1;
      return sendMail(talk, { mail, how, next });
    },
    dropNext() {
      talk.spoiled = true;
      talk.next = null;
    },
    refresh: () => ask(talk, "RSET"),
    close() {
      if (socket.destroyed) return;
      talk.listener = null;
      if (talk.spoiled) return void socket.destroy(); // what it reads next would be words of a mail
      socket.end("QUIT\r\n");
      const force = setTimeout(() => socket.destroy(), farewellMs);
      socket.once("close", () => clearTimeout(force));
    },
  };
}

/** What nodemailer keeps to itself about an open connection, and its ears on the socket. */
type Within = {
  readonly _socket: Socket;
  readonly _supportedExtensions: readonly string[];
  readonly [ear: `_on${string}`]: (...args: unknown[]) => void;
};
const ears = [
  ["data", "_onSocketData"],
  ["end", "_onSocketEnd"],
  ["close", "_onSocketClose"],
  ["error", "_onSocketError"],
  ["error", "_onConnectionSocketError"],
  ["timeout", "_onSocketTimeout"],
] as const;

/** From here on nodemailer hears nothing of this connection, and neither writes to it nor closes it. */
function takeOver(connection: SMTPConnection): Pick<Talk, "socket" | "extensions"> {
  const within = connection as unknown as Within;
  const socket = within._socket;
  for (const [event, ear] of ears) {
    const heard = within[ear];
    if (heard) socket.removeListener(event, heard);
  }
  socket.setTimeout(0);
  return { socket, extensions: new Set(within._supportedExtensions) };
}

function listen(talk: Talk): void {
  const { socket } = talk;
  const replies = openReplies((reply, more) => {
    if (talk.listener) talk.listener.heard(reply, more);
    else if (talk.next) talk.early.push({ reply, more });
    else socket.destroy(); // a farewell nobody asked for, mostly 421
  });
  const end = (cause: string) => {
    socket.destroy();
    talk.listener?.ended(cause);
  };
  socket.on("data", (chunk) => {
    if (!replies.take(chunk)) end("garbled");
  });
  socket.on("error", (error: NodeJS.ErrnoException) => end(error.code ?? "ECONNECTION"));
  socket.on("close", () => end("closed"));
  socket.on("end", () => end("closed"));
}

/** One command outside of a mail. null: the relay said yes. */
function ask(talk: Talk, command: "RSET"): Promise<Broken | null> {
  return new Promise((resolve) => {
    const settle = (result: Broken | null) => {
      clearTimeout(timer);
      talk.listener = null;
      resolve(result);
    };
    const of = (reply: string | null, cause: string) => ({ ...broken("envelope", new Error(cause)), reply, command });
    const timer = setTimeout(() => {
      settle(of(null, "timeout"));
      talk.socket.destroy();
    }, talk.settings.replyTimeoutMs);
    talk.listener = {
      heard: (reply) => settle(reply.startsWith("2") ? null : of(reply, "refused")),
      ended: (cause) => settle(of(null, cause)),
    };
    talk.socket.write(`${command}\r\n`);
  });
}

type Spoken = { readonly command: Command; readonly line: string };

function commandsFor({ extensions, afresh }: Talk, { from, to, mime, envelopeId }: Mail): Spoken[] {
  const size = extensions.has("SIZE") ? ` SIZE=${mime.length}` : "";
  const report = extensions.has("DSN") ? ` RET=HDRS ENVID=${envelopeId}` : "";
  const mail: Spoken[] = [
    { command: "MAIL FROM", line: `MAIL FROM:<${from}>${size}${report}\r\n` },
    { command: "RCPT TO", line: `RCPT TO:<${to}>\r\n` },
    { command: "DATA", line: "DATA\r\n" },
  ];
  return afresh ? [{ command: "RSET", line: "RSET\r\n" }, ...mail] : mail;
}

/** RFC 5321 §4.5.2: a dot at the start of a line is doubled. Ends in a line break. */
function transparent(mime: string): string {
  const ended = mime.endsWith("\r\n") ? mime : `${mime}\r\n`;
  return ended.startsWith(".") || ended.includes("\r\n.") ? ended.replace(/(^|\r\n)\./g, "$1..") : ended;
}

const linesOf = (commands: readonly Spoken[]): string => commands.map(({ line }) => line).join("");

type Sending = { readonly mail: Mail; readonly how: HandOver; readonly next: () => Mail | null };

function sendMail(talk: Talk, { mail, how, next }: Sending): Promise<Sent> {
  return new Promise((resolve) => {
    const { socket, settings } = talk;
    const unanswered = commandsFor(talk, mail);
    const isExpected = talk.next === mail;
    const pipelined = talk.extensions.has("PIPELINING");
    let stage: Stage = "envelope";
    let refused: Broken | null = null;
    let timer = setTimeout(expire, settings.replyTimeoutMs);

    const settle = (result: Sent) => {
      clearTimeout(timer);
      how.signal.removeEventListener("abort", abandon);
      talk.listener = null;
      resolve(result);
    };
    const breakOff = (result: Sent) => {
      settle(result);
      socket.destroy();
    };
    const lost = (cause: string) => broken(stage, new Error(cause));
    const answered = (reply: string, command: Command | null): Broken => ({ ...lost("refused"), reply, command });
    function expire() {
      breakOff(lost("timeout"));
    }
    function abandon() {
      breakOff(stage === "dot" ? lost("stopped") : { is: "held" });
    }

    const end = (rest: string) => {
      if (talk.listener !== listener) return; // broken off meanwhile
      if (how.signal.aborted || !how.mayStillSend()) return breakOff({ is: "held" });
      stage = "dot";
      clearTimeout(timer);
      timer = setTimeout(expire, settings.dotTimeoutMs);
      talk.next = pipelined && isUsable(talk) ? next() : null;
      const envelope = talk.next ? linesOf(commandsFor(talk, talk.next)) : "";
      socket.write(`${rest}${dot}${envelope}`, "latin1");
    };
    const begin = () => {
      stage = "data";
      const mime = transparent(mail.mime);
      if (mime.length <= atOnce && socket.writableLength === 0) end(mime);
      else socket.write(mime, "latin1", () => end(""));
    };
    const heardData = (reply: string, more: boolean) => {
      const asksForMail = reply.startsWith("354");
      if (asksForMail && refused) return breakOff(refused); // it waits for a mail that is for nobody
      if (asksForMail && more) {
        stage = "dot";
        return breakOff(lost("early")); // an answer to a mail that had not begun: nobody knows to what
      }
      if (asksForMail) return begin();
      refuse(refused ?? answered(reply, "DATA"));
    };
    /** Refused by name, the line is good for the next mail. */
    const refuse = (because: Broken) => {
      talk.afresh = true;
      if (/^[45]/.test(because.reply ?? "")) settle(because);
      else breakOff(because);
    };
    const heardEnvelope = (reply: string, more: boolean) => {
      const spoken = unanswered.shift();
      if (!spoken) return breakOff(lost("garbled"));
      if (spoken.command === "DATA") return heardData(reply, more);
      if (reply.startsWith("2")) talk.afresh = false;
      else refused ??= answered(reply, spoken.command);
      if (pipelined) return;
      if (refused) refuse(refused);
      else socket.write(unanswered[0]?.line ?? "");
    };
    const listener: Listener = {
      heard(reply, more) {
        if (stage === "dot") {
          if (reply.startsWith("2")) settle({ is: "taken", reply });
          else settle(answered(reply, "DATA"));
        } else if (stage === "data" || reply.startsWith("421"))
          breakOff(answered(reply, unanswered[0]?.command ?? "DATA"));
        else heardEnvelope(reply, more);
        if (reply.startsWith("421")) socket.destroy();
      },
      ended: (cause) => settle(lost(cause)),
    };
    talk.listener = listener;
    how.signal.addEventListener("abort", abandon, { once: true });
    talk.next = null;
    if (socket.destroyed) return settle(lost("closed"));
    if (how.signal.aborted) return abandon();
    if (!isExpected) socket.write(pipelined ? linesOf(unanswered) : (unanswered[0]?.line ?? ""));
    for (const { reply, more } of talk.early.splice(0)) if (talk.listener === listener) listener.heard(reply, more);
  });
}
