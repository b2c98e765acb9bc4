/** What became of a run, always counted from the ledger. */
import type { Books } from "./message.ts";
import type { HoldReason } from "./permission.ts";

export type RunReport = {
  readonly run: { id: string; state: string; startedAt: string; finishedAt: string | null };
  readonly campaign: { id: string; name: string };
  /** Through which provider accounts it went, each from its first hand-over on. */
  readonly accounts: readonly RunAccount[];
  readonly books: Books;
  readonly channels: Readonly<Record<string, ChannelReport>>;
  readonly segments: readonly SegmentReport[];
  readonly doubts: number;
  /** Messages that went out again after a doubt, as their class allows. */
  readonly maybeTwice: number;
};

/** `account` names it and is no secret; `since` is an ISO instant. */
export type RunAccount = {
  readonly channel: string;
  readonly provider: string;
  readonly account: string;
  readonly since: string;
};

export type ChannelReport = Books & {
  readonly delivery: Readonly<Record<string, number>>;
  readonly clicked: number;
  readonly optedOut: number;
  /** What a live workspace would have held back, by reason. */
  readonly wouldHold: Readonly<Partial<Record<HoldReason, number>>>;
};

export type SegmentReport = {
  readonly id: string | null;
  readonly name: string;
  readonly contacts: number;
  readonly accepted: number;
  readonly clicked: number;
};
