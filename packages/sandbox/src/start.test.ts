import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { readConfig } from "./config.ts";
import { converse, mailFor } from "./test-mail-client.ts";
import { messageId, temporaryFolder } from "./test-sandbox.ts";
import { readWireLog } from "./wire-log.ts";

/** Starting a process is slow where many tests share a machine. */
const patience = { timeout: 120_000 };

type Ready = { event: string; smtp: string; http: string };

async function start(folder: string): Promise<{ child: ChildProcess; ready: Ready; printed: () => string }> {
  const child = fork(new URL("./start.ts", import.meta.url), {
    execArgv: ["--import", "tsx"],
    env: { ...process.env, SANDBOX_FOLDER: folder },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let printed = "";
  child.stdout?.on("data", (text) => {
    printed += String(text);
  });
  const [ready] = await once(child, "message");
  return { child, ready: ready as Ready, printed: () => printed };
}

test("the process says where it listens and ends cleanly on SIGTERM", patience, async () => {
  const { child, ready, printed } = await start(await temporaryFolder());
  expect(ready.event).toBe("sandbox.ready");
  expect((await fetch(`${ready.http}/healthz`)).ok).toBe(true);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
  expect(JSON.parse(printed().trim())).toEqual(ready);
});

test("it ends when its parent lets go of it, even with a client connected", patience, async () => {
  const { child, ready } = await start(await temporaryFolder());
  const client = await converse(ready.smtp);
  child.disconnect();
  expect(await once(child, "exit")).toEqual([0, null]);
  client.close();
});

test("what it accepted is in the log even when it is killed, and the next run goes on there", patience, async () => {
  const folder = await temporaryFolder();
  for (const n of [1, 2]) {
    const { child, ready } = await start(folder);
    const client = await converse(ready.smtp);
    const to = `person${n}@example.com`;
    expect(await client.deliver({ to, message: mailFor({ to, messageId: messageId(n) }) })).toMatch(/^250 /);
    child.kill("SIGKILL");
    await once(child, "exit");
    client.close();
  }
  expect((await readWireLog(folder)).map((entry) => entry.messageId)).toEqual([messageId(1), messageId(2)]);
});

test("a setting that cannot be is named, and defaults fill the rest", () => {
  expect(() => readConfig({ SANDBOX_SMTP_PORT: "high", SANDBOX_TWILIO_ACCOUNT_SID: "AC1" })).toThrow(
    /SANDBOX_SMTP_PORT[\s\S]*SANDBOX_TWILIO_ACCOUNT_SID/,
  );
  expect(readConfig({ SANDBOX_SLACK_CHANNELS: "#news, offers" })).toMatchObject({
    SANDBOX_HTTP_PORT: 0,
    SANDBOX_SLACK_CHANNELS: ["news", "offers"],
  });
});
