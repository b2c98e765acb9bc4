/**
 * A mail server on a raw socket that does exactly what a test says at each point: answer, close the line, or be silent.
 * It keeps what it was told, also of mails that were never finished.
 */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

export type Answer =
  | { readonly say: string; readonly afterMs?: number }
  | { readonly is: "close" }
  | { readonly is: "silence" };
/** `greet` at the start, a command's first word in lower case, or `dot` after a whole mail. */
export type Moment = "greet" | "ehlo" | "mail" | "rcpt" | "data" | "dot" | "rset" | "quit" | "starttls" | "auth";

export type Taken = { from: string; rcpt: string[]; raw: Buffer };

export type Relay = {
  readonly url: string;
  /** Mails that were taken with a 2xx after the dot. */
  readonly taken: Taken[];
  /** Mails that had begun when the line ended without a dot. */
  readonly unfinished: Buffer[];
  readonly commands: string[];
  connections(): number;
  /** Mails whose envelope came in one breath with the dot of the one before. */
  ahead(): number;
  close(): Promise<void>;
};

export const say = (reply: string): Answer => ({ say: reply });
export const closing: Answer = { is: "close" };
export const silence: Answer = { is: "silence" };

const usual: Record<Moment, string> = {
  greet: "220 relay.example ESMTP",
  ehlo: "250-relay.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-DSN\r\n250 SIZE",
  mail: "250 2.1.0 Ok",
  rcpt: "250 2.1.5 Ok",
  data: "354 go ahead",
  dot: "250 2.0.0 Ok: queued as 4TbX",
  rset: "250 2.0.0 Ok",
  quit: "221 2.0.0 Bye",
  starttls: "502 5.5.1 not implemented",
  auth: "235 2.7.0 Ok",
};

/** `script` answers a moment in its own way, or undefined for the usual one. `count` is how often it came before. */
export type Script = (moment: Moment, line: string, count: number) => Answer | undefined;

/** `stallMs`: how long the relay does not read after it has asked for a mail. */
export async function openRelay(script: Script = () => undefined, { stallMs = 0 } = {}): Promise<Relay> {
  const sockets = new Set<Socket>();
  const book = { taken: [] as Taken[], unfinished: [] as Buffer[], commands: [] as string[], connections: 0, ahead: 0 };
  const counts = new Map<Moment, number>();
  const ask = (moment: Moment, line: string): Answer => {
    const count = counts.get(moment) ?? 0;
    counts.set(moment, count + 1);
    return script(moment, line, count) ?? say(usual[moment]);
  };
  const server = createServer({ noDelay: true }, (socket) => {
    book.connections += 1;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    converse({ socket, ask, book, stallMs });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    ...book,
    url: `smtp://127.0.0.1:${port}`,
    connections: () => book.connections,
    ahead: () => book.ahead,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

type Book = { taken: Taken[]; unfinished: Buffer[]; commands: string[]; ahead: number };

type Talk = { socket: Socket; ask: (moment: Moment, line: string) => Answer; book: Book; stallMs: number };

function converse({ socket, ask, book, stallMs }: Talk): void {
  let rest = Buffer.alloc(0);
  let searched = 0;
  let inData = false;
  let silent = false;
  let envelope = { from: "", rcpt: [] as string[] };
  const answer = (moment: Moment, line: string): string | null => {
    const given = ask(moment, line);
    if ("say" in given) {
      const speak = () => void socket.write(`${given.say}\r\n`);
      if (given.afterMs) setTimeout(speak, given.afterMs);
      else speak();
      return given.say;
    }
    if (given.is === "close") socket.destroy();
    else silent = true;
    return null;
  };
  const refuseData = () => {
    socket.write("554 5.5.1 no valid recipients\r\n");
    return null;
  };
  const command = (line: string) => {
    book.commands.push(line);
    const moment = (line.split(/[ :]/)[0] ?? "").toLowerCase() as Moment;
    const nobody = moment === "data" && envelope.rcpt.length === 0;
    const reply = nobody ? refuseData() : answer(moment, line);
    if (moment === "mail") envelope = { from: inAngles(line), rcpt: [] };
    if (moment === "rcpt" && reply?.startsWith("2")) envelope.rcpt.push(inAngles(line));
    if (moment === "data" && reply?.startsWith("3")) {
      inData = true;
      if (stallMs) socket.pause();
      if (stallMs) setTimeout(() => socket.resume(), stallMs);
    }
    if (moment === "quit") socket.end();
  };
  socket.on("data", (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (!silent && !socket.destroyed) {
      const end = rest.indexOf(inData ? "\r\n.\r\n" : "\r\n", searched);
      searched = end < 0 ? Math.max(0, rest.length - 4) : 0;
      if (end < 0) return;
      const piece = rest.subarray(0, end + (inData ? 2 : 0));
      rest = rest.subarray(end + (inData ? 5 : 2));
      if (!inData) command(piece.toString("latin1"));
      else {
        inData = false;
        if (rest.includes("MAIL FROM")) book.ahead += 1;
        const reply = answer("dot", "");
        if (reply?.startsWith("2")) book.taken.push({ ...envelope, raw: unstuff(piece) });
      }
    }
  });
  socket.once("close", () => {
    if (inData) book.unfinished.push(Buffer.from(rest));
  });
  answer("greet", "");
}

const inAngles = (line: string): string => /<([^>]*)>/.exec(line)?.[1] ?? "";

/** RFC 5321 §4.5.2: a dot at the start of a line was doubled on the way. */
const unstuff = (raw: Buffer): Buffer => Buffer.from(raw.toString("latin1").replace(/^\.\./gm, "."), "latin1");
