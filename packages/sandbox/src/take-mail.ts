/** What a mail server does with a recipient and with a mail: takes it, refuses it, or breaks, as the faults say. */
import { randomBytes } from "node:crypto";
import { domainToASCII } from "node:url";
import type { SMTPServerSession } from "smtp-server";
import { type Envelope, nameOf, readEnvelope } from "./mail.ts";
import { carriedByMail } from "./message-id.ts";
import { record, type World } from "./world.ts";

/** Internationalised domains in the form that is stored and compared. */
export function asciiAddress(address: string): string {
  const at = address.lastIndexOf("@");
  const domain = domainToASCII(address.slice(at + 1));
  return domain ? `${address.slice(0, at)}@${domain}` : address;
}

/** What a mail server may already say about the recipient, before it has seen the mail. */
export function refusal(world: World, to: string, session: SMTPServerSession): Error | null {
  const fault = world.faults.pick("smtp", ["hard_bounce", "mailbox_full", "rate_limited"], { names: [to] });
  if (!fault) return null;
  const { code, text, event } = recipientReply(fault, to);
  record(
    world,
    { provider: "smtp", channel: "email", event, messageId: null, to, code, fault: fault.is },
    {
      from: session.envelope.mailFrom ? session.envelope.mailFrom.address : "",
      title: "",
      body: null,
      detail: `${code} ${text}`,
    },
  );
  return smtpError(`${code} ${text}`);
}

type RecipientFault =
  | { is: "hard_bounce" }
  | { is: "mailbox_full" }
  | { is: "rate_limited"; retryAfterSeconds: number };

function recipientReply(fault: RecipientFault, to: string) {
  switch (fault.is) {
    case "hard_bounce":
      return { event: "refused", code: "550 5.1.1", text: `<${to}>: user unknown` } as const;
    case "mailbox_full":
      return { event: "refused", code: "452 4.2.2", text: `<${to}>: mailbox full` } as const;
    case "rate_limited":
      return {
        event: "rate_limited",
        code: "451 4.7.1",
        text: `rate limit exceeded, try again in ${fault.retryAfterSeconds} seconds`,
      } as const;
  }
}

export const smtpError = (reply: string) =>
  Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) });

type Answer = (error?: Error | null, text?: string) => void;
export type Taking = { world: World; raw: Buffer; session: SMTPServerSession; answer: Answer; hangUp: () => void };

export function take({ world, raw, session, answer, hangUp }: Taking): void {
  const names = session.envelope.rcptTo.map((each) => asciiAddress(each.address));
  const envelope = readEnvelope(raw);
  const broken = world.faults.pick("smtp", ["server_error"], { names });
  if (broken) {
    const reply = "451 4.3.0";
    for (const to of names) enter({ world, raw, envelope, to, event: "failed", code: reply, fault: broken.is });
    answer(smtpError(`${reply} local error in processing`));
    return;
  }
  const queueId = randomBytes(6).toString("hex").toUpperCase();
  const late = world.faults.pick("smtp", ["accept_then_hang_up", "hang"], { names });
  for (const to of names) enter({ world, raw, envelope, to, event: "accepted", queueId, fault: late?.is });
  const accept = () => answer(null, `2.0.0 Ok: queued as ${queueId}`);
  if (late?.is === "accept_then_hang_up") hangUp();
  else if (late?.is === "hang") world.timers.after(late.ms, accept);
  else accept();
}

type Entering = {
  world: World;
  raw: Buffer;
  envelope: Envelope;
  to: string;
  event: "accepted" | "failed";
  queueId?: string;
  code?: string;
  fault?: string | undefined;
};

function enter({ world, raw, envelope, to, event, queueId, code, fault }: Entering): void {
  const { messageId } = carriedByMail(envelope.messageId);
  record(
    world,
    { provider: "smtp", channel: "email", event, messageId, to, providerMessageId: queueId, code, fault },
    {
      from: envelope.from,
      title: envelope.subject,
      name: nameOf(to, envelope.to),
      body: event === "accepted" ? { is: "mail", raw } : null,
    },
  );
}
