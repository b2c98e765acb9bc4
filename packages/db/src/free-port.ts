/** A TCP port of 127.0.0.1 that nobody listens on now. It is not held: whoever binds it must be ready to ask again. */
import { createServer } from "node:net";

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      if (address === null || typeof address === "string") return reject(new Error("a TCP server has no port"));
      probe.close(() => resolve(address.port));
    });
  });
}
