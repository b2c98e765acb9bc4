/** A mail client for tests, down to the bytes: says lines over a plain socket and hears the server's replies. */
import { connect } from "node:net";

export type SmtpConversation = {
  /** Sends bytes as they are. */
  write(text: string): void;
  /** The next reply, its continuation lines left out; null when the server hung up instead. */
  reply(): Promise<string | null>;
  /** A command and its reply. */
  say(line: string): Promise<string | null>;
  /** MAIL, RCPT, DATA and the message: the reply to the final dot, or the first refusal before it. */
  deliver(of: { to: string; message: string }): Promise<string | null>;
  close(): void;
};

/** Connected and greeted, EHLO said. */
export async function converse(smtpUrl: string): Promise<SmtpConversation> {
  const { hostname, port } = new URL(smtpUrl);
  const socket = connect(Number(port), hostname);
  const heard: (string | null)[] = [];
  const waiting: ((reply: string | null) => void)[] = [];
  const hear = (reply: string | null) => {
    const next = waiting.shift();
    if (next) next(reply);
    else heard.push(reply);
  };
  let rest = "";
  socket.on("data", (bytes) => {
    const lines = (rest + bytes.toString()).split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line[3] !== "-") hear(line);
  });
  socket.on("error", () => {}); // a reset is the hang-up that "close" reports
  socket.on("close", () => {
    hear(null);
    for (const next of waiting.splice(0)) next(null);
  });
  const reply = () =>
    new Promise<string | null>((resolve) => {
      if (heard.length > 0) resolve(heard.shift() ?? null);
      else waiting.push(resolve);
    });
  const say = (line: string) => {
    socket.write(`${line}\r\n`);
    return reply();
  };
  await reply();
  await say("EHLO client.example.com");
  return {
    write: (text) => socket.write(text),
    reply,
    say,
    async deliver({ to, message }) {
      for (const line of ["MAIL FROM:<shop@example.com>", `RCPT TO:<${to}>`, "DATA"]) {
        const answer = await say(line);
        if (!answer || answer >= "4") return answer;
      }
      return say(`${message}\r\n.`);
    },
    close: () => socket.destroy(),
  };
}

/** A small mail with a Message-ID of ours, or another one's. */
export const mailFor = (of: { to: string; messageId: string; subject?: string; name?: string }): string =>
  [
    'From: "Robin & Wren" <news@example.com>',
    `To: ${of.name ? `"${of.name}" ` : ""}<${of.to}>`,
    `Subject: ${of.subject ?? "Hello"}`,
    `Message-ID: <${of.messageId}@news.example.com>`,
    "MIME-Version: 1.0",
    'Content-Type: multipart/alternative; boundary="cut"',
    "",
    "--cut",
    "Content-Type: text/plain; charset=utf-8",
    "",
    "Hello in plain words.",
    "--cut",
    "Content-Type: text/html; charset=utf-8",
    "",
    "<p>Hello in <b>HTML</b>.</p><script>alert(1)</script>",
    "--cut--",
  ].join("\r\n");
