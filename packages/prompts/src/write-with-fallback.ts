/** Copy for a task, come what may: the model where there is one, the deterministic writer where it fails, and why. */
import { setTimeout as sleep } from "node:timers/promises";
import type { WritingCost } from "@chorus/core/variant";
import type { CallBook } from "./call-book.ts";
import { templateWriter } from "./template-writer.ts";
import { addCosts, type Writer, type Writing, type WritingTask } from "./writer.ts";

/** `fallbackReason` says why the model's copy is not what is here; null when it is, or when there is no model. */
export type WritingOrFallback = Writing & { readonly fallbackReason: string | null };

export type WriteWithFallback = {
  readonly model: Writer | null;
  readonly task: WritingTask;
  readonly signal: AbortSignal;
  readonly book?: CallBook | undefined;
  readonly nonce?: number | undefined;
  /** How long a rate limit is waited for, all waits together. */
  readonly maxWaitMs?: number | undefined;
  /** False: phrases cannot make such a piece. */
  readonly mayFallBack?: boolean | undefined;
};

const usualMaxWaitMs = 30_000;
/** Where a server names no time. */
const usualWaitMs = 2_000;
const beforeRetryMs = 500;
const mostWaits = 5;

/** Never throws for what a model or its server may do. When the signal is aborted nothing is written, not even by the fallback. */
export async function writeWithFallback(of: WriteWithFallback): Promise<WritingOrFallback> {
  if (!of.model) return { ...(await templateWriter.write(of.task, of)), fallbackReason: null };
  const tried = await tryModel(of.model, of);
  if (tried.is === "written" || of.signal.aborted) return { ...tried, fallbackReason: null };
  const fallbackReason = `${tried.outcome}: ${tried.detail}`;
  if (of.mayFallBack === false) return { ...tried, fallbackReason };
  return { ...withCost(await templateWriter.write(of.task, of), tried.cost), fallbackReason };
}

/** A rate limit is waited for within the bound; a server that failed is asked once more. */
async function tryModel(
  model: Writer,
  { task, signal, book, nonce, maxWaitMs = usualMaxWaitMs }: WriteWithFallback,
): Promise<Writing> {
  let spent: WritingCost | null = null;
  let waitedMs = 0;
  let retried = false;
  for (let waits = 0; ; waits++) {
    const writing = withCost(await model.write(task, { signal, book, nonce }), spent);
    if (writing.is === "written" || signal.aborted) return writing;
    spent = writing.cost;
    if (writing.outcome === "provider" && !retried) {
      retried = true;
      await pause(beforeRetryMs, signal);
    } else if (writing.outcome === "rate_limited" && waits < mostWaits) {
      const waitMs = Math.max(writing.retryAfterMs ?? usualWaitMs, beforeRetryMs);
      if (waitedMs + waitMs > maxWaitMs) return writing;
      waitedMs += waitMs;
      await pause(waitMs, signal);
    } else return writing;
    if (signal.aborted) return writing;
  }
}

/** Ends early, and without an error, when the signal is aborted. */
const pause = (ms: number, signal: AbortSignal): Promise<unknown> => sleep(ms, null, { signal }).catch(() => null);

function withCost(writing: Writing, before: WritingCost | null): Writing {
  if (writing.is === "not_written") return { ...writing, cost: addCosts(before, writing.cost) };
  return { ...writing, cost: addCosts(before, writing.cost) ?? writing.cost };
}
