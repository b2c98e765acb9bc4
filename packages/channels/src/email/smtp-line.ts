/**
 * One connection to a relay: nodemailer's SMTPConnection, with a stage of our own beside it. Its errors cannot tell a
 * line that died before the final dot from one that died after it; the stage can, because the dot passes through us.
 */
import type { HandOver } from "@chorus/core/channel";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { gatedMessage } from "./gated-message.ts";
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
  readonly mime: Buffer;
  readonly envelopeId: string;
};

export type Sent = { readonly is: "taken"; readonly reply: string } | { readonly is: "held" } | Broken;

export type Line = {
  send(mail: Mail, how: HandOver): Promise<Sent>;
  /** RSET, which changes nothing between two mails (RFC 5321 §4.1.1.5). null: the relay said yes. */
  refresh(): Promise<Broken | null>;
  /** True while another mail may be sent over it. */
  readonly usable: () => boolean;
  readonly sentBefore: () => number;
  /** Says goodbye, and does not wait long for the answer. */
  close(): void;
};

const farewellMs = 1000;

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
      if (!settings.login) return resolve(lineOver(connection, settings));
      connection.login({ user: settings.login.user, credentials: settings.login }, (refused) =>
        refused ? fail("login")(refused) : resolve(lineOver(connection, settings)),
      );
    });
  });
}

function lineOver(connection: SMTPConnection, settings: SmtpSettings): Line {
  let sent = 0;
  return {
    usable: () => !connection.destroyed && sent < settings.messagesPerConnection,
    sentBefore: () => sent,
    async send(mail, how) {
      const result = await transaction({ connection, settings, mail, how });
      sent += 1;
      if (result.is === "broken") await afterBroken(connection, result);
      return result;
    },
    refresh: () =>
      new Promise((resolve) => {
        const end = () => resolve(broken("envelope", new Error("closed")));
        connection.once("end", end);
        connection.reset((error) => {
          connection.removeListener("end", end);
          resolve(error ? { ...broken("envelope", error), command: "RSET" } : null);
        });
      }),
    close() {
      if (connection.destroyed) return;
      const force = setTimeout(() => connection.close(), farewellMs);
      connection.once("end", () => clearTimeout(force));
      connection.quit();
    },
  };
}

type Transaction = { connection: SMTPConnection; settings: SmtpSettings; mail: Mail; how: HandOver };

function transaction({ connection, settings, mail, how }: Transaction): Promise<Sent> {
  return new Promise((resolve) => {
    let stage: Stage = "envelope";
    const settle = (result: Sent) => {
      clearTimeout(timer);
      how.signal.removeEventListener("abort", abandon);
      resolve(result);
    };
    const breakOff = (result: Sent) => {
      settle(result);
      connection.close();
    };
    const expire = () => breakOff(broken(stage, new Error("timeout")));
    const abandon = () => breakOff(stage === "dot" ? broken(stage, new Error("stopped")) : { is: "held" });
    let timer = setTimeout(expire, settings.replyTimeoutMs);
    how.signal.addEventListener("abort", abandon, { once: true });
    if (how.signal.aborted) return abandon();

    const begins = () => {
      stage = "data";
    };
    const mayEnd = () => {
      if (how.signal.aborted || !how.mayStillSend()) {
        breakOff({ is: "held" });
        return false;
      }
      stage = "dot";
      clearTimeout(timer);
      timer = setTimeout(expire, settings.dotTimeoutMs);
      return true;
    };
    const message = gatedMessage(mail.mime, { begins, socket: () => connection._socket || null, mayEnd });
    message.on("error", () => {}); // breaking off is its way to refuse
    connection.send(
      {
        from: mail.from,
        to: [mail.to],
        size: mail.mime.length,
        dsn: { ret: "HDRS", envid: mail.envelopeId },
      },
      message,
      (error, info) => {
        if (error) settle(broken(stage, error));
        else if (stage === "dot") settle({ is: "taken", reply: info.response });
        else breakOff(broken("dot", new Error("early"))); // a yes to a mail that had not ended: nobody knows to what
      },
    );
  });
}

/** A mail refused by name leaves the line good: the session is reset and goes on. Any other break ends it. */
async function afterBroken(connection: SMTPConnection, { reply, stage }: Broken): Promise<void> {
  const stillTalking = reply !== null && !reply.startsWith("421") && stage !== "data" && !connection.destroyed;
  if (!stillTalking) return connection.close();
  if (stage === "dot") return; // the answer to the dot ended the transaction
  await new Promise<void>((done) => {
    connection.once("end", done);
    connection.reset((error) => {
      if (error) connection.close();
      connection.removeListener("end", done);
      done();
    });
  });
}

type SmtpError = Error & {
  readonly code?: string | undefined;
  readonly originalCode?: string | undefined;
  readonly response?: string | undefined;
  readonly command?: string | undefined;
};

function broken(stage: Stage, error: SmtpError): Broken {
  const cause = error.originalCode ?? error.code ?? (/^[a-z]+$/.test(error.message) ? error.message : "failed");
  const reply = error.response ?? (isTooLarge(error) ? "552 5.3.4" : null);
  return { is: "broken", stage, reply, command: error.command ?? null, cause };
}

/** nodemailer reads the relay's SIZE at the greeting and does not even ask (RFC 1870 §6.3): the relay's no, given early. */
const isTooLarge = (error: SmtpError): boolean => error.code === "EMESSAGE" && error.command === "MAIL FROM";
