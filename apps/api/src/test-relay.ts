/** As much of a mail server as a test of the API needs: it takes every mail and keeps its words. */
import { createServer, type Server, type Socket } from "node:net";

export type TestRelay = {
  readonly url: string;
  /** Whole mails as they came, each after its envelope's recipient. */
  readonly mails: { to: string; text: string }[];
  close(): Promise<void>;
};

export async function openTestRelay(): Promise<TestRelay> {
  const mails: TestRelay["mails"] = [];
  const server: Server = createServer((socket) => converse(socket, mails));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return { url: `smtp://127.0.0.1:${port}`, mails, close: () => new Promise((closed) => server.close(() => closed())) };
}

function converse(socket: Socket, mails: TestRelay["mails"]): void {
  let rest = "";
  let to = "";
  let isData = false;
  socket.on("error", () => {});
  socket.write("220 relay.example ESMTP\r\n");
  socket.on("data", (chunk) => {
    rest += chunk.toString("latin1");
    for (;;) {
      const mark = isData ? "\r\n.\r\n" : "\r\n";
      const end = rest.indexOf(mark);
      if (end < 0) return;
      const piece = rest.slice(0, end);
      rest = rest.slice(end + mark.length);
      if (isData) {
        mails.push({ to, text: piece });
        isData = false;
        socket.write("250 2.0.0 Ok: queued as 1\r\n");
        continue;
      }
      if (piece.startsWith("RCPT")) to = /<([^>]*)>/.exec(piece)?.[1] ?? "";
      isData = piece.startsWith("DATA");
      socket.write(isData ? "354 go ahead\r\n" : "250 relay.example\r\n");
      if (piece.startsWith("QUIT")) socket.end();
    }
  });
}
