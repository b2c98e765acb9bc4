/**
 * Loaded into a process before anything else: writes a line for every socket it connects, and for every name it asks
 * for, to the file that CONNECTIONS_FILE names. Fetch, pg, Redis, SMTP and TLS all come through a socket's own connect;
 * node:net tells its diagnostics channel only of sockets that it made by itself, and pg makes its own.
 */

import { subscribe } from "node:diagnostics_channel";
import { appendFileSync } from "node:fs";
import { Socket } from "node:net";

const note = (line) =>
  appendFileSync(process.env.CONNECTIONS_FILE, `${JSON.stringify({ process: process.argv[1], ...line })}\n`);

note({ is: "watching" });
const { connect } = Socket.prototype;
Socket.prototype.connect = function connectAndNote(...to) {
  this.on("lookup", (_error, address, _family, host) => note({ is: "lookup", host, address }));
  this.on("connectionAttempt", (address, port) => note({ is: "connect", address, port }));
  return connect.apply(this, to);
};
subscribe("udp.socket", ({ socket }) => {
  socket.on("connect", () => note({ is: "udp", address: socket.remoteAddress().address }));
});
