/**
 * How many mails a second our SMTP carrier hands over, beside nodemailer's own pool, to the same trivial sink in the
 * same run: `node --import tsx bench/smtp-carrier.ts [messages] [connections]` in packages/channels.
 * Each mail is rendered for its own recipient, in text and HTML. Prints one JSON line per sender and round.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { argv, cpuUsage } from "node:process";
import { fileURLToPath } from "node:url";
import { createTransport } from "nodemailer";
import { email } from "../src/email/channel.ts";
import { compileFor, emailWords, filling, handOver, messageId, recipient } from "../test/samples.ts";

const [first = "4000", second = "10"] = argv.slice(2);
const rounds = 3;

if (first === "sink") await openSink();
else await compare(Number(first), second);

async function compare(messages: number, connections: string): Promise<void> {
  const sink = fork(fileURLToPath(import.meta.url), ["sink"]);
  const [port] = (await once(sink, "message")) as [number];
  const of = { messages, connections, port };
  try {
    for (let round = 1; round <= rounds; round++) {
      await measure({ sender: "chorus carrier", round, messages }, await chorus(of));
      await measure({ sender: "nodemailer pool", round, messages }, nodemailerPool(of, { raw: false }));
      await measure(
        { sender: "nodemailer pool, our bytes as raw", round, messages },
        nodemailerPool(of, { raw: true }),
      );
    }
  } finally {
    sink.kill();
  }
}

type Of = { messages: number; connections: string; port: number };
type Sender = { send(number: number): Promise<void>; close(): void; concurrency: number };

function chorus({ connections, port }: Of): Sender {
  const settings = { url: `smtp://127.0.0.1:${port}`, concurrency: connections };
  const carrier = email.open({ provider: "smtp", settings, callbackUrl: "" });
  const render = email.compile(emailWords, compileFor());
  return {
    concurrency: carrier.concurrency,
    async send(number) {
      const id = messageId(number);
      const { body } = render(filling(recipient({ address: `ann${number}@example.com` }), id), { id, at: new Date() });
      const outcome = await carrier.send(body, handOver({ messageId: id }));
      if (outcome.is !== "accepted") throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
    },
    close: () => void carrier.close?.(),
  };
}

/**
 * The same words, put together by nodemailer for each mail (filling in slots is spared, so it has less to do than the
 * carrier); or the carrier's finished bytes, to see the pool alone.
 */
function nodemailerPool({ connections, port }: Of, { raw }: { raw: boolean }): Sender {
  const transport = createTransport({
    pool: true,
    host: "127.0.0.1",
    port,
    ignoreTLS: true,
    maxConnections: Number(connections),
    maxMessages: Number.POSITIVE_INFINITY,
  });
  const { title: subject, text, html } = email.preview(emailWords, compileFor(), filling());
  const render = email.compile(emailWords, compileFor());
  return {
    concurrency: Number(connections) * 2, // so that its own queue never runs dry
    async send(number) {
      const id = messageId(number);
      const to = recipient({ address: `ann${number}@example.com` });
      const envelope = { from: "news@shop.example.com", to: to.address };
      if (raw)
        return void (await transport.sendMail({
          envelope,
          raw: render(filling(to, id), { id, at: new Date() }).body.mime,
        }));
      await transport.sendMail({
        envelope,
        from: { name: "Hearth & Home", address: envelope.from },
        to: to.address,
        ...{ subject, text, html },
        messageId: `<${id}@shop.example.com>`,
        headers: { "List-Unsubscribe": `<https://links.example.com/u/${id}>` },
      });
    },
    close: () => transport.close(),
  };
}

type Run = { sender: string; round: number; messages: number };

async function measure(run: Run, sender: Sender): Promise<void> {
  await inParallel(200, sender); // connections open, code warm
  const cpu = cpuUsage();
  const began = performance.now();
  await inParallel(run.messages, sender);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = cpuUsage(cpu);
  sender.close();
  const perSecond = Math.round(run.messages / seconds);
  const cpuMsPerMessage = Number(((user + system) / 1000 / run.messages).toFixed(3));
  console.log(JSON.stringify({ ...run, perSecond, cpuMsPerMessage }));
}

async function inParallel(messages: number, sender: Sender): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < messages) {
      next += 1;
      await sender.send(next);
    }
  };
  await Promise.all(Array.from({ length: sender.concurrency }, lane));
}

/** Says yes to everything and looks only for line ends: what remains is the client's cost. */
async function openSink(): Promise<void> {
  const server = createServer((socket) => {
    let rest = "";
    let inData = false;
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.write("220 sink\r\n");
    socket.on("data", (chunk) => {
      rest += chunk.toString("latin1");
      let answers = "";
      for (;;) {
        const end = rest.indexOf(inData ? "\r\n.\r\n" : "\r\n");
        if (end < 0) break;
        const verb = rest.slice(0, 4).toUpperCase();
        rest = rest.slice(end + (inData ? 5 : 2));
        if (inData) answers += "250 2.0.0 Ok\r\n";
        else if (verb === "EHLO") answers += "250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n";
        else if (verb === "DATA") answers += "354 go\r\n";
        else answers += verb === "QUIT" ? "221 bye\r\n" : "250 Ok\r\n";
        inData = !inData && verb === "DATA";
      }
      if (answers) socket.write(answers);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  process.send?.((server.address() as AddressInfo).port);
}
