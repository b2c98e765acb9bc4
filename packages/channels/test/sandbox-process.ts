/** The sandbox as a process of its own, the way applications meet it: over SMTP and HTTP on loopback. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const accounts = {
  twilioSid: `AC${"c0".repeat(16)}`,
  twilioToken: "twilio-token-of-this-test",
  slackToken: "xoxb-slack-token-of-this-test",
  slackChannel: "#shop-news",
  // These are the stand-ins' own, whatever its environment says.
  blueskyHandle: "shop.test",
  blueskyPassword: "sand-boxa-pppa-ssss",
  mastodonAccount: "@shop@mastodon.test",
  mastodonToken: "sandbox-mastodon-token",
};

export type WireLine = { event: string; channel: string; messageId: string | null; to: string; attempt?: number };
export type Arrival = {
  channel: string;
  to: string;
  messageId: string | null;
  title: string;
  body: { is: string; text?: string | null; html?: string | null; headers?: { name: string; value: string }[] } | null;
};

export type Sandbox = {
  readonly smtpUrl: string;
  readonly httpUrl: string;
  fault(provider: string, to: string, fault: object): Promise<void>;
  control(path: string, body: object): Promise<void>;
  wire(messageId: string): Promise<WireLine[]>;
  inbox(messageId: string): Promise<Arrival[]>;
  close(): Promise<void>;
};

const ready = async (child: ChildProcess): Promise<{ smtp: string; http: string }> => {
  const gone = once(child, "exit").then(() => Promise.reject(new Error("the sandbox ended before it was ready")));
  const [said] = (await Promise.race([once(child, "message"), gone])) as [{ smtp: string; http: string }];
  return said;
};

export async function openSandboxProcess(): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), "chorus-channels-"));
  const start = fileURLToPath(new URL("../../sandbox/src/start.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", start], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdio: ["ignore", "ignore", "inherit", "ipc"], // it also ends when this end of the line is gone
    env: {
      ...process.env,
      SANDBOX_FOLDER: folder,
      SANDBOX_SMTP_PORT: "0",
      SANDBOX_HTTP_PORT: "0",
      SANDBOX_TWILIO_ACCOUNT_SID: accounts.twilioSid,
      SANDBOX_TWILIO_AUTH_TOKEN: accounts.twilioToken,
      SANDBOX_SLACK_TOKEN: accounts.slackToken,
      SANDBOX_SLACK_CHANNELS: accounts.slackChannel,
    },
  });
  const { smtp, http } = await ready(child);
  const control = async (path: string, body: object) => {
    const answer = await fetch(new URL(path, http), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`The sandbox refused ${path}: ${await answer.text()}`);
  };
  return {
    smtpUrl: smtp,
    httpUrl: http,
    control,
    fault: (provider, to, fault) => control("/control/faults", [{ provider, match: { to }, fault }] as never),
    wire: async (messageId) => {
      const lines = (await (await fetch(new URL("/wire", http))).text()).split("\n").filter(Boolean);
      return lines.map((line) => JSON.parse(line) as WireLine).filter((line) => line.messageId === messageId);
    },
    inbox: async (messageId) => {
      const answer = await fetch(new URL(`/inbox.json?messageId=${messageId}`, http));
      return ((await answer.json()) as { messages: Arrival[] }).messages;
    },
    close: async () => {
      const ended = child.exitCode === null ? once(child, "exit") : Promise.resolve();
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
