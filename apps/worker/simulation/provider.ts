/**
 * The simulated providers, which are the referee's only witnesses: a mail relay that cannot be asked afterwards, and a text
 * message service that can, and that calls back. What their answers mean is read by the tables of packages/channels.
 */
import { smtpOutcome } from "@chorus/channels/email/smtp-outcome";
import { twilioOutcome } from "@chorus/channels/sms/twilio-outcome";
import type { Carrier, HandOver, SendOutcome } from "@chorus/core/channel";
import type { Process } from "./process.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";
import type { Weather } from "./weather.ts";

export type ChannelName = "email" | "sms";

/** The last byte of a hand-over leaves, and perhaps it is taken. */
export type Witness = {
  left(of: HandOverOf): void;
  taken(of: HandOverOf): void;
  /** The worker knows what became of it. */
  told(process: Process, of: HandOverOf, outcome: SendOutcome): void;
  /** The provider reports on what it took. */
  reported(messageId: string): void;
};
export type HandOverOf = { readonly messageId: string; readonly attempt: number };

type Place = {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly weather: Weather;
  readonly witness: Witness;
  /** What a planted bug makes of an outcome before the worker sees it. */
  readonly change?: ((outcome: SendOutcome) => SendOutcome) | undefined;
};

/** Much less than a permit's own time, as every carrier's settings are. */
const answerWithinMs = 45_000;
/** What is on its way arrives within this or never. Shorter than the silence after which a provider is asked. */
const longestWayMs = 20_000;

type Reply = "yes" | "not now" | "never" | "broke" | "silence";

export type Provider = {
  open(channel: ChannelName, process: Process): Carrier;
  /** What is on its way to or from it. */
  underWay(): number;
};

export function openProvider({ timeline, random, weather, witness, change = (outcome) => outcome }: Place): Provider {
  const taken = new Map<string, string>();

  let underWay = 0;
  const onItsWay = (ms: number, run: () => void) => {
    underWay++;
    timeline.after(ms, () => {
      underWay--;
      run();
    });
  };
  const wayMs = () =>
    random.chance(weather.chances.slow) ? random.between(1_000, longestWayMs) : random.between(1, 80);

  function callBack(messageId: string) {
    for (let report = 0; report < 2; report++) {
      if (random.chance(weather.chances.callbackLost)) continue;
      onItsWay(random.between(10, 8_000), () => witness.reported(messageId));
      if (random.chance(weather.chances.callbackTwice))
        onItsWay(random.between(10, 8_000), () => witness.reported(messageId));
    }
  }

  /** The last byte has left: what the provider does with it, and what it says. */
  function arrive(channel: ChannelName, of: HandOverOf, answer: (reply: Reply) => void) {
    const { chances } = weather;
    witness.left(of);
    if (random.chance(chances.vanishes)) return answer("silence");
    onItsWay(wayMs(), () => {
      if (random.chance(chances.putOff)) return answer("not now");
      if (random.chance(chances.refused)) return answer("never");
      const broke = channel === "sms" && random.chance(chances.silent);
      if (broke && random.chance(0.5)) return answer("broke");
      taken.set(of.messageId, `${of.messageId}:${of.attempt}`);
      witness.taken(of);
      if (channel === "sms") callBack(of.messageId);
      if (broke) return answer("broke");
      answer(random.chance(chances.silent) ? "silence" : "yes");
    });
  }

  function send(channel: ChannelName, process: Process, how: HandOver): Promise<SendOutcome> {
    const of = { messageId: how.messageId, attempt: how.attempt };
    return new Promise((resolve) => {
      let isSettled = false;
      const settle = (outcome: SendOutcome) => {
        if (isSettled) return; // a process that stood still finds its patience over and the answer there
        isSettled = true;
        how.signal.removeEventListener("abort", abandon);
        witness.told(process, of, outcome);
        resolve(change(outcome));
      };
      const abandon = () => settle(meaningOf(channel, "silence", of));
      process.deliver(wayMs(), () => {
        if (random.chance(weather.chances.unreachable)) return settle(notReached(channel));
        if (how.signal.aborted || !how.mayStillSend()) return settle({ is: "held" });
        how.signal.addEventListener("abort", abandon, { once: true });
        const giveUp = process.deliver(answerWithinMs, () => settle(meaningOf(channel, "silence", of)));
        arrive(channel, of, (reply) => {
          const isCutShort = reply === "silence" && random.chance(0.5);
          if (reply === "silence" && !isCutShort) return;
          process.deliver(wayMs(), () => {
            giveUp();
            settle(meaningOf(channel, reply, of));
          });
        });
      });
    });
  }

  return {
    underWay: () => underWay,
    open: (channel, process) => ({
      resend: channel === "sms" ? "can_ask" : "may_duplicate",
      concurrency: 2,
      send: (_body, how) => send(channel, process, how),
      test: async () => {
        throw new Error("nobody tests a simulated account");
      },
      ...(channel === "email" ? {} : { lookUp: (_body, { messageId }) => lookUp(process, messageId) }),
    }),
  };

  function lookUp(process: Process, messageId: string): ReturnType<NonNullable<Carrier["lookUp"]>> {
    return new Promise((resolve) => {
      timeline.after(random.between(1, 80), () => {
        const providerMessageId = taken.get(messageId);
        const tells = !random.chance(weather.chances.silent);
        process.deliver(random.between(1, 80), () => {
          if (!tells) return resolve({ is: "cannot_tell" });
          resolve(providerMessageId ? { is: "accepted", providerMessageId } : { is: "not_accepted" });
        });
      });
    });
  }
}

const notReached = (channel: ChannelName): SendOutcome =>
  channel === "email"
    ? smtpOutcome({ is: "broken", stage: "connect", reply: null, command: null, cause: "ECONNREFUSED" })
    : twilioOutcome({ is: "not_sent", held: false, cause: "ECONNREFUSED" });

function meaningOf(channel: ChannelName, reply: Reply, of: HandOverOf): SendOutcome {
  return channel === "email" ? meaningOfMail(reply) : meaningOfText(reply, of);
}

function meaningOfMail(reply: Reply): SendOutcome {
  const broken = { is: "broken", stage: "dot", command: "DATA", cause: "refused" } as const;
  switch (reply) {
    case "yes":
      return { is: "accepted", providerMessageId: "queued" };
    case "not now":
      return smtpOutcome({ ...broken, reply: "451 4.3.0 later" });
    case "never":
      return smtpOutcome({ ...broken, reply: "550 5.1.1 nobody" });
    case "broke":
    case "silence":
      return smtpOutcome({ ...broken, command: null, reply: null, cause: "ECONNRESET" });
  }
}

function meaningOfText(reply: Reply, of: HandOverOf): SendOutcome {
  const answered = (status: number, body: object) =>
    twilioOutcome({ is: "answered", status, headers: { "retry-after": "2" }, body: JSON.stringify(body) });
  switch (reply) {
    case "yes":
      return answered(201, { sid: `${of.messageId}:${of.attempt}` });
    case "not now":
      return answered(429, { code: 20429 });
    case "never":
      return answered(400, { code: 21211 });
    case "broke":
      return answered(500, {});
    case "silence":
      return twilioOutcome({ is: "silent", cause: "ECONNRESET" });
  }
}
