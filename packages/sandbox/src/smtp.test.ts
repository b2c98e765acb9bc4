import { expect, test } from "vitest";
import { converse, mailFor } from "./test-mail-client.ts";
import { eventually, messageId, type TestSandbox, testSandbox } from "./test-sandbox.ts";
import { readWireLog } from "./wire-log.ts";

async function deliver(sandbox: TestSandbox, to: string, n = 1): Promise<string | null> {
  const client = await converse(sandbox.smtpUrl);
  const answer = await client.deliver({ to, message: mailFor({ to, messageId: messageId(n) }) });
  client.close();
  return answer;
}

test("an accepted mail is in the log, under its message id and queue id, when the 250 arrives", async () => {
  const sandbox = await testSandbox();
  const answer = await deliver(sandbox, "amelia@example.com");
  const queueId = /^250 2\.0\.0 Ok: queued as ([0-9A-F]{12})$/.exec(answer ?? "")?.[1];
  const lines = await readWireLog(sandbox.folder);
  expect(lines).toEqual([
    {
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      provider: "smtp",
      channel: "email",
      event: "accepted",
      messageId: messageId(1),
      to: "amelia@example.com",
      providerMessageId: queueId,
    },
  ]);
});

test("another client's mail is taken too, without a message id", async () => {
  const sandbox = await testSandbox();
  const client = await converse(sandbox.smtpUrl);
  const message = mailFor({ to: "a@example.com", messageId: "someone.elses.msg_id" });
  expect(await client.deliver({ to: "a@example.com", message })).toMatch(/^250 /);
  client.close();
  expect((await readWireLog(sandbox.folder))[0]).toMatchObject({ event: "accepted", messageId: null });
});

test("pipelined envelopes on one connection are answered in order, one log line per recipient", async () => {
  const sandbox = await testSandbox();
  const client = await converse(sandbox.smtpUrl);
  client.write("MAIL FROM:<shop@example.com>\r\nRCPT TO:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n");
  const answers = [await client.reply(), await client.reply(), await client.reply(), await client.reply()];
  expect(answers.map((answer) => answer?.slice(0, 3))).toEqual(["250", "250", "250", "354"]);
  client.write(`${mailFor({ to: "a@example.com", messageId: messageId(1) })}\r\n.\r\nMAIL FROM:<shop@example.com>\r\n`);
  expect(await client.reply()).toMatch(/^250 2\.0\.0 Ok: queued/);
  expect(await client.reply()).toMatch(/^250 /);
  client.close();
  const entries = await readWireLog(sandbox.folder);
  expect(entries.map((entry) => entry.to)).toEqual(["a@example.com", "b@example.com"]);
});

test("a new connection is greeted at once, and any login is welcome", async () => {
  const sandbox = await testSandbox();
  const waits: number[] = [];
  for (let n = 0; n < 10; n++) {
    const before = performance.now();
    (await converse(sandbox.smtpUrl)).close();
    waits.push(performance.now() - before);
  }
  expect(Math.min(...waits)).toBeLessThan(90); // the library alone waits 100 ms every time
  const client = await converse(sandbox.smtpUrl);
  const login = Buffer.from("\0somebody\0secret").toString("base64");
  expect(await client.say(`AUTH PLAIN ${login}`)).toMatch(/^235 /);
  client.close();
});

test("a mail that ends before its final dot is not accepted", async () => {
  const sandbox = await testSandbox();
  const client = await converse(sandbox.smtpUrl);
  for (const line of ["MAIL FROM:<shop@example.com>", "RCPT TO:<a@example.com>", "DATA"]) await client.say(line);
  client.write(`${mailFor({ to: "a@example.com", messageId: messageId(1) })}\r\n`);
  client.close();
  expect(await deliver(sandbox, "b@example.com", 2)).toMatch(/^250 /);
  expect((await readWireLog(sandbox.folder)).map((entry) => entry.to)).toEqual(["b@example.com"]);
});

