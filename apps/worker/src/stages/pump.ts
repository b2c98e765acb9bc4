/** Sends what is due in one lane, until the lane is empty: lease, render, permit, hand over, settle. */
import type { Render, SendOutcome } from "@chorus/core/channel";
import { type Settlement, settle } from "@chorus/core/message";
import type { Lane } from "@chorus/core/plan";
import { withoutAddress } from "@chorus/core/redact";
import { handBack, type Leased, lease } from "@chorus/db/lease";
import { blockCarrier } from "@chorus/db/result";
import type { OpenedCarrier } from "../carriers.ts";
import type { World } from "../world.ts";

/** A lease must not outlive the patience of those at its end: a few rounds of the carrier's own concurrency. */
const roundsPerLease = 4;
const leasedAtMost = 200;

type How = { readonly signal: AbortSignal };

export const pumpLane = (world: World, lane: { channel: string; lane: number }, how: How): Promise<void> =>
  pump(world, { ...lane, class: "marketing" }, how);

export const pumpUrgent = (world: World, lane: Lane, how: How): Promise<void> => pump(world, lane, how);

async function pump(world: World, lane: Lane, { signal }: How): Promise<void> {
  let limit = 10; // until the first message shows its carrier
  while (!signal.aborted) {
    const messages = await lease(world.db, { ...lane, workerId: world.workerId, limit });
    if (messages.length === 0) return;
    for (const each of messages) traceOf(world, each).note("message.leased", { ...lane, workerId: world.workerId });
    const sent = await Promise.all(messages.map((message) => sendOne(world, { ...message, lane: lane.lane }, signal)));
    if (sent.includes("blocked")) return; // the sweep knocks again when the carrier is free
    const concurrency = Math.max(...(await carriersOf(world, messages)).map((each) => each.carrier.concurrency));
    limit = Math.min(leasedAtMost, concurrency * roundsPerLease);
  }
}

const carriersOf = (world: World, messages: readonly Leased[]) =>
  Promise.all(
    [...new Set(messages.map((each) => each.workspaceId))].map((id) =>
      world.carriers.get(id, messages[0]?.channel ?? ""),
    ),
  );

type InLane = Leased & { readonly lane: number };

async function sendOne(world: World, message: InLane, signal: AbortSignal): Promise<"done" | "blocked"> {
  const carrier = await world.carriers.get(message.workspaceId, message.channel).catch((error: unknown) => {
    world.log.error({ channel: message.channel, error: String(error) }, "carrier.unusable");
    return null;
  });
  if (!carrier) return await postpone(world, message);
  await carrier.nameOn(message.runId);
  const body = await render(world, message);
  const giveBack = await carrier.slots.take({ urgent: message.class !== "marketing" });
  try {
    if (signal.aborted || performance.now() < carrier.blockedUntil) {
      await handBack(world.db, [message]);
      return "blocked";
    }
    return await handOver(world, { message, carrier, body, signal, free: giveBack });
  } finally {
    giveBack();
  }
}

/** Without a usable account nothing is lost: the message waits, and the carrier says why it is blocked. */
async function postpone(world: World, message: Leased): Promise<"blocked"> {
  await handBack(world.db, [message]);
  await blockCarrier(world.db, {
    workspaceId: message.workspaceId,
    channel: message.channel,
    forMs: 30_000,
    because: "The account of this channel cannot be used; GET /v1/accounts says why.",
  });
  return "blocked";
}

type Rendered = { is: "rendered"; body: unknown } | { is: "unrenderable"; detail: string };

/** Rendered before the permit is asked for, so that the time between permit and last byte is only the wire's. */
async function render(world: World, message: Leased): Promise<Rendered> {
  try {
    const compiled: Render = await world.rendering.of(message);
    const to = {
      address: message.address ?? "",
      locale: message.locale,
      firstName: message.firstName,
      fields: message.fields,
    };
    return { is: "rendered", body: compiled(to, { id: world.seal.sealMessage(message), at: message.at }).body };
  } catch (error) {
    world.log.error({ messageId: message.messageId, error: String(error) }, "message.unrenderable");
    return { is: "unrenderable", detail: "The variant could not be rendered for this contact." };
  }
}

const traceOf = (world: World, message: Leased) =>
  world.telemetry.message(() => world.seal.sealMessage(message), world.job);

type HandingOver = { message: InLane; carrier: OpenedCarrier; body: Rendered; signal: AbortSignal; free: () => void };

async function handOver(
  world: World,
  { message, carrier, body, signal, free }: HandingOver,
): Promise<"done" | "blocked"> {
  const trace = traceOf(world, message);
  const askedAt = performance.now();
  const asking = trace.begin("message.permit", { channel: message.channel });
  const permit = await world.permits.ask({ messageId: message.messageId, leaseToken: message.leaseToken });
  asking.end({ outcome: permit.is, reason: permit.is === "skipped" ? permit.reason : null });
  if (permit.is !== "send") return "done";
  world.tally.count(message);
  const handing = trace.begin("message.hand_over", { channel: message.channel, attempt: permit.attempt });
  const outcome: SendOutcome =
    body.is === "unrenderable"
      ? { is: "refused", reason: "content", about: "content", detail: body.detail }
      : withoutAddress(
          await carrier.carrier.send(body.body, {
            messageId: world.seal.sealMessage(message),
            attempt: permit.attempt,
            mayStillSend: () => world.fence.lets(message, askedAt) && !signal.aborted,
            signal: world.giveUp,
          }),
          message.address,
        );
  free();
  handing.end({ outcome: outcome.is, reason: outcome.is === "refused" ? outcome.reason : null });
  if (outcome.is === "held") {
    await handBack(world.db, [message]);
    return "done";
  }
  const settlement = settle(outcome, {
    attempt: permit.attempt,
    carrierFailures: carrier.failures,
    random: world.random(),
    canAsk: carrier.carrier.resend === "can_ask",
  });
  const blocks = settlement.is === "deferred" && settlement.scope === "carrier";
  if (blocks) await block(world, { message, carrier, forMs: settlement.inMs, because: settlement.detail });
  else carrier.failures = 0;
  tell(world, message, settlement);
  const recording = trace.begin("message.record", { channel: message.channel, attempt: permit.attempt });
  await world.results.ask({
    runId: message.runId,
    messageId: message.messageId,
    attempt: permit.attempt,
    settlement,
  });
  recording.end({ outcome: settlement.is });
  return blocks ? "blocked" : "done";
}

/** Hand-overs that were under way together fail together, and count as one failure. */
async function block(world: World, of: { message: Leased; carrier: OpenedCarrier; forMs: number; because: string }) {
  const { message, carrier, forMs, because } = of;
  const now = performance.now();
  if (now >= carrier.blockedUntil) carrier.failures++;
  carrier.blockedUntil = Math.max(carrier.blockedUntil, now + forMs);
  await blockCarrier(world.db, { workspaceId: message.workspaceId, channel: message.channel, forMs, because });
}

/** What went as it should is told at debug; a campaign's troubles can be read back by its run. */
function tell(world: World, { runId, messageId, channel }: Leased, settlement: Settlement) {
  const level = settlement.is === "accepted" ? "debug" : "info";
  const detail = settlement.is === "accepted" ? undefined : settlement.detail;
  world.log[level]({ runId, messageId, channel, detail }, `message.${settlement.is}`);
}
