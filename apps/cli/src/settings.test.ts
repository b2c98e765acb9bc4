import { join } from "node:path";
import { channels } from "@chorus/channels/registry";
import { defaultAccounts } from "@chorus/sandbox/accounts";
import { postStandIns } from "@chorus/sandbox/post-stand-ins";
import { expect, test } from "vitest";
import { databaseBeside, ownQueue } from "./installation.ts";
import { chooseProviders, refuseOutsideProviders, sandboxAccounts } from "./providers.ts";
import { readSettings, root } from "./settings.ts";

const posts = postStandIns.map(({ channel }) => channel);
const sandbox = { smtp: "smtp://127.0.0.1:2525", http: "http://127.0.0.1:8025" };
const choose = (from: Record<string, string>, staysHere = true) =>
  chooseProviders({ settings: readSettings(from), sandbox, staysHere });

test("nothing needs to be set", () => {
  expect(readSettings({}).CHORUS_HOME).toBe(join(root, ".chorus"));
  expect(readSettings({ DATABASE_URL: "", CHORUS_KEY: "" }).DATABASE_URL).toBeUndefined();
});

test("a wrong setting is named with what it should be, and never repeated", () => {
  const wrong = { DATABASE_URL: "mysql://root:hunter2@host/db", API_PORT: "70000", CHORUS_KEY: "hunter2" };
  expect(() => readSettings(wrong)).toThrow(/DATABASE_URL: .*postgres:[\s\S]*API_PORT[\s\S]*CHORUS_KEY: 32 bytes/);
  expect(() => readSettings(wrong)).not.toThrow(/hunter2/);
});

test("a kind of model server that nobody knows is answered with those there are, and a known one reaches the worker", () => {
  expect(() => readSettings({ MODEL_PROFILE: "gemini" })).toThrow(
    /MODEL_PROFILE: one of openai, vllm, llamacpp, ollama, json_object/,
  );
  expect(choose({ MODEL_PROFILE: "ollama" }).environment.MODEL_PROFILE).toBe("ollama");
});

test("without providers everything goes to the sandbox", () => {
  const { environment, sandboxChannels, sandboxWrites } = choose({});
  expect(sandboxChannels).toEqual(channels.map(({ id }) => id));
  expect(sandboxWrites).toBe(true);
  expect(environment).toMatchObject({
    SMTP_URL: sandbox.smtp,
    TWILIO_BASE_URL: `${sandbox.http}/twilio`,
    SLACK_BASE_URL: `${sandbox.http}/slack/api/`,
    OPENAI_BASE_URL: `${sandbox.http}/openai/v1`,
  });
});

test("a provider that is set is used as it is, and only the others go to the sandbox", () => {
  const own = {
    SMTP_URL: "smtp://127.0.0.1:1025",
    TWILIO_BASE_URL: "http://127.0.0.1:4010/",
    OPENAI_BASE_URL: "http://127.0.0.1:9/v1",
  };
  const { environment, sandboxChannels, sandboxWrites } = choose(own);
  expect(environment).toMatchObject(own);
  expect(sandboxChannels).toEqual(["slack", ...posts]);
  expect(sandboxWrites).toBe(false);
  expect(environment.TWILIO_ACCOUNT_SID).toBe(defaultAccounts.twilioAccountSid);
});

test("with a key alone the model server is OpenAI's own", () => {
  const { environment, sandboxWrites } = choose({ OPENAI_API_KEY: "sk-1" });
  expect(environment.OPENAI_BASE_URL).toBeUndefined();
  expect(environment.OPENAI_API_KEY).toBe("sk-1");
  expect(sandboxWrites).toBe(false);
});

test("credentials without an address stay on this machine in the demo, and reach the provider otherwise", () => {
  const account = {
    TWILIO_ACCOUNT_SID: `AC${"0".repeat(32)}`,
    TWILIO_AUTH_TOKEN: "t",
    TWILIO_FROM: "+14155550100",
    SLACK_BOT_TOKEN: "xoxb-1",
  };
  expect(choose(account).sandboxChannels).toEqual(channels.map(({ id }) => id));
  expect(sandboxAccounts(readSettings(account)).SANDBOX_TWILIO_ACCOUNT_SID).toBe(account.TWILIO_ACCOUNT_SID);
  const outside = choose(account, false);
  expect(outside.sandboxChannels).toEqual(["email", ...posts]);
  expect(outside.environment.TWILIO_BASE_URL).toBeUndefined();
});

test.each(postStandIns)(
  "an account for posts on $channel is used where it is, and stays here in the demo",
  (standIn) => {
    const [address = "", ...credentials] = Object.keys(standIn.environment(""));
    const own = Object.fromEntries(credentials.map((name) => [name, "own"]));
    expect(choose(own, false).sandboxChannels).not.toContain(standIn.channel);
    expect(choose(own).environment[address]).toBe(`${sandbox.http}/${standIn.channel}`);
    const elsewhere = choose({ ...own, [address]: "http://127.0.0.1:9/own" });
    expect(elsewhere.sandboxChannels).not.toContain(standIn.channel);
    expect(elsewhere.environment).toMatchObject({ ...own, [address]: "http://127.0.0.1:9/own" });
    expect(() => refuseOutsideProviders(readSettings({ [address]: "https://social.example.com" }))).toThrow(
      `${address} leads away`,
    );
  },
);

test("the demo refuses a provider that is not on this machine", () => {
  expect(() => refuseOutsideProviders(readSettings({ SMTP_URL: "smtps://u:p@mail.example.com:465" }))).toThrow(
    /SMTP_URL leads away/,
  );
  expect(() =>
    refuseOutsideProviders(
      readSettings({ SMTP_URL: "smtp://localhost:25", SLACK_BASE_URL: "http://127.0.0.1:1/api/" }),
    ),
  ).not.toThrow();
});

test("the demo makes a database beside the one it is given, and resets no other", () => {
  expect(databaseBeside("postgres://u:p@h:5/shop", "demo")).toBe("postgres://u:p@h:5/shop_demo");
  expect(databaseBeside("postgres://u:p@h:5/shop_demo", "demo")).toBe("postgres://u:p@h:5/shop_demo");
  expect(databaseBeside("postgres://u:p@h:5/shop", "up")).toBe("postgres://u:p@h:5/shop");
});

test("two installations on one Redis have keys of their own, unless the URL says otherwise", () => {
  const [a, b] = [ownQueue("redis://h:6379/1", "one demo"), ownQueue("redis://h:6379/1", "two demo")];
  expect(a).toMatch(/^redis:\/\/h:6379\/1\?prefix=chorus-[0-9a-f]{12}$/);
  expect(b).not.toBe(a);
  expect(ownQueue("redis://h:6379?prefix=mine", "one demo")).toBe("redis://h:6379?prefix=mine");
  expect(ownQueue("postgres://h/db", "one demo")).toBe("postgres://h/db");
});
