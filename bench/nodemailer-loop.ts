/**
 * The baseline, as anybody would write it: reads contacts from PostgreSQL page by page, fills in a mail for each, and
 * hands it to nodemailer's pool. It records nothing. A process of its own, told what to do by its parent.
 */
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { createTransport } from "nodemailer";
import pg from "pg";
import { answerOrder } from "./loop.ts";
import { linkPlace, namePlace, type Words } from "./words.ts";

export type LoopOrder = {
  readonly databaseUrl: string;
  readonly sinkUrl: string;
  readonly publicUrl: string;
  readonly words: Words;
  readonly connections: number;
  readonly noDelay: boolean;
  readonly limit: number;
};
export type LoopReport = { readonly startedAt: number; readonly firstAt: number; readonly endedAt: number };

const pageSize = 1_000;
type Contact = { readonly id: string; readonly firstName: string; readonly address: string };

answerOrder(run);

async function run(order: LoopOrder): Promise<LoopReport> {
  const startedAt = Date.now();
  let firstAt = 0;
  const transport = openPool(order);
  const contacts = readContacts(order);
  const lane = async () => {
    for (let next = await contacts.next(); !next.done; next = await contacts.next()) {
      await transport.sendMail(mailTo(next.value, order));
      firstAt ||= Date.now();
    }
  };
  // Twice as many as connections, so that the pool's own queue never runs dry.
  await Promise.all(Array.from({ length: order.connections * 2 }, lane));
  const endedAt = Date.now();
  transport.close();
  return { startedAt, firstAt, endedAt };
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

async function* readContacts({ databaseUrl, limit }: LoopOrder): AsyncGenerator<Contact> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  let after = "0";
  for (let left = limit; left > 0; ) {
    const { rows } = await client.query<Contact>(
      `select c.id, c.first_name as "firstName", a.value as address
         from contact c join address a on a.contact_id = c.id join channel h on h.no = a.channel_no and h.id = 'email'
        where c.id > $1 order by c.id limit $2`,
      [after, Math.min(left, pageSize)],
    );
    if (rows.length === 0) break;
    yield* rows;
    left -= rows.length;
    after = rows.at(-1)?.id ?? after;
  }
  await client.end();
}

function mailTo({ firstName, address }: Contact, { words, publicUrl }: LoopOrder) {
  const filled = (part: string) => part.replaceAll(namePlace, firstName).replaceAll(linkPlace, linkToken);
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

const linkToken = () => randomBytes(16).toString("base64url");
