/** A TCP line to a server for the tests of this package, which can be cut, go silent, and be mended. */
import { createServer, connect as dial, type Socket } from "node:net";

export type Line = {
  readonly port: number;
  /** Ends every connection and refuses new ones. */
  cut(): void;
  /** Every present connection stays open and carries nothing more, ever; new ones work. */
  silence(): void;
  /** New connections stay open and carry nothing. */
  swallow(): void;
  mend(): void;
  openConnections(): number;
  close(): Promise<void>;
};

export async function openLine(to: { host: string; port: number }): Promise<Line> {
  let state: "up" | "cut" | "swallowing" = "up";
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((near) => {
    near.on("error", () => {});
    if (state === "cut") return near.destroy();
    const far = dial(to);
    far.on("error", () => {});
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    near.on("close", end);
    far.on("close", end);
    if (state === "swallowing") return near.resume();
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the line has no port");
  const endAll = () => {
    for (const [near, far] of pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
  };
  return {
    port: address.port,
    cut() {
      state = "cut";
      endAll();
    },
    silence() {
      for (const [near, far] of pairs) {
        near.unpipe(far);
        far.unpipe(near);
        near.resume();
        far.resume();
      }
    },
    swallow() {
      state = "swallowing";
    },
    mend() {
      state = "up";
    },
    openConnections: () => pairs.size,
    async close() {
      endAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
