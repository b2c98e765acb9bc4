/** Who may send through a Postfix: a server of Dovecot's authentication protocol 1.1, which Postfix asks (SASL_README). */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";

export type SignIn = { readonly at: string; close(): void };

export async function openSignIn(user: string, password: string): Promise<SignIn> {
  const right = Buffer.from(`\0${user}\0${password}`).toString("base64"); // RFC 4616
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.write(
      `VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t${sockets.size}\nCOOKIE\t${"0".repeat(32)}\nDONE\n`,
    );
    createInterface(socket).on("line", (line) => {
      const [command, id, ...parameters] = line.split("\t");
      if (command !== "AUTH") return;
      const answer = parameters.includes(`resp=${right}`) ? "OK" : "FAIL";
      socket.write(`${answer}\t${id}\tuser=${user}\n`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    at: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
