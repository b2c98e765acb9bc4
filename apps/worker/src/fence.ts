/**
 * The last question before a message leaves, asked in the tick of its last byte: is the permit still fresh, and has
 * nobody paused, stopped or opted out since it was asked for? A permit that was asked for after the news has seen it
 * itself, so news is forgotten as soon as no older permit is fresh.
 */
import type { AddressHash } from "@chorus/core/address-hash";
import type { Id } from "@chorus/core/id";
import type { FenceNews, FenceWatch } from "@chorus/db/fence";
import { permitMs } from "@chorus/db/permit";
import { watchStalls } from "./stalls.ts";
import { realTime, type Time } from "./time.ts";

export type Fence = {
  /** `askedAt` is the moment of `performance.now()` just before the permit was asked for. */
  lets(message: Leaving, askedAt: number): boolean;
  close(): Promise<void>;
};

type Leaving = {
  readonly runId: Id;
  readonly workspaceId: Id;
  readonly channel: string;
  readonly address: string | null;
};

type Place = {
  /** Tells the news of others, each with a moment of this process: a permit asked for after it has seen it itself. */
  readonly watch: (of: Watching) => FenceWatch;
  readonly addressHash: (workspaceId: Id) => AddressHash;
  /** The process stood still for so many milliseconds, and nothing permitted before leaves any more. */
  readonly onStall: (ms: number) => void;
  readonly onError: (error: unknown) => void;
  readonly time?: Time;
};

type Watching = {
  readonly tell: (news: FenceNews, at: number) => void;
  readonly onError: (error: unknown) => void;
};

export function openFence({ watch, addressHash, onStall, onError, time = realTime }: Place): Fence {
  const stalls = watchStalls({ longerThanMs: permitMs, onStall, time });
  const closed = { runs: new Map<Id, number>(), workspaces: new Map<Id, number>(), hashes: new Map<string, number>() };
  const tell = ({ run, workspace, addressHash: hash }: FenceNews, at: number) => {
    if (run) closed.runs.set(run, at);
    if (workspace) closed.workspaces.set(workspace, at);
    if (hash) closed.hashes.set(hash, at);
    for (const each of Object.values(closed)) forgetBefore(each, time.now() - permitMs);
  };
  const watching = watch({ tell, onError });

  const isClosed = (message: Leaving, askedAt: number): boolean => {
    const isNews = (at: number | undefined) => at !== undefined && at >= askedAt;
    if (isNews(closed.runs.get(message.runId)) || isNews(closed.workspaces.get(message.workspaceId))) return true;
    if (closed.hashes.size === 0 || message.address === null) return false;
    return isNews(
      closed.hashes.get(addressHash(message.workspaceId)(message.channel, message.address).toString("hex")),
    );
  };

  return {
    lets: (message, askedAt) =>
      time.now() < askedAt + permitMs && stalls.noneSince(askedAt) && !isClosed(message, askedAt),
    close() {
      stalls.stop();
      return watching.close();
    },
  };
}

function forgetBefore<Key>(moments: Map<Key, number>, moment: number): void {
  for (const [key, at] of moments) if (at < moment) moments.delete(key);
}
