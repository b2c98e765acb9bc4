import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { converse, mailFor } from "./test-mail-client.ts";
import { messageId, temporaryFolder, testSandbox } from "./test-sandbox.ts";
import { openWireLog, readWireLog, type Seen, type WireEntry } from "./wire-log.ts";

const accepted = (n: number, more: Partial<WireEntry> = {}): Seen => ({
  provider: "smtp",
  channel: "email",
  event: "accepted",
  messageId: messageId(n),
  to: `person${n}@example.com`,
  ...more,
});

test("a log goes on where an earlier run of the sandbox left it", async () => {
  const folder = await temporaryFolder();
  for (const n of [1, 2]) {
    const log = await openWireLog(folder);
    log.append(accepted(n));
    expect(log.count().accepted).toBe(n);
    log.close();
  }
  expect((await readWireLog(folder)).map((entry) => entry.messageId)).toEqual([messageId(1), messageId(2)]);
});

test("a line that a kill cut short is skipped and harms no other", async () => {
  const folder = await temporaryFolder();
  const log = await openWireLog(folder);
  log.append(accepted(1));
  log.close();
  await appendFile(join(folder, "wire.jsonl"), '{"at":"2026-11-22T10:0');
  const again = await openWireLog(folder);
  again.append(accepted(2));
  again.close();
  expect((await readWireLog(folder)).map((entry) => entry.messageId)).toEqual([messageId(1), messageId(2)]);
});

test("a missing log is an error and not an empty one", async () => {
  const folder = await temporaryFolder();
  await expect(readWireLog(folder)).rejects.toThrow(/ENOENT/);
});

test("counts tell different messages, repeated ones and other clients' apart", async () => {
  const log = await openWireLog(await temporaryFolder());
  for (const n of [1, 2, 2, 2]) log.append(accepted(n));
  log.append(accepted(3, { messageId: null }));
  log.append(accepted(4, { event: "refused", code: "550 5.1.1" }));
  log.append(accepted(5, { provider: "twilio", channel: "sms" }));
  const count = log.count();
  log.close();
  expect(count.channels.email).toMatchObject({ accepted: 5, distinct: 2, withoutId: 1, refused: 1 });
  expect(count.channels.sms).toMatchObject({ accepted: 1, distinct: 1 });
  expect(count).toMatchObject({ accepted: 6, distinct: 3, repeatedIds: 1 });
  expect(count.repeated).toEqual([{ messageId: messageId(2), times: 3 }]);
});

test("the log reads the same from its folder and from the running sandbox", async () => {
  const sandbox = await testSandbox();
  const client = await converse(sandbox.smtpUrl);
  await client.deliver({ to: "a@example.com", message: mailFor({ to: "a@example.com", messageId: messageId(1) }) });
  client.close();
  const fromFolder = await readWireLog(sandbox.folder);
  expect(fromFolder).toHaveLength(1);
  expect(await readWireLog(sandbox.httpUrl)).toEqual(fromFolder);
});

test("since gives only the lines at or after an instant", async () => {
  const folder = await temporaryFolder();
  const lines = ["2026-11-22T10:00:00.000Z", "2026-11-22T10:00:01.000Z"].map((at, n) => ({ at, ...accepted(n + 1) }));
  await writeFile(join(folder, "wire.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const sandbox = await testSandbox({ folder });
  const later = await (await sandbox.get("/wire?since=2026-11-22T10:00:00.500Z")).text();
  expect(later).toBe(`${JSON.stringify(lines[1])}\n`);
  expect((await sandbox.get("/wire?since=yesterday")).status).toBe(400);
  expect(await (await sandbox.get("/wire")).text()).toBe(await readFile(join(folder, "wire.jsonl"), "utf8"));
});
