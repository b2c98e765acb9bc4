/** The books against the sandbox's wire log, message id by message id: the ledger is never compared with itself. */

import { testRunId } from "@chorus/core/copy-test";
import type { IdSeal } from "@chorus/core/id";
import type { LedgerLine } from "@chorus/db/handed-over";
import type { WireEntry } from "@chorus/sandbox/wire-log";

export type Difference = {
  readonly messageId: string;
  readonly channel: string;
  readonly what: /** The books say accepted, and nothing arrived. */
    | "not_received"
    /** It arrived, and the books say something else than accepted or in doubt. */
    | "not_in_books"
    | "received_twice";
  /** In the books; null: they do not know this id. */
  readonly state: string | null;
};

export type ChannelComparison = {
  /** Lines of the ledger in this state. */
  accepted: number;
  inDoubt: number;
  /** Different ids in the wire log. */
  received: number;
  /** Of those in doubt, how many had in fact arrived. */
  inDoubtReceived: number;
};

export type Comparison = {
  readonly channels: Readonly<Record<string, ChannelComparison>>;
  readonly differences: readonly Difference[];
};

export type Comparing = {
  readonly ledger: AsyncIterable<LedgerLine> | Iterable<LedgerLine>;
  readonly wire: AsyncIterable<WireEntry> | Iterable<WireEntry>;
  readonly seal: IdSeal;
  /** Channels that the sandbox carries; the others' messages are not looked at. */
  readonly channels: readonly string[];
  /** Null: every run. */
  readonly runId: string | null;
};

export async function compare(of: Comparing): Promise<Comparison> {
  const received = await countReceived(of);
  const channels = Object.fromEntries(of.channels.map((channel) => [channel, empty()]));
  for (const { channel } of received.values()) add(channels, channel, "received");
  const differences: Difference[] = [];
  for await (const line of of.ledger) {
    if (!of.channels.includes(line.channel)) continue;
    const messageId = of.seal.sealMessage(line);
    const times = received.get(messageId)?.times ?? 0;
    received.delete(messageId);
    const doubted = line.state === "in_doubt" || line.state === "in_doubt_final";
    if (line.state === "accepted") add(channels, line.channel, "accepted");
    if (doubted) add(channels, line.channel, "inDoubt");
    if (doubted && times > 0) add(channels, line.channel, "inDoubtReceived");
    const what = judge(line.state, times);
    if (what) differences.push({ messageId, channel: line.channel, what, state: line.state });
  }
  for (const [messageId, { channel }] of received)
    differences.push({ messageId, channel, what: "not_in_books", state: null });
  return { channels, differences };
}

function judge(state: string, times: number): Difference["what"] | null {
  if (times > 1) return "received_twice";
  if (state === "accepted") return times === 0 ? "not_received" : null;
  return times === 0 || state === "in_doubt" || state === "in_doubt_final" ? null : "not_in_books";
}

/** How often each of our ids was accepted; other clients' messages carry none and are not ours to judge. */
async function countReceived(of: Comparing): Promise<Map<string, { channel: string; times: number }>> {
  const received = new Map<string, { channel: string; times: number }>();
  for await (const { event, channel, messageId } of of.wire) {
    if (event !== "accepted" || messageId === null || !of.channels.includes(channel)) continue;
    const runId = of.seal.openMessage(messageId)?.runId;
    if (runId === testRunId || (of.runId !== null && runId !== of.runId)) continue; // tests are in no books
    received.set(messageId, { channel, times: (received.get(messageId)?.times ?? 0) + 1 });
  }
  return received;
}

const empty = (): ChannelComparison => ({ accepted: 0, inDoubt: 0, received: 0, inDoubtReceived: 0 });

function add(channels: Record<string, ChannelComparison>, channel: string, field: keyof ChannelComparison): void {
  const counts = channels[channel];
  if (counts) counts[field] += 1;
}
