/** What a mail says, byte for byte, and what no name, word or address can make it say. */

import { readFileSync } from "node:fs";
import { refusalsIn } from "@chorus/core/problem";
import { describe, expect, it } from "vitest";
import { headersNamed, readMail } from "../../test/read-mail.ts";
import { compileFor, emailWords, facts, filling, handOver, messageId, recipient } from "../../test/samples.ts";
import { openRelay } from "../../test/scripted-relay.ts";
import { buildLayout } from "./build-layout.ts";
import { email } from "./channel.ts";

const at = new Date("2026-11-22T10:00:00Z");
const within = { facts, locale: "en-GB" };

function mailTo(to = recipient(), content: object = emailWords, more = {}) {
  const { body } = email.compile(content, compileFor(more))(filling(to), { id: messageId(1), at });
  return { ...body, ...readMail(Buffer.from(body.mime)) };
}

describe("a mail", () => {
  it("has the headers that mailbox providers ask for, each once, and nothing personal beyond the recipient", () => {
    const mail = mailTo();
    expect(Object.fromEntries(mail.headers.map(({ name, value }) => [name, value]))).toEqual({
      Subject: "Ann, tea towels are 20% off",
      To: '"Ann" <ann@example.com>',
      "Message-ID": `<${messageId(1)}@shop.example.com>`,
      Date: "Sun, 22 Nov 2026 10:00:00 +0000",
      "List-Unsubscribe": `<https://links.example.com/u/${messageId(1)}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      "Feedback-ID": "cmp_0000000000000000000000000a:wsp_0000000000000000000000000b:marketing:chorus",
      From: '"Hearth & Home" <news@shop.example.com>',
      "MIME-Version": "1.0",
      "Content-Type": expect.stringMatching(/^multipart\/alternative;/),
    });
    expect(new Set(mail.headers.map(({ name }) => name)).size).toBe(mail.headers.length);
  });

  it("says in text and HTML the same words, with the links of its own message and a visible way out", () => {
    const [text, html] = mailTo().parts;
    expect(text?.type).toBe("text/plain; charset=utf-8");
    expect(text?.text).toBe(
      [
        "Dry dishes, Ann",
        "",
        `Our linen towels cost £12.50 this week. See https://links.example.com/c/${messageId(1)}?n=2&x=1 for sizes.`,
        "",
        "Made in Leeds.",
        "",
        "See the towels:",
        `https://links.example.com/c/${messageId(1)}?n=1&x=1`,
        "",
        "-- ",
        "Hearth & Home",
        "You get this mail because you agreed to news from Hearth & Home.",
        `Unsubscribe: https://links.example.com/u/${messageId(1)}`,
        "Hearth & Home · 1 High Street, Leeds LS1 1AA, UK",
        "",
      ].join("\n"),
    );
    expect(html?.type).toBe("text/html; charset=utf-8");
    expect(html?.text).toContain(`href="https://links.example.com/c/${messageId(1)}?n=1&amp;x=1"`);
    expect(html?.text).toContain(`<a href="https://links.example.com/c/${messageId(1)}?n=2&amp;x=1">help</a>`);
    expect(html?.text).toContain(`<a href="https://links.example.com/u/${messageId(1)}">Unsubscribe</a>`);
    expect(html?.text).toContain("1 High Street, Leeds LS1 1AA, UK");
    expect(html?.text).not.toContain("[[");
  });

  it("reads in Chinese, from the subject to the way out, and long words survive their encoding", () => {
    const words = {
      subject: `{{contact:first_name|您好}}，${"秋天的园艺用品全部打折，".repeat(6)}低至{{fact:price}}🌷`,
      preheader: "仅此一周",
      headline: "您好，{{contact:first_name|朋友}}",
      paragraphs: [`${"长段落里没有空格，".repeat(60)}来自{{fact:city}}。`],
      button: { label: "去看看", link: "shop" },
    };
    const mail = mailTo(recipient({ firstName: "李雷" }), words, { locale: "zh" });
    expect(headersNamed(mail, "Subject")).toEqual([`李雷，${"秋天的园艺用品全部打折，".repeat(6)}低至£12.50🌷`]);
    expect(headersNamed(mail, "To")).toEqual(["李雷 <ann@example.com>"]);
    expect(mail.parts[0]?.text).toContain(`${"长段落里没有空格，".repeat(60)}来自利兹。`);
    expect(mail.parts[0]?.text).toContain(`退订: https://links.example.com/u/${messageId(1)}`);
    expect(mail.parts[1]?.text).toMatch(/<html lang="zh"/);
  });

  it("shows the default where a contact has no name", () => {
    const mail = mailTo(recipient({ firstName: null }));
    expect(headersNamed(mail, "Subject")).toEqual(["Hello, tea towels are 20% off"]);
    expect(headersNamed(mail, "To")).toEqual(["ann@example.com"]);
    expect(mail.parts[0]?.text.startsWith("Dry dishes, friend\n")).toBe(true);
  });

  it("has no line that begins with a dot, nor one over 76 characters, whatever it is filled with", () => {
    const words = {
      paragraphs: [`.${"x".repeat(72)}.${"y".repeat(80)} {{contact:first_name|.}}`, "...", "..{{link:shop}}"],
    };
    for (const firstName of ["Ann", `.${"z".repeat(90)}`, ".\r\n.", null]) {
      const { mime } = mailTo(recipient({ firstName }), { ...emailWords, ...words });
      const lines = mime.slice(mime.indexOf("\r\n\r\n")).split("\r\n");
      expect(lines.filter((line) => line.startsWith(".") || line.length > 76)).toEqual([]);
    }
    const [text] = mailTo(recipient({ firstName: null }), { ...emailWords, ...words }).parts;
    expect(text?.text).toContain(`.${"x".repeat(72)}.${"y".repeat(80)} .\n\n...\n\n..https://`);
  });

  it("is the same bytes as its preview, apart from the links", () => {
    const preview = email.preview(emailWords, compileFor(), filling());
    const mail = mailTo();
    expect(preview.text).toBe(mail.parts[0]?.text);
    expect(preview.html).toBe(mail.parts[1]?.text);
    expect(preview.title).toBe(headersNamed(mail, "Subject")[0]);
  });
});

