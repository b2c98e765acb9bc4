/**
 * One connection to a relay. nodemailer's SMTPConnection dials, greets, encrypts and signs in; the mails are then spoken
 * by our own client (smtp-dialogue.ts), or by nodemailer's where the account asks for it (smtp-nodemailer.ts).
 */
import type { HandOver } from "@chorus/core/channel";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { dialogueOver } from "./smtp-dialogue.ts";
import { nodemailerOver } from "./smtp-nodemailer.ts";
import type { SmtpSettings } from "./smtp-settings.ts";

/** How far a mail had come. "dot": the final dot may have left us. */
export type Stage = "connect" | "login" | "envelope" | "data" | "dot";

export type Broken = {
  readonly is: "broken";
  readonly stage: Stage;
  /** The relay's own answer, if it gave one. Holds addresses more often than not: read it, never show it. */
  readonly reply: string | null;
  /** The command that was answered: `RCPT TO`. */
  readonly command: string | null;
  /** A word of ours or of the operating system: `ECONNREFUSED`, `timeout`. */
  readonly cause: string;
};

export type Mail = {
  readonly from: string;
  readonly to: string;
  /** ASCII: a character is a byte. */
  readonly mime: string;
  readonly envelopeId: string;
};

export type Sent = { readonly is: "taken"; readonly reply: string } | { readonly is: "held" } | Broken;

export type Line = {
  /**
   * `next` is asked as the final dot is about to leave, for a mail whose envelope may leave with it (RFC 2920 §3.1): that one
   * is to be sent over this line afterwards, or dropped.
   */
  send(mail: Mail, how: HandOver, next?: () => Mail | null): Promise<Sent>;
  /** What `next` gave is sent over another line. The envelope has left, so that this one is good for no other mail. */
  dropNext(): void;
  /** RSET, which changes nothing between two mails (RFC 5321 §4.1.1.5). null: the relay said yes. */
  refresh(): Promise<Broken | null>;
  /** True while another mail may be sent over it. */
  readonly usable: () => boolean;
  readonly sentBefore: () => number;
  /** Says goodbye, and does not wait long for the answer. */
  close(): void;
};

/** A goodbye that is not answered for so long is not waited for. */
export const farewellMs = 1000;

export function openLine(settings: SmtpSettings): Promise<Line | Broken> {
  const connection = new SMTPConnection({
    host: settings.host,
    port: settings.port,
    secure: settings.secure,
    requireTLS: settings.requireTls && !settings.secure,
    ignoreTLS: !settings.requireTls,
    name: settings.ehloName,
    connectionTimeout: settings.connectTimeoutMs,
    greetingTimeout: settings.connectTimeoutMs,
    socketTimeout: Math.max(settings.replyTimeoutMs, settings.dotTimeoutMs) + farewellMs, // ours fire first
  });
  return new Promise((resolve) => {
    const fail = (stage: Stage) => (error: Error) => {
      resolve(broken(stage, error));
      connection.close();
    };
    connection.on("error", fail("connect"));
    connection.once("end", () => fail("connect")(new Error("closed")));
    connection.connect((error) => {
      if (error) return fail("connect")(error);
      if (!settings.login) return resolve(speakOver(connection, settings));
      connection.login({ user: settings.login.user, credentials: settings.login }, (refused) =>
        refused ? fail("login")(refused) : resolve(speakOver(connection, settings)),
      );
    });
  });
}

const speakOver = (connection: SMTPConnection, settings: SmtpSettings): Line =>
  settings.client === "nodemailer" ? nodemailerOver(connection, settings) : dialogueOver(connection, settings);

/** What nodemailer says of an error, beside its message. */
type SmtpError = Error & {
  readonly code?: string | undefined;
  readonly originalCode?: string | undefined;
  readonly response?: string | undefined;
  readonly command?: string | undefined;
};

export function broken(stage: Stage, error: SmtpError): Broken {
  const cause = error.originalCode ?? error.code ?? (/^[a-z]+$/.test(error.message) ? error.message : "failed");
  const reply = error.response ?? (isTooLarge(error) ? "552 5.3.4" : null);
  return { is: "broken", stage, reply, command: error.command ?? null, cause };
}

/** nodemailer reads the relay's SIZE at the greeting and does not even ask (RFC 1870 §6.3): the relay's no, given early. */
const isTooLarge = (error: SmtpError): boolean => error.code === "EMESSAGE" && error.command === "MAIL FROM";