test("a hard bounce is refused with 550 5.1.1 and a full mailbox with 452 4.2.2", async () => {
  const sandbox = await testSandbox();
  await sandbox.faults(
    { provider: "smtp", match: { to: "*@gone.example.com" }, fault: { is: "hard_bounce" } },
    { provider: "smtp", match: { to: "full*" }, fault: { is: "mailbox_full" } },
  );
  expect(await deliver(sandbox, "a@gone.example.com")).toMatch(/^550 5\.1\.1 /);
  expect(await deliver(sandbox, "full@example.com")).toMatch(/^452 4\.2\.2 /);
  expect(await deliver(sandbox, "fine@example.com")).toMatch(/^250 /);
  expect(await readWireLog(sandbox.folder)).toMatchObject([
    { event: "refused", to: "a@gone.example.com", code: "550 5.1.1", fault: "hard_bounce", messageId: null },
    { event: "refused", to: "full@example.com", code: "452 4.2.2", fault: "mailbox_full" },
    { event: "accepted", to: "fine@example.com" },
  ]);
});

test("a slow recipient is answered for late, and the mail goes through", async () => {
  const sandbox = await testSandbox();
  await sandbox.faults({ provider: "smtp", match: { to: "slow*" }, fault: { is: "slow_recipient", ms: 300 } });
  const began = performance.now();
  expect(await deliver(sandbox, "slow@example.com")).toMatch(/^250 /);
  expect(performance.now() - began).toBeGreaterThan(290);
  expect(await readWireLog(sandbox.folder)).toMatchObject([{ event: "accepted", to: "slow@example.com" }]);
});

test("a rate limit and a server error pass after as many times as they were set for, for each recipient", async () => {
  const sandbox = await testSandbox();
  await sandbox.faults(
    { provider: "smtp", match: {}, fault: { is: "rate_limited", retryAfterSeconds: 2, times: 1 } },
    { provider: "smtp", match: { to: "a@example.com" }, fault: { is: "server_error", times: 1 } },
  );
  expect(await deliver(sandbox, "a@example.com")).toMatch(/^451 4\.7\.1 .*2 seconds/);
  expect(await deliver(sandbox, "a@example.com")).toMatch(/^451 4\.3\.0 /);
  expect(await deliver(sandbox, "a@example.com")).toMatch(/^250 /);
  expect(await deliver(sandbox, "b@example.com", 2)).toMatch(/^451 4\.7\.1 /);
  expect(await deliver(sandbox, "b@example.com", 2)).toMatch(/^250 /);
  const events = (await readWireLog(sandbox.folder)).map((entry) => `${entry.to[0]} ${entry.event}`);
  expect(events).toEqual(["a rate_limited", "a failed", "a accepted", "b rate_limited", "b accepted"]);
});

test("accept-then-hang-up keeps the mail and says nothing", async () => {
  const sandbox = await testSandbox();
  await sandbox.faults({ provider: "smtp", match: {}, fault: { is: "accept_then_hang_up" } });
  expect(await deliver(sandbox, "a@example.com")).toBeNull();
  expect(await readWireLog(sandbox.folder)).toMatchObject([{ event: "accepted", fault: "accept_then_hang_up" }]);
});

test("a hang keeps the mail at once and answers later", async () => {
  const sandbox = await testSandbox();
  await sandbox.faults({ provider: "smtp", match: {}, fault: { is: "hang", ms: 1000 } });
  const answering = deliver(sandbox, "a@example.com");
  const [entry] = await eventually(async () => {
    const entries = await readWireLog(sandbox.folder);
    return entries.length > 0 ? entries : null;
  });
  expect(entry).toMatchObject({ event: "accepted", fault: "hang" });
  const soon = new Promise((resolve) => setTimeout(resolve, 50, "still silent"));
  expect(await Promise.race([answering, soon])).toBe("still silent");
  expect(await answering).toMatch(/^250 /);
});
