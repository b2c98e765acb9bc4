/** The SMTP carrier and a real Postfix: what it takes, what it refuses, and what it writes back later. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Carrier, SendOutcome } from "@chorus/core/channel";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { headersNamed, readMail } from "../../test/read-mail.ts";
import { compileFor, emailWords, filling, handOver, messageId, recipient } from "../../test/samples.ts";
import { openSignIn } from "../../test/sign-in.ts";
import { openPostfix, type Postfix, type ReceivedMail, whyNoPostfix } from "../test-postfix.ts";
import { normalizeEmail } from "./address.ts";
import { email } from "./channel.ts";
import type { EmailBody } from "./render.ts";
import { bounceToken, openReturnPath } from "./return-path.ts";

const without = whyNoPostfix();
const largestMail = 200_000;
const bounceSecret = "the secret of this account's bounces";
const bounceDomain = "bounces.shop.example.com";
const callbackUrl = "https://chorus.example.com/webhooks/car_0000000000000000000000000c";

const carriers: Carrier[] = [];
function carrierTo(url: string, settings: Record<string, string> = {}): Carrier {
  const carrier = email.open({ provider: "smtp", settings: { url, ...settings }, callbackUrl });
  carriers.push(carrier);
  return carrier;
}
afterEach(async () => {
  for (const each of carriers.splice(0)) await each.close?.();
});

let made = 0;
function mail(of: { to?: string; locale?: string; words?: object } = {}): { id: string; body: EmailBody } {
  made += 1;
  const id = messageId(made);
  const content = { ...emailWords, ...of.words };
  const locale = of.locale ?? "en-GB";
  const render = email.compile(content, compileFor({ locale }));
  const to = recipient({ address: of.to ?? `reader${made}@example.com`, firstName: "Märta 安", locale });
  return { id, body: render(filling(to, id), { id, at: new Date() }).body as EmailBody };
}
const send = (carrier: Carrier, { id, body }: { id: string; body: unknown }): Promise<SendOutcome> =>
  carrier.send(body, handOver({ messageId: id }));

async function arrived(postfix: Postfix, to: string): Promise<ReceivedMail> {
  let found: ReceivedMail | undefined;
  await expect
    .poll(
      async () => {
        found = (await postfix.received()).find((each) => each.to === to);
        return found !== undefined;
      },
      { timeout: 20_000, message: `a mail for ${to}` },
    )
    .toBe(true);
  if (!found) throw new Error(`no mail for ${to}`);
  return found;
}

/** Without the four fields that Postfix puts in front, and with the line ends that mail has on its way. */
const asSent = ({ raw }: ReceivedMail): Buffer =>
  Buffer.from(
    raw
      .replace(/^(?:(?:Return-Path|X-Original-To|Delivered-To|Received):.*\n(?:[ \t].*\n)*)+/, "")
      .replace(/\n/g, "\r\n"),
    "latin1",
  );

