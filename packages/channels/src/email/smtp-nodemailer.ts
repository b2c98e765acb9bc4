/**
 * Mails spoken by nodemailer, with a stage of our own beside it. Its errors cannot tell a line that died before the final
 * dot from one that died after it; the stage can, because the dot passes through us.
 */
import type { HandOver } from "@chorus/core/channel";
import type SMTPConnection from "nodemailer/lib/smtp-connection";
import { gatedMessage } from "./gated-message.ts";
import { type Broken, broken, farewellMs, type Line, type Mail, type Sent, type Stage } from "./smtp-line.ts";
import type { SmtpSettings } from "./smtp-settings.ts";

export function nodemailerOver(connection: SMTPConnection, settings: SmtpSettings): Line {
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
    dropNext() {}, // it asks for none
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