describe("a contact's name", () => {
  it.each([
    "Ann\r\nBcc: evil@example.org",
    "Ann\u2028Bcc: evil@example.org",
    "Ann\u0085Bcc: evil@example.org",
    '"; DROP <evil@example.org>, other@example.org',
    "=?UTF-8?Q?=0D=0ABcc:_evil@example.org?=",
    "{{contact:email|x}} {{link:shop}}",
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "Zoë 👩‍👩‍👧‍👦 李",
    ".",
    "..\r\n.\r\nQUIT",
    `${"=".repeat(99)}`,
    "a".repeat(500),
    "\ud83d\ude00".repeat(80),
    "\u202egnp.exe",
  ])("%j is words and nothing else", async (firstName) => {
    const to = recipient({ firstName });
    const mail = mailTo(to);
    expect(new Set(mail.headers.map(({ name }) => name))).toEqual(new Set(mailTo().headers.map(({ name }) => name)));
    for (const name of ["To", "Subject", "From"]) expect(headersNamed(mail, name)).toHaveLength(1);
    expect(headersNamed(mail, "To")[0]).toMatch(/<ann@example\.com>$/);
    expect(mail.parts).toHaveLength(2);
    expect(mail.parts[1]?.text).not.toMatch(/<script|<evil| onmouseover="/);
    expect(mail.parts[1]?.text.match(/<a /g)).toHaveLength(mailTo().parts[1]?.text.match(/<a /g)?.length ?? 0);

    const relay = await openRelay();
    const carrier = email.open({ provider: "smtp", settings: { url: relay.url }, callbackUrl: "" });
    const { body } = email.compile(emailWords, compileFor())(filling(to), { id: messageId(1), at });
    expect(await carrier.send(body, handOver())).toMatchObject({ is: "accepted" });
    await carrier.close?.();
    await relay.close();
    expect(relay.taken.map(({ rcpt }) => rcpt)).toEqual([["ann@example.com"]]);
    expect(relay.taken[0]?.raw.toString("latin1")).toBe(body.mime);
    expect(relay.commands.filter((line) => /^(?:MAIL|RCPT|DATA)/.test(line))).toHaveLength(3);
  });
});

describe("an address", () => {
  it.each([
    ["a@b.com, c@d.com", "email.multiple"],
    ["a@b.com;c@d.com", "email.multiple"],
    ["group:a@b.com;", "email.multiple"],
    ["a@b.com c@d.com", "email.multiple"],
    ["b@y.com\r\nBcc: e@z.com", "email.control_char"],
    ["b@y.com\r\n", "email.control_char"],
    ["b%0d%0aBcc:e@z.com", "email.control_char"],
    ["b\u2028@y.com", "email.control_char"],
    ["b\u0085@y.com", "email.control_char"],
    ["b\u200b@y.com", "email.control_char"],
    ['"a b"@c.com', "email.unsupported_local"],
    ["a..b@c.com", "email.unsupported_local"],
    [".a@c.com", "email.unsupported_local"],
    ["a.@c.com", "email.unsupported_local"],
    ["a b@c.com", "email.unsupported_local"],
    ["@c.com", "email.unsupported_local"],
    ["user@[127.0.0.1]", "email.domain"],
    ["user@127.0.0.1", "email.domain"],
    ["user@localhost", "email.domain"],
    ["user@intranet", "email.domain"],
    ["user@shop.invalid", "email.domain"],
    ["user@shop.test", "email.domain"],
    ["user@-a.com", "email.domain"],
    ["user@", "email.domain"],
    ["user@a..com", "email.domain"],
    ["üser@exämple.de", "email.eai_unsupported"],
    ["用户@例子.中国", "email.eai_unsupported"],
    [`${"a".repeat(65)}@c.com`, "email.length"],
    [`a@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.${"e".repeat(60)}.${"f".repeat(20)}.com`, "email.length"],
    ["Ann <a@b.com>", "email.form"],
    ["nobody", "email.form"],
    ["", "email.form"],
  ])("%j is refused as %s, without being repeated", (raw, code) => {
    const read = email.normalizeAddress(raw);
    expect(read).toMatchObject({ is: "bad", problems: [{ code }] });
    if (raw.length > 5) expect(JSON.stringify(read)).not.toContain(JSON.stringify(raw).slice(1, -1));
  });

  it.each([
    ["Ann@Example.COM", "ann@example.com"],
    ["  ann+tag@example.com ", "ann+tag@example.com"],
    ["ann@exämple.de", "ann@xn--exmple-cua.de"],
    ["a.n.n@sub.example.co.uk", "a.n.n@sub.example.co.uk"],
    ["ann@ｅｘａｍｐｌｅ.com", "ann@example.com"],
    ["o'brien@example.com", "o'brien@example.com"],
    ["ann@pаypal.com", "ann@xn--pypal-4ve.com"],
  ])("%j is kept as %s", (raw, address) => {
    expect(email.normalizeAddress(raw)).toEqual({ is: "ok", value: { address } });
  });

  it.each([
    ["ann@gmial.com", "email.typo"],
    ["postmaster@example.com", "email.role_address"],
  ])("%j is taken with the warning %s", (raw, code) => {
    expect(email.normalizeAddress(raw)).toMatchObject({ is: "ok", value: { address: raw, warning: { code } } });
  });
});

describe("checking a mail's words", () => {
  const checked = (change: object) => email.check({ ...emailWords, ...change }, within);
  const codes = (change: object) => checked(change).map(({ path, code }) => `${path} ${code}`);

  it("finds nothing wrong with good words", () => {
    expect(email.check(emailWords, within)).toEqual([]);
  });

  it.each<[object, string]>([
    [{ subject: "a\r\nb" }, "subject text.control_char"],
    [{ subject: "a\ud800b" }, "subject text.encoding"],
    [{ subject: "x".repeat(256) }, "subject field.too_long"],
    [{ subject: " " }, "subject field.too_short"],
    [{ subject: undefined }, "subject field.required"],
    [{ subject: 3 }, "subject field.invalid"],
    [{ subject: "{{link:shop}}" }, "subject slot.link_misplaced"],
    [{ headline: "{{contact:first_name}}" }, "headline slot.default_missing"],
    [{ headline: "{{#each}}" }, "headline slot.forbidden"],
    [{ paragraphs: [] }, "paragraphs field.too_short"],
    [{ paragraphs: ["a", "b", "c", "d", "e"] }, "paragraphs field.too_long"],
    [{ paragraphs: ["good", "{{fact:nope}}"] }, "paragraphs.1 slot.unknown_fact"],
    [{ button: { label: "Go", link: "nowhere" } }, "button.link slot.unknown_link"],
    [{ button: { label: "Go", link: "shop", colour: "red" } }, "button.colour field.unknown"],
    [{ html: { path: "/etc/passwd" } }, "html field.unknown"],
  ])("%j is refused: %s", (change, expected) => {
    expect(codes(change)).toContain(expected);
    expect(refusalsIn(checked(change))).not.toEqual([]);
  });

  it("names the links there are when one does not exist", () => {
    expect(checked({ button: { label: "Go", link: "nowhere" } })[0]?.message).toContain("shop, help");
  });

  it("warns of a subject that most inboxes cut, and stops nothing", () => {
    const long = checked({ subject: `${"Tea towels ".repeat(6)}now` });
    expect(long).toMatchObject([{ path: "subject", code: "field.long", severity: "warning" }]);
    expect(refusalsIn(long)).toEqual([]);
  });
});

describe("the layout", () => {
  it("is what MJML makes of its source today", async () => {
    const kept = readFileSync(new URL("./layout.compiled.txt", import.meta.url), "utf8");
    expect(await buildLayout(), "run: node --import tsx src/email/build-layout.ts").toBe(kept);
  });
});
