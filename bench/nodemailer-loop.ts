/**
 * The baseline, as anybody would write it: reads contacts from PostgreSQL page by page, fills in a mail for each, and
 * hands it to nodemailer's pool. It records nothing. A process of its own, told what to do by its parent.
 */
import { connect } from "node:net";
import { createTransport } from "nodemailer";
import { answerOrder, type Contact, inLanes, type LoopReport, readContacts } from "./loop.ts";
import { fillWords, linkToken, type Words } from "./words.ts";

export type LoopOrder = {
  readonly databaseUrl: string;
  readonly sinkUrl: string;
  readonly publicUrl: string;
  readonly words: Words;
  readonly connections: number;
  readonly noDelay: boolean;
  readonly limit: number;
};
answerOrder(run);

/** Twice as many at once as there are connections, so that the pool's own queue never runs dry. */
async function run(order: LoopOrder): Promise<LoopReport> {
  const transport = openPool(order);
  const contacts = readContacts({ ...order, channel: "email" });
  const report = await inLanes(order.connections * 2, contacts, (to) => transport.sendMail(mailTo(to, order)));
  transport.close();
  return report;
}

/** nodemailer switches Nagle's algorithm off by itself; the other way needs a socket that does not listen to it. */
function openPool({ sinkUrl, connections, noDelay }: LoopOrder) {
  const { hostname: host, port } = new URL(sinkUrl);
  const transport = createTransport({
    ...{ pool: true as const, host, port: Number(port), ignoreTLS: true },
    ...{ maxConnections: connections, maxMessages: Number.POSITIVE_INFINITY },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  const getSocket = (_options: unknown, done: (error: Error | null, with_?: object) => void) => {
    const socket = connect({ host, port: Number(port) });
    Object.assign(socket, { setNoDelay: () => socket });
    socket.once("error", done);
    socket.once("connect", () => {
      socket.off("error", done);
      done(null, { connection: socket });
    });
  };
  return noDelay ? transport : Object.assign(transport, { getSocket });
}

function mailTo({ firstName, address }: Contact, { words, publicUrl }: LoopOrder) {
  const filled = (part: string) => fillWords(part, firstName);
  const unsubscribe = `<${publicUrl}/u/${linkToken()}>`;
  return {
    from: words.from,
    to: { name: firstName, address },
    subject: filled(words.subject),
    html: filled(words.html),
    text: filled(words.text),
    textEncoding: "quoted-printable" as const,
    headers: {
      "List-Unsubscribe": unsubscribe,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      "Feedback-ID": "bench:bench:bench:bench",
    },
  };
}
