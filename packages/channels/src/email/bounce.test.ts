/** Mails that came back, read by the SMTP account they are posted to. */
import type { ProviderEvent } from "@chorus/core/event";
import { describe, expect, it } from "vitest";
import {
  feedback,
  likeExchange,
  likeGmail,
  likePostfix,
  outOfOffice,
  returnedHeader,
} from "../../test/report-mails.ts";
import { messageId } from "../../test/samples.ts";
import { email } from "./channel.ts";
import { bounceToken, openReturnPath } from "./return-path.ts";

const bounceSecret = "the secret of this account's bounces";
const callbackUrl = "https://chorus.example.com/webhooks/car_0000000000000000000000000c";
const returnPath = openReturnPath(bounceSecret).write(messageId(7), "bounces.shop.example.com");

const open = (settings: Record<string, string> = { bounceSecret }) =>
  email.open({ provider: "smtp", settings: { url: "smtp://127.0.0.1:25", ...settings }, callbackUrl });

function post(body: string, query = `?k=${bounceToken(bounceSecret, callbackUrl)}`) {
  const headers = { "content-type": "message/rfc822" };
  return open().receive?.({ method: "POST", url: callbackUrl + query, headers, body });
}
async function read(body: string): Promise<ProviderEvent[]> {
  const events = await post(body);
  if (!events) throw new Error("not taken as genuine");
  return events;
}

const gone = { is: "refused", reason: "no_such_address", about: "address" };
const aboutUs = { is: "distrusted", whom: "sender" };
const kept = (reason: string) => ({ is: "refused", reason, about: "address" });
const bounced = (status: string, means: object | undefined) => ({
  is: "delivery",
  key: `bounce:${messageId(7)}:${status}`,
  messageId: messageId(7),
  delivery: "bounced",
  means,
  detail: `Bounced with status ${status}`,
});

describe("a bounce", () => {
  it.each([
    ["Postfix", likePostfix({ to: returnPath }), "5.1.1"],
    ["Exchange", likeExchange({ to: returnPath }), "5.1.10"],
    ["Gmail", likeGmail({ to: returnPath }), "5.1.1"],
  ])("as %s writes it burns the address that its return path stands for", async (_server, mail, status) => {
    expect(await read(mail)).toEqual([bounced(status, gone)]);
  });

  it.each([
    ["return path the mail server says it arrived at", `X-Original-To: ${returnPath}\r\n${likePostfix({})}`],
    ["envelope id", likePostfix({ envelopeId: messageId(7) })],
    ["Message-ID in the returned header", likePostfix({ returned: returnedHeader(messageId(7)) })],
    ["Message-ID in the returned mail", likeGmail({ returned: returnedHeader(messageId(7)) })],
    ["return path of the returned mail", likeExchange({ status: "5.1.1", returned: `Return-Path: <${returnPath}>` })],
  ])("is matched by the %s", async (_by, mail) => {
    expect(await read(mail)).toEqual([bounced("5.1.1", gone)]);
  });

  it("believes the return path before anything that is written inside", async () => {
    const other = { envelopeId: messageId(8), returned: returnedHeader(messageId(9)) };
    expect(await read(likePostfix({ to: returnPath, ...other }))).toEqual([bounced("5.1.1", gone)]);
    expect(await read(likePostfix(other))).toMatchObject([{ messageId: messageId(8) }]);
  });

  it("is not matched by a return path that somebody made up", async () => {
    const [local = "", domain = ""] = returnPath.split("@");
    for (const to of [
      `b.${messageId(7).slice(4)}.0000000000000000@${domain}`,
      `b.${messageId(8).slice(4)}.${local.slice(-16)}@${domain}`,
      `b.${messageId(7).slice(4)}@${domain}`,
    ])
      expect(await read(likePostfix({ to }))).toMatchObject([{ is: "unmatched" }]);
    expect(await read(likePostfix({ to: returnPath.toUpperCase() }))).toMatchObject([{ is: "delivery" }]);
  });

  it.each(["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"])("with status %s is for good", async (status) => {
    expect(await read(likePostfix({ to: returnPath, status }))).toEqual([bounced(status, gone)]);
  });

  it.each([
    ["5.0.0", undefined],
    ["5.1.0", kept("unreachable")],
    ["5.2.1", kept("mailbox_disabled")],
    ["5.2.2", kept("mailbox_full")],
    ["5.4.4", kept("unreachable")],
    ["5.6.1", { is: "refused", reason: "content", about: "content" }],
    ["5.7.1", aboutUs],
    ["5.7.26", aboutUs],
    ["4.4.1", undefined],
  ])("with status %s means what it would have meant at once, and burns no address by itself", async (status, means) => {
    const mail = likePostfix({ to: returnPath, status, diagnostic: "550 no" });
    expect(await read(mail)).toEqual([bounced(status, means)]);
  });

  it.each(["delayed", "delivered", "relayed", "expanded"])("is not what a report of %s is", async (action) => {
    expect(await read(likePostfix({ to: returnPath, action, status: "5.1.1" }))).toEqual([]);
  });

  it("says the same key for the same fact, and repeats no address", async () => {
    const [first] = await read(likePostfix({ to: returnPath }));
    const [again] = await read(likeExchange({ to: returnPath, status: "5.1.1" }));
    expect(again?.key).toBe(first?.key);
    expect(JSON.stringify(first)).not.toContain("@");
  });
});

