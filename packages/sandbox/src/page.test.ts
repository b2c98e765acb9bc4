import { expect, test } from "vitest";
import { mrkdwn } from "./slack-mrkdwn.ts";
import { converse, mailFor } from "./test-mail-client.ts";
import {
  eventually,
  jsonOf,
  messageId,
  messagesPath,
  slackAuthorization,
  type TestSandbox,
  testSandbox,
  twilioAuthorization,
} from "./test-sandbox.ts";

const page = async (sandbox: TestSandbox, path = "/") => (await sandbox.get(path)).text();

async function sendMail(sandbox: TestSandbox, of: { subject?: string; name?: string } = {}): Promise<void> {
  const client = await converse(sandbox.smtpUrl);
  const to = "amelia@example.com";
  await client.deliver({ to, message: mailFor({ to, messageId: messageId(1), ...of }) });
  client.close();
}

test("an empty inbox says what it waits for", async () => {
  const sandbox = await testSandbox();
  expect(await page(sandbox)).toContain("Waiting for the first message");
});

test("a mail's own HTML stays in a frame without scripts, and the page allows none either", async () => {
  const sandbox = await testSandbox();
  await sendMail(sandbox);
  const answer = await sandbox.get("/");
  expect(answer.headers.get("content-security-policy")).toMatch(/default-src 'none'/);
  const html = await answer.text();
  expect(html).not.toContain("<script");
  expect(html).toMatch(
    /<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"[^>]*srcdoc="[^"]*&lt;script&gt;alert\(1\)/,
  );
});

test("subjects, names and searches are shown as text, whatever they hold", async () => {
  const sandbox = await testSandbox();
  const attack = "<img src=x onerror=alert(1)>";
  await sendMail(sandbox, { subject: attack, name: attack });
  const html = await page(sandbox, `/?search=${encodeURIComponent('"><script>')}`);
  expect(html).not.toContain("<script");
  expect(await page(sandbox)).not.toContain("<img");
});

test("a mail shows its text part, its headers and its source", async () => {
  const sandbox = await testSandbox();
  await sendMail(sandbox, { name: "Amelia Hart" });
  expect(await page(sandbox, "/?part=text")).toContain("Hello in plain words.");
  expect(await page(sandbox, "/?part=headers")).toContain("&lt;msg_00000000000000000000000001@news.example.com&gt;");
  expect(await page(sandbox, "/?part=source")).toContain("--cut--");
  expect(await (await sandbox.get("/messages/1/source")).text()).toContain("Message-ID: <msg_");
});

test("a text shows its encoding, parts and fate, and can be answered from the page", async () => {
  const sandbox = await testSandbox();
  const fields = { To: "+14155550199", From: "+14155550100", Body: "Hello {there}" };
  await sandbox.post(messagesPath, new URLSearchParams(fields), twilioAuthorization);
  const html = await eventually(async () => {
    const now = await page(sandbox);
    return now.includes("Delivered") ? now : null;
  });
  expect(html).toContain("GSM-7 · 1 part");
  expect(html).toContain("15 septets"); // each brace takes two
  await sandbox.post(
    "/reply",
    new URLSearchParams([
      ["message", "1"],
      ["text", ""],
      ["text", "STOP"],
    ]),
  );
  expect(await page(sandbox)).toMatch(/class="bubble">STOP</);
  expect(await jsonOf(sandbox.post(messagesPath, new URLSearchParams(fields), twilioAuthorization))).toMatchObject({
    code: 21610,
  });
  expect(await page(sandbox)).toContain("Attempt to send to unsubscribed recipient");
});

test("a Slack post is drawn from its blocks", async () => {
  const sandbox = await testSandbox();
  const blocks = [
    { type: "header", text: { type: "plain_text", text: "Tea &amp; cake" } },
    { type: "section", text: { type: "mrkdwn", text: "*Bold* for <https://example.com|friends>" } },
    {
      type: "actions",
      elements: [{ type: "button", text: { type: "plain_text", text: "Look" }, url: "javascript:alert(1)" }],
    },
  ];
  await sandbox.post("/slack/api/chat.postMessage", { channel: "offers", text: "x", blocks }, slackAuthorization);
  const html = await page(sandbox);
  expect(html).toContain("<h3>Tea &amp; cake</h3>");
  expect(html).toContain('<b>Bold</b> for <a href="https://example.com"');
  expect(html).not.toContain("javascript:");
});

test("the overview counts what was accepted and refused, and which faults were played", async () => {
  const sandbox = await testSandbox();
  await sandbox.faults({ provider: "smtp", match: {}, fault: { is: "hard_bounce" }, times: 1 });
  await sendMail(sandbox);
  await sendMail(sandbox);
  const html = await page(sandbox);
  expect(html).toMatch(/<b>1<\/b> accepted<small>1 refused<\/small>/);
  expect(html).toMatch(/<b>1<\/b> faults? played/);
});

test.each([
  ["*bold*", "<b>bold</b>"],
  ["a*b*c", "a*b*c"],
  ["_so_ and ~not~", "<i>so</i> and <s>not</s>"],
  ["`*as is*`", "<code>*as is*</code>"],
  [
    "*<https://a.example|link>*",
    '<b><a href="https://a.example" target="_blank" rel="noopener noreferrer">link</a></b>',
  ],
  ["<!here> & <b>", '<span class="mention">@here</span> &amp; &lt;b&gt;'],
  ["&lt;b&gt;", "&lt;b&gt;"],
  ["<javascript:alert(1)|x>", "&lt;javascript:alert(1)|x&gt;"],
  ["> quoted", '<span class="quote">quoted</span>'],
])("Slack's %s becomes %s", (text, expected) => {
  expect(mrkdwn(text).html.replace(/<br>$/, "")).toBe(expected);
});
