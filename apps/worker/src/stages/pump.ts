/** Sends what is due in one lane, until the lane is empty: lease, permit, render, hand over, settle. */
import type { HandOver, Render, SendOutcome } from "@chorus/core/channel";
import { type Settlement, settle } from "@chorus/core/message";
import type { Lane } from "@chorus/core/plan";
import { withoutAddress } from "@chorus/core/redact";
import type { Leased } from "@chorus/db/lease";
import type { OpenedCarrier, UnusableAccount } from "../carriers.ts";
import { type Passage, passCircuit, recordPassage, returnPassage } from "../circuit.ts";
import type { HandledAs } from "../hands.ts";
import type { Turn } from "../pace.ts";
import type { Slot } from "../slots.ts";
import type { World } from "../world.ts";

/** There are more lanes of campaigns than jobs at a time: each has its turn again when the sweep knocks. */
const campaignTurn = { turnMs: 5_000, nextMs: 250, idleMs: 1_000, isPatient: false };
/** Lanes of what is urgent have a job each, which looks again for as long as something is under way. */
const urgentTurn = { turnMs: Number.POSITIVE_INFINITY, nextMs: 20, idleMs: 100, isPatient: true };
/** What found no moment and no line for half a lease is left alone for so long. */
const lateMs = 2_000;

type How = { readonly signal: AbortSignal };

export const pumpLane = (world: World, lane: { channel: string; lane: number }, how: How): Promise<void> =>
  pump(world, { ...lane, class: "marketing" }, { ...campaignTurn, ...how });

export const pumpUrgent = (world: World, lane: Lane, how: How): Promise<void> =>
  pump(world, lane, { ...urgentTurn, ...how });

async function pump(world: World, lane: Lane, { signal, ...turn }: How & typeof campaignTurn): Promise<void> {
  const hand = world.hands.of(lane);
  const until = world.time.now() + turn.turnMs;
  const isStopping = () => signal.aborted || world.stopping.aborted;
  while (!isStopping() && world.time.now() < until) {
    const leased = await world.ledger.lease({ ...lane, ...hand.wish() });
    const messages = leased.map((each) => ({ ...each, lane: lane.lane, publicId: world.seal.sealMessage(each) }));
    for (const each of messages) traceOf(world, each).note("message.leased", { ...lane, workerId: world.workerId });
    const works = messages.map((message) => handle(world, message, isStopping));
    if (messages[0]) {
      hand.hold(messages[0].workspaceId, works); // a lease is of one run
      await hand.freed(turn.nextMs);
    } else if (!(await hand.freed(turn.idleMs)) && !(turn.isPatient && hand.isHolding())) return;
  }
}

/** What failed keeps its lease until that ends, and is tried again. */
async function handle(world: World, message: InLane, isStopping: () => boolean): Promise<HandledAs> {
  try {
    return await sendOne(world, message, isStopping);
  } catch (error) {
    world.log.error({ messageId: message.messageId, error: String(error) }, "message.unhandled");
    return "late";
  }
}

type InLane = Leased & { readonly lane: number; readonly publicId: string };

async function sendOne(world: World, message: InLane, isStopping: () => boolean): Promise<HandledAs> {
  const carrier = await carrierOf(world, message);
  if (carrier === "late") return carrier;
  if (carrier.is === "unusable") return await postpone(world, message, carrier.because);
  const urgent = message.class !== "marketing";
  const address = message.address ?? "";
  const domain = carrier.carrier.domainOf?.(address) ?? null;
  const putOffMs = carrier.slots.putOff(domain);
  if (putOffMs !== null) {
    await world.ledger.handBack({ ...message, inMs: putOffMs });
    return "done";
  }
  const turn = await world.pace.turn(carrier.ratesOf(address), { urgent });
  await turn?.near(); // without a line: who has to wait for one limit holds up nobody under another
  const slot = turn && (await carrier.slots.take({ urgent, domain }));
  if (!turn || !slot) {
    await world.ledger.handBack({ ...message, inMs: carrier.slots.putOff(domain) ?? lateMs });
    return "late";
  }
  try {
    if (turn.isOver()) {
      await world.ledger.handBack(message);
      return "late";
    }
    const passage = isStopping() ? "blocked" : await passCircuit(world, message, carrier);
    if (passage === "blocked") {
      await world.ledger.handBack(message);
      return "blocked";
    }
    const words = await compile(world, message);
    return await handOver(world, { message, carrier, words, turn, isStopping, passage, slot });
  } finally {
    slot.giveBack();
  }
}

/** A database that does not answer says nothing about the account: the message comes again soon, and nothing is blocked. */
async function carrierOf(world: World, message: Leased): Promise<OpenedCarrier | UnusableAccount | "late"> {
  try {
    const carrier = await world.carriers.get(message.workspaceId, message.channel);
    if (carrier.is === "opened") await carrier.nameOn(message.runId);
    return carrier;
  } catch (error) {
    world.log.warn(
      { messageId: message.messageId, channel: message.channel, error: String(error) },
      "carrier.not_opened",
    );
    await world.ledger.handBack({ ...message, inMs: lateMs });
    return "late";
  }
}

