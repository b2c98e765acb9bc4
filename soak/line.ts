/** A TCP line between a worker and a server. It counts what is under way on it, and can be cut, slowed and silenced. */
import { createServer, connect as dial, type Socket } from "node:net";

export type Line = {
  readonly port: number;
  /** Hand-overs whose last byte went by and whose answer did not yet. */
  inFlight(): number;
  /** Hand-overs that were answered within the last half second: their result may not be recorded yet. */
  justAnswered(): number;
  /** Ends every connection now. */
  cut(): void;
  /** Ends each present connection when its server answers a hand-over, in the answer's stead. */
  cutAtAnswer(): void;
  /** Every chunk takes so much longer, both ways. */
  slow(byMs: number): void;
  /** Connections stay open and carry nothing. */
  silence(): void;
  /** From now on new connections work as they should; those that were silenced end. */
  mend(): void;
  close(): Promise<void>;
};

/** Whether a hand-over ends with these bytes, the last that went to the server. */
export type LastByte = (tail: string) => boolean;

export const endsMail: LastByte = (tail) => tail.endsWith("\r\n.\r\n");
export const endsRequest: LastByte = () => true;
export const endsNothing: LastByte = () => false;

type Pair = { near: Socket; far: Socket; tail: string; isPending: boolean; isDoomed: boolean; isSilent: boolean };

const tailBytes = 5;
const recordedWithinMs = 500;

export async function openLine(to: { host: string; port: number; isLastByte: LastByte }): Promise<Line> {
  const pairs = new Set<Pair>();
  const answeredAt: number[] = [];
  let delayMs = 0;
  let isSilent = false;

  const later = (act: () => void) => (delayMs > 0 ? void setTimeout(act, delayMs) : act());
  const end = (pair: Pair) => {
    if (!pairs.delete(pair)) return;
    pair.near.resetAndDestroy();
    pair.far.destroy();
  };
  const goesOut = (pair: Pair, chunk: Buffer) => {
    if (pair.isSilent) return;
    pair.tail = (pair.tail + chunk.subarray(-tailBytes).toString("latin1")).slice(-tailBytes);
    pair.isPending = to.isLastByte(pair.tail);
    later(() => pair.far.write(chunk));
  };
  const comesBack = (pair: Pair, chunk: Buffer) => {
    if (pair.isSilent) return;
    if (pair.isPending && pair.isDoomed) return end(pair);
    if (pair.isPending) answeredAt.push(performance.now());
    pair.isPending = false;
    later(() => pair.near.write(chunk));
  };
  const server = createServer((near) => {
    const far = dial(to);
    const pair: Pair = { near, far, tail: "", isPending: false, isDoomed: false, isSilent };
    pairs.add(pair);
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("close", () => end(pair));
    }
    near.on("data", (chunk: Buffer) => goesOut(pair, chunk));
    far.on("data", (chunk: Buffer) => comesBack(pair, chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The line has no port.");
  const setSilence = (silent: boolean) => {
    isSilent = silent;
    for (const pair of pairs) {
      if (pair.isSilent && !silent) end(pair);
      pair.isSilent = silent;
    }
  };
  return {
    port: address.port,
    inFlight: () => [...pairs].filter((pair) => pair.isPending).length,
    justAnswered() {
      const since = performance.now() - recordedWithinMs;
      answeredAt.splice(
        0,
        Math.max(
          0,
          answeredAt.findIndex((at) => at >= since),
        ),
      );
      return answeredAt.filter((at) => at >= since).length;
    },
    cut: () => [...pairs].forEach(end),
    cutAtAnswer() {
      for (const pair of pairs) pair.isDoomed = true;
    },
    slow(byMs) {
      delayMs = byMs;
    },
    silence: () => setSilence(true),
    mend() {
      delayMs = 0;
      setSilence(false);
    },
    async close() {
      for (const pair of pairs) end(pair);
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
