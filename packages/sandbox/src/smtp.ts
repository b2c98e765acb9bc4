/**
 * A mail server as relays are: plain SMTP with PIPELINING, 8BITMIME and SMTPUTF8, no TLS, any login accepted.
 * An acceptance is in the wire log, one line per recipient, before the 250 after the final dot leaves.
 */
import type { AddressInfo, Socket } from "node:net";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import { asciiAddress, refusal, smtpError, take } from "./take-mail.ts";
import type { World } from "./world.ts";

const mailRoom = 10 * 1024 * 1024;

export type SmtpStandIn = { readonly url: string; close(): Promise<void> };

export async function openSmtp(of: { port: number; world: World }): Promise<SmtpStandIn> {
  const sockets = new Map<string, Socket>();
  const hangUp = (session: SMTPServerSession) => sockets.get(socketKey(session))?.destroy();
  const server = new SMTPServer({
    name: "mx.sandbox.test",
    banner: "Chorus sandbox: nothing leaves this machine",
    size: mailRoom,
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    maxAllowedUnauthenticatedCommands: false,
    logger: false,
    onAuth: (auth, _session, answer) => answer(null, { user: auth.username ?? "anybody" }),
    onRcptTo: (address, session, answer) => {
      const to = asciiAddress(address.address);
      const slow = of.world.faults.pick("smtp", ["slow_recipient"], { names: [to] });
      const say = () => answer(refusal(of.world, to, session));
      if (slow) of.world.timers.after(slow.ms, say);
      else say();
    },
    onData: (stream, session, answer) => {
      collect(stream)
        .then((raw) => take({ world: of.world, raw, session, answer, hangUp: () => hangUp(session) }))
        .catch(answer); // the client left in mid-message: nobody is there to read the answer
    },
  });
  greetAtOnce(server);
  server.on("error", () => {}); // broken connections are the clients' business
  server.server.on("connection", (socket: Socket) => {
    const key = socketKey(socket);
    sockets.set(key, socket);
    socket.once("close", () => sockets.delete(key));
  });
  await new Promise<void>((ready, failed) => {
    server.server.once("error", failed);
    server.listen(of.port, "127.0.0.1", ready);
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets.values()) socket.destroy();
      }),
  };
}

const socketKey = (of: { remoteAddress?: string | undefined; remotePort?: number | undefined }) =>
  `${of.remoteAddress} ${of.remotePort}`;

/**
 * smtp-server holds every new connection for 100 ms to catch clients that talk too soon, and has no option against
 * it. Here the greeting goes out at once; the library's own later call finds nothing left to do.
 */
function greetAtOnce(server: SMTPServer): void {
  const accept = server.connect.bind(server);
  server.connect = (socket, options) => {
    const before = new Set(server.connections);
    accept(socket, options);
    for (const connection of server.connections) {
      if (before.has(connection)) continue;
      const greet = connection.connectionReady.bind(connection);
      connection.connectionReady = () => {};
      greet();
    }
  };
}

async function collect(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (!stream.sizeExceeded) chunks.push(chunk as Buffer);
  if (stream.sizeExceeded) throw smtpError("552 5.3.4 message too big");
  return Buffer.concat(chunks);
}