/** Without a usable account nothing is lost: the message waits, and the carrier says why it is blocked. */
async function postpone(world: World, message: Leased, because: string): Promise<"blocked"> {
  world.log.error({ channel: message.channel, because }, "account.unusable");
  await world.ledger.handBack(message);
  await world.ledger.circuit.block({
    workspaceId: message.workspaceId,
    channel: message.channel,
    forMs: 30_000,
    failures: 0,
    because,
  });
  return "blocked";
}

/** Before the permit is asked for, so that nothing is read between permit and last byte. Null: there are no words to send. */
async function compile(world: World, message: InLane): Promise<Render | null> {
  try {
    return await world.rendering.of(message);
  } catch (error) {
    tellUnrenderable(world, message, error);
    return null;
  }
}

/** As late as can be: a mail that waits is most of what a worker holds. */
function render(world: World, message: InLane, words: Render): { body: unknown } | null {
  try {
    return words(world.rendering.filling(message), { id: message.publicId, at: message.at });
  } catch (error) {
    tellUnrenderable(world, message, error);
    return null;
  }
}

const tellUnrenderable = (world: World, { messageId }: InLane, error: unknown) =>
  world.log.error({ messageId, error: String(error) }, "message.unrenderable");

const traceOf = (world: World, { publicId }: InLane) => world.telemetry.message(() => publicId, world.job);

type HandingOver = {
  message: InLane;
  carrier: OpenedCarrier;
  words: Render | null;
  turn: Turn;
  isStopping: () => boolean;
  passage: Passage;
  slot: Slot;
};

async function handOver(
  world: World,
  { message, carrier, words, turn, isStopping, passage, slot }: HandingOver,
): Promise<"done" | "blocked"> {
  const trace = traceOf(world, message);
  const askedAt = world.time.now();
  const asking = trace.begin("message.permit", { channel: message.channel });
  const { messageId, leaseToken } = message;
  const permit = await world.ledger.permit({ messageId, leaseToken, isProbe: passage === "probe" });
  asking.end({ outcome: permit.is, reason: permit.is === "skipped" ? permit.reason : null });
  if (permit.is !== "send") {
    await returnPassage(world, message, { carrier, passage });
    return "done";
  }
  const permitted = world.time.now();
  world.tally.count(message);
  const attempt = { messageId, attempt: permit.attempt };
  const handing = trace.begin("message.hand_over", { channel: message.channel, attempt: permit.attempt });
  // Noted first: a process that stands still in between is stopped by the fence when it goes on.
  const mayStillSend = () =>
    world.gate.note(attempt) && world.fence.lets(message, askedAt) && !turn.isOver() && !isStopping();
  const outcome = await send(world, { message, carrier, words, turn }, { attempt: permit.attempt, mayStillSend });
  slot.giveBack();
  slot.measured({ permitMs: permitted - askedAt, handOverMs: world.time.now() - permitted });
  handing.end({ outcome: outcome.is, reason: outcome.is === "refused" ? outcome.reason : null });
  if (outcome.is === "held") {
    await world.ledger.proveUnsent([{ ...message, attempt: permit.attempt }]);
    world.gate.forget(attempt);
    await returnPassage(world, message, { carrier, passage });
    return "done";
  }
  const settlement = settle(outcome, {
    attempt: permit.attempt,
    carrierFailures: carrier.failures,
    random: world.random(),
    canAsk: carrier.carrier.resend === "can_ask",
    class: message.class,
  });
  const blocks = await recordPassage(world, message, { carrier, passage, settlement });
  tell(world, message, settlement);
  const recording = trace.begin("message.record", { channel: message.channel, attempt: permit.attempt });
  await world.ledger.record({
    runId: message.runId,
    messageId: message.messageId,
    attempt: permit.attempt,
    settlement,
  });
  recording.end({ outcome: settlement.is });
  if (settlement.is === "in_doubt") world.gate.note(attempt);
  else world.gate.forget(attempt);
  return blocks ? "blocked" : "done";
}

const unrenderable: SendOutcome = {
  ...{ is: "refused", reason: "content", about: "content" },
  detail: "The variant could not be rendered for this contact.",
};

/** "held" is also what was permitted too late for its turn: better said before a line is spoken to and broken off. */
async function send(
  world: World,
  { message, carrier, words, turn }: Pick<HandingOver, "message" | "carrier" | "words" | "turn">,
  how: Pick<HandOver, "attempt" | "mayStillSend">,
): Promise<SendOutcome> {
  await turn.come();
  if (turn.isOver()) return { is: "held" };
  const rendered = words && render(world, message, words);
  if (!rendered) return unrenderable;
  const outcome = await carrier.carrier.send(rendered.body, {
    ...how,
    messageId: message.publicId,
    signal: world.giveUp,
  });
  return withoutAddress(outcome, message.address);
}

/** What went as it should is told at debug; a campaign's troubles can be read back by its run. */
function tell(world: World, { runId, messageId, channel }: Leased, settlement: Settlement) {
  const level = settlement.is === "accepted" ? "debug" : "info";
  const detail = settlement.is === "accepted" ? undefined : settlement.detail;
  world.log[level]({ runId, messageId, channel, detail }, `message.${settlement.is}`);
}
