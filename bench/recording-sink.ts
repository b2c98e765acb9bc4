/** A small SMTP server that keeps every mail it takes, to be looked at. Not for timing: smtp-sink is faster. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

export type RecordingSink = {
  readonly url: string /** As they were spoken, dots doubled. */;
  readonly mails: readonly Buffer[];
  close(): void;
};

const endOfMail = "\r\n.\r\n";

export async function openRecordingSink(): Promise<RecordingSink> {
  const mails: Buffer[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    socket.on("error", () => {});
    converse(socket, mails);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

function converse(socket: Socket, mails: Buffer[]): void {
  let rest = "";
  let inMail = false;
  socket.write("220 recording sink\r\n");
  socket.on("data", (chunk) => {
    rest += chunk.toString("latin1");
    for (;;) {
      const end = rest.indexOf(inMail ? endOfMail : "\r\n");
      if (end < 0) return;
      const line = rest.slice(0, end);
      rest = rest.slice(end + (inMail ? endOfMail.length : 2));
      if (inMail) mails.push(Buffer.from(`${line}\r\n`, "latin1"));
      socket.write(inMail ? "250 2.0.0 Ok\r\n" : answer(line));
      inMail = !inMail && /^DATA$/i.test(line);
    }
  });
}

function answer(line: string): string {
  if (/^EHLO/i.test(line)) return "250-recording sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n";
  if (/^DATA/i.test(line)) return "354 go ahead\r\n";
  return /^QUIT/i.test(line) ? "221 bye\r\n" : "250 Ok\r\n";
}
