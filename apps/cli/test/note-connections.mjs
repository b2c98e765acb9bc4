/**
 * Loaded into a process before anything else: writes a line for every socket it connects, and for every name it asks
 * for, to the file that CONNECTIONS_FILE names. Fetch, pg, Redis, SMTP and TLS all come through node:net.
 */

import { subscribe } from "node:diagnostics_channel";
import { appendFileSync } from "node:fs";

const note = (line) =>
  appendFileSync(process.env.CONNECTIONS_FILE, `${JSON.stringify({ process: process.argv[1], ...line })}\n`);

note({ is: "watching" });
subscribe("net.client.socket", ({ socket }) => {
  socket.on("lookup", (_error, address, _family, host) => note({ is: "lookup", host, address }));
  socket.on("connectionAttempt", (address, port) => note({ is: "connect", address, port }));
});
subscribe("udp.socket", ({ socket }) => {
  socket.on("connect", () => note({ is: "udp", address: socket.remoteAddress().address }));
});