describe.skipIf(without !== null)(`a Postfix that takes our mail${without ? ` (skipped: ${without})` : ""}`, () => {
  let postfix: Postfix;
  beforeAll(async () => {
    postfix = await openPostfix({
      largestMail,
      answers: {
        "nobody@example.com": "550 5.1.1 no mailbox here",
        "stranger@example.com": "450 4.2.0 greylisted, come back in five minutes",
        "policy@example.com": "550 5.7.1 not from you",
      },
      farAnswers: {
        "gone@far.example.com": "550 5.1.1 no such mailbox",
        "full@far.example.com": "552 5.2.2 mailbox full",
        "busy@far.example.com": "451 4.3.0 later",
      },
    });
  });
  afterAll(() => postfix?.close());

  it("answers with its queue id, which is the id that the message is accepted under", async () => {
    const of = mail();
    const outcome = await send(carrierTo(postfix.url), of);
    expect(outcome).toMatchObject({ is: "accepted", providerMessageId: expect.stringMatching(/queued as [0-9A-F]+$/) });
    const queueId = outcome.is === "accepted" ? outcome.providerMessageId.split(" ").at(-1) : "";
    expect((await arrived(postfix, of.body.to)).raw).toContain(`with ESMTP id ${queueId}`);
  });

  it.each(["en-GB", "zh-CN"])("delivers a rendered mail in %s byte for byte as it was compiled", async (locale) => {
    const words = locale === "zh-CN" ? { subject: "{{contact:first_name|您}}，茶巾优惠 {{fact:discount}} 🧺" } : {};
    const of = mail({ locale, words });
    expect(await send(carrierTo(postfix.url), of)).toMatchObject({ is: "accepted" });
    const received = asSent(await arrived(postfix, of.body.to));
    expect(received.toString("latin1")).toBe(of.body.mime);
    const read = readMail(received);
    expect(headersNamed(read, "Subject")[0]).toMatch(
      locale === "zh-CN" ? /^Märta 安，茶巾优惠 .*🧺$/ : /^Märta 安, tea/,
    );
    expect(headersNamed(read, "To")[0]).toContain("Märta 安");
    // What a relay signs with DKIM, and what RFC 8058 asks for, once each.
    for (const name of ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Feedback-ID"])
      expect(headersNamed(read, name), name).toHaveLength(1);
    expect(headersNamed(read, "List-Unsubscribe")).toEqual([`<https://links.example.com/u/${of.id}>`]);
    expect(headersNamed(read, "List-Unsubscribe-Post")).toEqual(["List-Unsubscribe=One-Click"]);
    expect(headersNamed(read, "Message-ID")).toEqual([`<${of.id}@shop.example.com>`]);
  });

  it("keeps lines that begin with a dot and lines as long as they may be (RFC 5322 §2.1.1)", async () => {
    const { id, body } = mail();
    const long = "x".repeat(998);
    const mime = `From: news@shop.example.com\r\nTo: ann@example.com\r\nSubject: x\r\nDate: Thu, 26 Nov 2026 02:00:00 +0000\r\nMessage-ID: <${id}@shop.example.com>\r\n\r\n.\r\n..\r\n.hidden\r\n${long}\r\n.${long.slice(1)}\r\nlast\r\n`;
    expect(await send(carrierTo(postfix.url), { id, body: { ...body, mime } })).toMatchObject({ is: "accepted" });
    expect(asSent(await arrived(postfix, body.to)).toString()).toBe(mime);
  });

  it.each([
    "ann+tea.towels@example.com",
    "o'brien_&-co@example.com",
    "Ann@Bücher.example.com",
    "ann@例え.example.com",
    `${"a".repeat(64)}@${"b".repeat(60)}.example.com`,
  ])("knows whom a mail to %s is for", async (written) => {
    const normal = normalizeEmail(written);
    if (normal.is !== "ok") throw new Error(`${written} is refused`);
    const of = mail({ to: normal.value.address });
    expect(await send(carrierTo(postfix.url), of)).toMatchObject({ is: "accepted" });
    expect((await arrived(postfix, normal.value.address)).returnPath).toBe("news@shop.example.com");
  });

  it.each([
    ["nobody@example.com", { is: "refused", reason: "no_such_address", about: "address" }, "550 5.1.1 at RCPT TO"],
    ["policy@example.com", { is: "distrusted", whom: "sender" }, "550 5.7.1 at RCPT TO"],
    ["stranger@example.com", { is: "deferred", scope: "message" }, "450 4.2.0 at RCPT TO"],
  ])("that answers no to %s is understood, and its words stay out of the detail", async (to, outcome, detail) => {
    expect(await send(carrierTo(postfix.url), mail({ to }))).toEqual({ ...outcome, detail });
  });

  it("refuses a mail above its size for what is in it, and takes the next one over the same line", async () => {
    const carrier = carrierTo(postfix.url, { concurrency: "1" });
    const { id, body } = mail();
    const mime = `${body.mime}${"x\r\n".repeat(largestMail / 3)}`;
    expect(await send(carrier, { id, body: { ...body, mime } })).toEqual({
      ...{ is: "refused", reason: "content", about: "content" },
      detail: "552 5.3.4 at MAIL FROM",
    });
    expect(await send(carrier, mail())).toMatchObject({ is: "accepted" });
  });

  it("loses none of many mails that share few lines", async () => {
    const carrier = carrierTo(postfix.url, { concurrency: "5", messagesPerConnection: "7" });
    const many = Array.from({ length: 60 }, () => mail());
    const outcomes = await Promise.all(many.map((of) => send(carrier, of)));
    expect(new Set(outcomes.map((each) => (each.is === "accepted" ? each.providerMessageId : each.is))).size).toBe(60);
    for (const { body } of many) await arrived(postfix, body.to);
  });

  describe("and finds out later that it cannot be delivered", () => {
    const bounces = { bounceDomain, bounceSecret };
    const receive = (raw: string) =>
      carrierTo(postfix.url, bounces).receive?.({
        method: "POST",
        url: `${callbackUrl}?k=${bounceToken(bounceSecret, callbackUrl)}`,
        headers: { "content-type": "message/rfc822" },
        body: raw,
      });

    it.each([
      ["gone@far.example.com", "5.1.1", "no_such_address"],
      ["full@far.example.com", "5.2.2", "mailbox_full"],
    ])("writes to the return path of the mail to %s, and is understood", async (to, status, reason) => {
      const of = mail({ to });
      expect(await send(carrierTo(postfix.url, bounces), of)).toMatchObject({ is: "accepted" });
      const report = await arrived(postfix, openReturnPath(bounceSecret).write(of.id, bounceDomain));
      expect(report.returnPath).toBe("");
      const bounced = { is: "delivery", messageId: of.id, delivery: "bounced", means: { reason } };
      expect(await receive(report.raw)).toMatchObject([{ ...bounced, detail: `Bounced with status ${status}` }]);
    });

    it("is matched by what it quotes where there is no bounce domain and it writes to the sender", async () => {
      const of = mail({ to: "gone@far.example.com" });
      expect(await send(carrierTo(postfix.url), of)).toMatchObject({ is: "accepted" });
      const { raw } = await arrived(postfix, "news@shop.example.com");
      const bounced = [{ is: "delivery", messageId: of.id, means: { reason: "no_such_address" } }];
      expect(await receive(raw)).toMatchObject(bounced);
      expect(await receive(raw.replace(/^Original-Envelope-Id.*\n/m, ""))).toMatchObject(bounced);
      expect(await receive(raw.replaceAll(of.id, "another"))).toMatchObject([{ is: "unmatched" }]);
    });

    it("that a mail is late is no bounce", async () => {
      const of = mail({ to: "busy@far.example.com" });
      expect(await send(carrierTo(postfix.url, bounces), of)).toMatchObject({ is: "accepted" });
      const { raw } = await arrived(postfix, openReturnPath(bounceSecret).write(of.id, bounceDomain));
      expect(raw).toContain("Action: delayed");
      expect(await receive(raw)).toEqual([]);
    });
  });
});

describe.skipIf(without !== null)(`a Postfix with TLS${without ? ` (skipped: ${without})` : ""}`, () => {
  let postfix: Postfix;
  let signIn: Awaited<ReturnType<typeof openSignIn>>;
  beforeAll(async () => {
    signIn = await openSignIn("postman", "pass word:1");
    postfix = await openPostfix({ tls: "must", signsInAt: signIn.at });
  });
  afterAll(async () => {
    await postfix?.close();
    signIn?.close();
  });

  const relay = (login = "postman:pass%20word%3A1") => `smtp://${login}@localhost:${postfix.port}`;

  /** In a process that trusts this Postfix's certificate, as an operator lets it with NODE_EXTRA_CA_CERTS. */
  async function sendTrusting(url: string, body: EmailBody): Promise<SendOutcome> {
    const order = JSON.stringify({ settings: { url, requireTls: "true" }, body: { ...body, mime: body.mime } });
    const script = fileURLToPath(new URL("../../test/send-one.ts", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script, order], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: postfix.certificate },
    });
    return JSON.parse(stdout) as SendOutcome;
  }

  it("is given the password and the mail only once the line is encrypted", async () => {
    const { body } = mail();
    expect(await sendTrusting(relay(), body)).toMatchObject({ is: "accepted" });
    const { raw } = await arrived(postfix, body.to);
    expect(raw).toMatch(/\(using TLSv1\.[23] with cipher/);
    expect(raw).toMatch(/\(Authenticated sender: postman\)/);
    expect(raw).toContain("with ESMTPSA id");
  });

  it("that does not know the password puts everything off, and burns no address", async () => {
    expect(await sendTrusting(relay("postman:wrong"), mail().body)).toEqual({
      ...{ is: "distrusted", whom: "account" },
      detail: "535 5.7.8 at AUTH PLAIN",
    });
  });

  it("whose certificate nobody vouches for is told nothing", async () => {
    const outcome = await send(carrierTo(relay(), { requireTls: "true" }), mail());
    expect(outcome).toMatchObject({
      is: "deferred",
      scope: "carrier",
      detail: expect.stringMatching(/ while connecting$/),
    });
  });

  it("that insists on TLS is not spoken to without it", async () => {
    const carrier = carrierTo(`smtp://localhost:${postfix.port}`, { requireTls: "false" });
    expect(await send(carrier, mail())).toEqual({
      ...{ is: "distrusted", whom: "account" },
      detail: "530 5.7.0 at MAIL FROM",
    });
  });
});
