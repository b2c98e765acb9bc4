/** Plays many seeds, on every core there is, until one breaks a promise. */
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";

export type Exploring = {
  readonly from: number;
  readonly seeds: number;
  /** The name of a planted bug. */
  readonly plant?: string | undefined;
  readonly onProgress?: (played: number) => void;
};

export type Found = { readonly seed: number; readonly broken: string };

/** What a process is given to play: every `stride`th seed. */
export type Share = { readonly from: number; readonly below: number; readonly stride: number; readonly plant?: string };
/** What it says: now and then how far it has come, and at the end what it found. */
export type Said = { readonly played: number } | { readonly found: Found | null };

/** The first seed found to break a promise; null when every one kept them all. */
export async function explore({ from, seeds, plant, onProgress }: Exploring): Promise<Found | null> {
  const stride = Math.min(availableParallelism(), Math.ceil(seeds / 50));
  const shares = Array.from({ length: stride }, (_, number) => ({
    ...{ from: from + number, below: from + seeds, stride },
    ...(plant ? { plant } : {}),
  }));
  const played = shares.map(() => 0);
  const stopping = new AbortController();
  const all = await Promise.all(
    shares.map((share, number) =>
      playInProcess(share, stopping, (count) => {
        played[number] = count;
        onProgress?.(played.reduce((sum, each) => sum + each, 0));
      }),
    ),
  );
  return all.filter((each) => each !== null).sort((one, other) => one.seed - other.seed)[0] ?? null;
}

function playInProcess(share: Share, stopping: AbortController, onProgress: (played: number) => void) {
  return new Promise<Found | null>((resolve, reject) => {
    const child = fork(new URL("./play-share.ts", import.meta.url)); // under the loader that we run under
    let found: Found | null = null;
    stopping.signal.addEventListener("abort", () => child.kill(), { once: true });
    child.on("message", (said: Said) => {
      if ("played" in said) return onProgress(said.played);
      found = said.found;
      if (found) stopping.abort();
    });
    child.once("error", reject);
    child.once("exit", (code) => {
      if (code === 0 || stopping.signal.aborted) resolve(found);
      else reject(new Error(`a process that plays seeds ended with ${code}`));
    });
    child.send(share);
  });
}