describe("a complaint", () => {
  const complained = {
    is: "complained",
    key: `complaint:${messageId(7)}`,
    messageId: messageId(7),
    detail: "Feedback of type abuse",
  };

  it.each([
    ["its Original-Mail-From", feedback({ mailFrom: returnPath })],
    ["the return path of the returned mail", feedback({ returned: `Return-Path: <${returnPath}>` })],
    ["the Message-ID of the returned mail", feedback({ returned: returnedHeader(messageId(7)) })],
  ])("is matched by %s", async (_by, mail) => expect(await read(mail)).toEqual([complained]));

  it.each(["fraud", "virus", "other", "something-new"])("may be of type %s", async (kind) => {
    expect(await read(feedback({ kind, mailFrom: returnPath }))).toMatchObject([{ is: "complained" }]);
  });

  it.each(["not-spam", "auth-failure"])("is not what feedback of type %s is", async (kind) => {
    expect(await read(feedback({ kind, mailFrom: returnPath }))).toEqual([]);
  });

  it("that names no message is kept: who is blacked out cannot be suppressed", async () => {
    expect(await read(feedback({}))).toMatchObject([{ is: "unmatched", detail: expect.stringContaining("abuse") }]);
  });
});

describe("row 91: a mail that is no report", () => {
  it.each([
    ["an out-of-office", outOfOffice(returnPath)],
    ["a person's answer", "From: ann@example.com\r\nSubject: 5.1.1\r\n\r\nStatus: 5.1.1\r\nAction: failed\r\n"],
    [
      "a challenge to prove oneself human",
      `From: guard@example.com\r\nTo: ${returnPath}\r\nAuto-Submitted: auto-generated\r\nSubject: Delivery failed, click\r\n\r\nClick here.\r\n`,
    ],
    [
      "a read receipt",
      `From: ann@example.com\r\nTo: ${returnPath}\r\nContent-Type: multipart/report; report-type=disposition-notification; boundary=x\r\n\r\n--x\r\n\r\nread\r\n--x\r\nContent-Type: message/disposition-notification\r\n\r\nDisposition: automatic-action; displayed\r\n--x--\r\n`,
    ],
  ])("such as %s, is ignored", async (_what, mail) => expect(await read(mail)).toEqual([]));
});

