/** What the sandbox is told to get wrong in the demo: enough to see every branch, never an acceptance without an answer. */
import type { FaultRule } from "@chorus/sandbox/faults";
import { postStandIns } from "@chorus/sandbox/post-stand-ins";
import type { Providers } from "./providers.ts";
import { failingSegment } from "./segments.ts";
import type { Shopper } from "./shoppers.ts";

/** Texts that Twilio answers with a 500: it is asked about them later, and they are sent again. */
const brokenTexts = 4;

export function demoFaults(providers: Providers, shoppers: readonly Shopper[]): FaultRule[] {
  const carries = (channel: string) => providers.sandboxChannels.includes(channel);
  return [
    ...(carries("email") ? emailFaults : []),
    ...(carries("sms") ? smsFaults(firstReached(shoppers)) : []),
    ...["slack", ...postStandIns.map(({ channel }) => channel)].flatMap((channel) =>
      carries(channel) ? postFaults(channel) : [],
    ),
    ...(providers.sandboxWrites ? copyFaults : []),
  ];
}

/** A mail server that asks for patience names no time, and is met again a minute later: too long for a demo. */
const emailFaults: readonly FaultRule[] = [{ provider: "smtp", match: { share: 0.012 }, fault: { is: "hard_bounce" } }];

const smsFaults = (first: readonly string[]): FaultRule[] => [
  ...first.map((to): FaultRule => ({ provider: "twilio", match: { to }, fault: { is: "server_error", times: 1 } })),
  { provider: "twilio", match: { share: 0.003 }, fault: { is: "rate_limited", retryAfterSeconds: 1, times: 1 } },
  { provider: "twilio", match: { share: 0.006 }, fault: { is: "invalid_number" } },
  /** Taken, and reported undelivered later: accepted in the books all the same. */
  { provider: "twilio", match: { share: 0.01 }, fault: { is: "hard_bounce" } },
];

const postFaults = (provider: string): FaultRule[] => [
  { provider, match: {}, fault: { is: "server_error", times: 1 } },
  { provider, match: {}, fault: { is: "rate_limited", retryAfterSeconds: 2, times: 1 } },
];

const copyFaults: readonly FaultRule[] = [
  { provider: "openai", match: { segment: failingSegment }, fault: { is: "refuse_copy" } },
];

/** The first contacts, in the order of the import, that nothing keeps from being sent to. */
function firstReached(shoppers: readonly Shopper[]): string[] {
  const reached = shoppers.filter(
    ({ consent, suppressed }) => consent.sms === "granted" && !suppressed.some((each) => each.channel === "sms"),
  );
  return reached.flatMap((shopper) => shopper.phone ?? []).slice(0, brokenTexts);
}
