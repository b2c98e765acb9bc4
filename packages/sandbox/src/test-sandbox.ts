/** A sandbox of its own for each test, in a folder that goes when the test is over. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { defaultAccounts } from "./accounts.ts";
import type { FaultRule } from "./faults.ts";
import { openSandbox, type Sandbox, type SandboxSettings } from "./open-sandbox.ts";

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "chorus-sandbox-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export type TestSandbox = Sandbox & {
  readonly folder: string;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  faults(...rules: FaultRule[]): Promise<void>;
};

export async function testSandbox(settings: Partial<SandboxSettings> = {}): Promise<TestSandbox> {
  const folder = settings.folder ?? (await temporaryFolder());
  const sandbox = await openSandbox({ pace: { sentMs: 5, deliveredMs: 25 }, ...settings, folder });
  onTestFinished(() => sandbox.close());
  const post: TestSandbox["post"] = (path, body, headers = {}) =>
    fetch(sandbox.httpUrl + path, {
      method: "POST",
      headers: body instanceof URLSearchParams ? headers : { "content-type": "application/json", ...headers },
      body: body instanceof URLSearchParams ? body : JSON.stringify(body),
    });
  return {
    ...sandbox,
    folder,
    post,
    get: (path, headers = {}) => fetch(sandbox.httpUrl + path, { headers }),
    async faults(...rules) {
      const answer = await post("/control/faults", rules);
      if (!answer.ok) throw new Error(await answer.text());
    },
  };
}

/** `msg_…` number n. */
export const messageId = (n: number): string => `msg_${n.toString(36).padStart(26, "0")}`;

export const twilioAuthorization = {
  authorization: `Basic ${Buffer.from(`${defaultAccounts.twilioAccountSid}:${defaultAccounts.twilioAuthToken}`).toString("base64")}`,
};
export const messagesPath = `/twilio/2010-04-01/Accounts/${defaultAccounts.twilioAccountSid}/Messages.json`;
export const slackAuthorization = { authorization: `Bearer ${defaultAccounts.slackToken}` };

/** Asks again until the answer is there; a test's own time limit ends it. */
export async function eventually<T>(ask: () => Promise<T | null | undefined> | T | null | undefined): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The answer's JSON, taken to be what the test says it is. */
export const jsonOf = async <T>(answer: Response | Promise<Response>): Promise<T> => (await (await answer).json()) as T;