describe("row 90: a report that is broken or meant to break", () => {
  const unmatched = [{ is: "unmatched", key: expect.stringMatching(/^mail:[0-9a-f]{32}$/) }];
  const good = likePostfix({ to: returnPath });

  it("with 5 MB of returned mail is read, because the report stands in front of it", async () => {
    expect(await read(likePostfix({ to: returnPath, returned: "x".repeat(5_000_000) }))).toMatchObject([
      { delivery: "bounced" },
    ]);
  });

  it("cut off in the middle, or without its boundary, is kept and not dropped", async () => {
    const type = /Content-Type: multipart.*/;
    for (const mail of [
      good.slice(0, good.indexOf("Content-Description: Delivery")),
      good.replace(type, 'Content-Type: multipart/report; report-type=delivery-status; boundary="another"'),
      good.replace(type, "Content-Type: multipart/report; report-type=delivery-status"),
      "From: MAILER-DAEMON@old.example\r\n\r\nA bounce in a form of its own.\r\n",
    ])
      expect(await read(mail)).toMatchObject(unmatched);
  });

  it("nested without end, or with headers without end, is kept and takes little time", async () => {
    const started = performance.now();
    let bomb = "the core";
    for (let depth = 0; depth < 3000; depth++)
      bomb = `Content-Type: multipart/mixed; boundary="b${depth}"\r\n\r\n--b${depth}\r\n${bomb}\r\n--b${depth}--\r\n`;
    const from = "From: mailer-daemon@example.com\r\n";
    expect(await read(from + bomb)).toMatchObject(unmatched);
    expect(await read(`${from}${"X-Long: y\r\n".repeat(100_000)}\r\n`)).toMatchObject(unmatched);
    const many = "\r\nFinal-Recipient: rfc822; a@example.com\r\nAction: failed\r\nStatus: 5.2.2\r\n".repeat(20_000);
    expect(await read(good.replace("\r\nFinal-Recipient", `${many}\r\nFinal-Recipient`))).toMatchObject([
      { means: kept("mailbox_full") },
    ]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it("about another report inside the returned mail is about the outer one", async () => {
    const inner = likePostfix({ to: openReturnPath(bounceSecret).write(messageId(8), "x.example"), status: "5.1.1" });
    const mail = likeGmail({ to: returnPath, diagnostic: "550 5.7.1 policy", returned: inner });
    expect(await read(mail)).toEqual([bounced("5.7.1", aboutUs)]);
  });

  it("that lies about its charset and encodings is still read", async () => {
    const lying = good
      .replace("charset=us-ascii", 'charset="utf-16be"')
      .replace("did not arrive", "n'est pas arriv\ufffd \u0000 \u{1f600}")
      .replace(
        "Content-Type: message/delivery-status",
        'Content-Type: message/delivery-status; charset="nonsense"\r\nContent-Transfer-Encoding: 8bit',
      );
    expect(await read(lying)).toEqual([bounced("5.1.1", gone)]);
  });

  it("is kept in a form that the database takes, bounded", async () => {
    const [event] = await read(`From: mailer-daemon@example.com\r\n\r\n${"\u0000😀".repeat(20_000)}`);
    if (event?.is !== "unmatched") throw new Error("not kept");
    expect(event.raw.length).toBeLessThanOrEqual(16_000);
    expect(event.raw).not.toMatch(/[\0\p{Cs}]/u);
  });

  it.each(["", "\r\n", "no header at all", "\u0000\u0001", ": :\r\n: :\r\n"])("%j is nothing", async (mail) => {
    expect(await read(mail)).toEqual([]);
  });
});

describe("a mail that is posted", () => {
  const mail = likePostfix({ to: returnPath });
  const other = callbackUrl.replace(/c$/, "d");

  it.each([
    ["without a token", ""],
    ["with an empty one", "?k="],
    ["with the secret itself", `?k=${encodeURIComponent(bounceSecret)}`],
    ["with a token made with another secret", `?k=${bounceToken("another secret altogether", callbackUrl)}`],
    ["with the token of another carrier", `?k=${bounceToken(bounceSecret, other)}`],
  ])("%s is not believed", async (_how, query) => expect(await post(mail, query)).toBeNull());

  it("has nobody to go to where the account has no secret for it", () => expect(open({}).receive).toBeUndefined());

  it("needs that secret as soon as there is a bounce domain, and a long one", () => {
    expect(() => open({ bounceDomain: "bounces.example.com" })).toThrow(/bounceSecret: needed with bounceDomain/);
    expect(() => open({ bounceSecret: "short" })).toThrow(/^(?!.*short)[\s\S]*bounceSecret: at least 16/);
  });
});
