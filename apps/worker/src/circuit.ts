/**
 * The way to a provider account, shared by all workers through its row. Closed, everybody passes and nothing is asked;
 * after a failure nobody does until its block is over, and then one message goes ahead of the others.
 */
import type { Settlement } from "@chorus/core/message";
import type { Leased } from "@chorus/db/lease";
import type { OpenedCarrier } from "./carriers.ts";
import type { World } from "./world.ts";

export type Passage = "open" | "probe";
type OfChannel = Pick<Leased, "workspaceId" | "channel">;

/** Whoever was told no looks again after this, should the row have changed: a person may release an account at any time. */
const lookAgainMs = 1_000;
/** Hand-overs that were under way together and fail within this are one failure. */
const togetherMs = 5_000;

export async function passCircuit(world: World, of: OfChannel, carrier: OpenedCarrier): Promise<Passage | "blocked"> {
  if (world.time.now() < carrier.blockedUntil) return "blocked";
  if (carrier.failures === 0) return "open";
  carrier.blockedUntil = world.time.now() + lookAgainMs; // those beside it do not ask as well
  const probe = await world.ledger.circuit.takeProbe(of);
  if (probe) carrier.blockedUntil = world.time.now() + probe.forMs;
  return probe ? "probe" : "blocked";
}

type Passed = { carrier: OpenedCarrier; passage: Passage; settlement: Settlement };

/** True: nobody follows for now. Silence says nothing about the way: a probe that met it is followed by another. */
export async function recordPassage(
  world: World,
  of: OfChannel,
  { carrier, passage, settlement }: Passed,
): Promise<boolean> {
  if (settlement.is === "deferred" && settlement.scope === "carrier") {
    await fail(world, of, { carrier, passage, settlement });
    return true;
  }
  if (passage === "probe" && settlement.is !== "in_doubt") {
    await write(world, () => world.ledger.circuit.close(of));
    Object.assign(carrier, { failures: 0, blockedUntil: 0 });
  }
  return false;
}

/** A database that is away must not keep a message from its result; the row is written by the next one that passes. */
const write = (world: World, work: () => Promise<void>): Promise<void> =>
  work().catch((error: unknown) => world.log.error({ error: String(error) }, "circuit.unrecorded"));

/** The message that went ahead was never handed over, so another one may. */
export async function returnPassage(world: World, of: OfChannel, { carrier, passage }: Omit<Passed, "settlement">) {
  if (passage !== "probe") return;
  await write(world, () => world.ledger.circuit.returnProbe(of));
  carrier.blockedUntil = 0;
}

type Failed = Passed & { settlement: Extract<Settlement, { is: "deferred" }> };

/** Hand-overs that were under way together fail together, and count as one failure. */
async function fail(world: World, of: OfChannel, { carrier, passage, settlement }: Failed): Promise<void> {
  const { inMs: forMs, detail: because, about } = settlement;
  const at = { workspaceId: of.workspaceId, channel: of.channel };
  const isFirst = passage === "probe" || world.time.now() >= carrier.blockedUntil;
  const failures = carrier.failures + (isFirst ? 1 : 0);
  Object.assign(carrier, { failures, blockedUntil: world.time.now() + Math.min(forMs, togetherMs) });
  await write(world, async () => {
    if (about !== "account")
      return await world.ledger.circuit.block({ ...at, forMs, because, failures, isProbe: passage === "probe" });
    const isNew = await world.ledger.circuit.pause({ ...at, because });
    if (isNew) world.log.error({ ...at, because }, "carrier.paused");
  });
}
