/**
 * The open connections to one relay: used again and again, never more than allowed, closed when nobody needs them. Mails
 * that wait for one are taken by whichever is free first; and by one whose mail is on its way, when the relay answers so
 * soon that nothing is lost by waiting for it.
 */
import type { HandOver } from "@chorus/core/channel";
import { type Line, type Mail, openLine, type Sent } from "./smtp-line.ts";
import type { SmtpSettings } from "./smtp-settings.ts";

export type SmtpPool = {
  /** Rejects for an address that was not normalised. */
  send(mail: Mail, how: HandOver): Promise<Sent>;
  close(): void;
};

type Idle = { readonly line: Line; readonly timer: NodeJS.Timeout };

type Job = {
  readonly mail: Mail;
  readonly how: HandOver;
  /** A line that had gone stale has failed it: it gets a new one. */
  readonly wantsNewLine: boolean;
  resolve(sent: Sent | Promise<Sent>): void;
};

/** A relay is quick when it answers a mail within this, in the mean. */
const quickMs = 50;
/** A mail that waits behind one that is not answered for so long is given to another line. */
const patienceMs = 100;
/** One answer counts for this part of the mean, and for no more than a few times the patience. */
const weight = 1 / 16;
const slowestMs = 4 * patienceMs;

export function openSmtpPool(settings: SmtpSettings): SmtpPool {
  const idle: Idle[] = []; // the newest last: few stay warm, the others grow old and close
  const waiting: Job[] = [];
  let free = settings.concurrency;
  let answersInMs = slowestMs;
  let closed = false;

  const takeIdle = (): Line | null => {
    for (let last = idle.pop(); last; last = idle.pop()) {
      clearTimeout(last.timer);
      if (last.line.usable()) return last.line;
      last.line.close();
    }
    return null;
  };
  const putAside = (line: Line) => {
    if (!line.usable() || closed) return line.close();
    const expire = () => {
      idle.splice(
        idle.findIndex((each) => each.line === line),
        1,
      );
      line.close();
    };
    idle.push({ line, timer: setTimeout(expire, settings.idleTimeoutMs).unref() });
  };

  function serve(): void {
    while (free > 0) {
      const job = waiting.shift();
      if (!job) return;
      free -= 1;
      void work(job);
    }
  }

  async function work(first: Job): Promise<void> {
    const known = first.wantsNewLine ? null : takeIdle();
    const line = known ?? (await openLine(settings));
    if ("is" in line) first.resolve(line);
    else {
      for (let job: Job | null = first; job; job = await speak(line, job));
      putAside(line);
    }
    free += 1;
    serve();
  }

  /** Answers the mail that is to follow over the same line. */
  async function speak(line: Line, job: Job): Promise<Job | null> {
    const wasUsed = line.sentBefore() > 0;
    let next: Job | null = null;
    let impatience: NodeJS.Timeout | undefined;
    let dotAt = 0;
    const sending = line.send(job.mail, job.how, () => {
      dotAt = performance.now();
      next = answersInMs < quickMs ? takeNext() : null;
      if (next) impatience = setTimeout(giveUp, patienceMs, next);
      return next?.mail ?? null;
    });
    const sent = await sending.catch(() => null);
    clearTimeout(impatience);
    if (dotAt > 0) answersInMs += weight * (Math.min(performance.now() - dotAt, slowestMs) - answersInMs);
    if (sent && wentStale(sent) && wasUsed && !job.wantsNewLine && !job.how.signal.aborted)
      waiting.unshift({ ...job, wantsNewLine: true });
    else job.resolve(sending);
    return next;

    function giveUp(other: Job): void {
      next = null;
      line.dropNext();
      waiting.unshift(other);
      serve();
    }
  }

  const takeNext = (): Job | null => (waiting[0]?.wantsNewLine === false ? (waiting.shift() ?? null) : null);

  return {
    async send(mail, how) {
      for (const address of [mail.from, mail.to]) requireNormalised(address);
      return await new Promise((resolve) => {
        waiting.push({ mail, how, wantsNewLine: false, resolve });
        serve();
      });
    },
    close() {
      closed = true;
      for (const each of idle.splice(0)) {
        clearTimeout(each.timer);
        each.line.close();
      }
    },
  };
}

/** It died before it could take anything. */
const wentStale = (sent: Sent): boolean =>
  sent.is === "broken" && sent.stage === "envelope" && sent.reply === null && sent.cause !== "timeout";

/** Whatever else stood here could end the command and begin another. */
function requireNormalised(address: string): void {
  if (!/^[\x21-\x7e]+$/.test(address) || /[<>]/.test(address))
    throw new Error("An address that was not normalised reached the envelope.");
}
