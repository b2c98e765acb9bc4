import { randomBytes } from "node:crypto";
import { openVault } from "@chorus/core/vault";
import { expect, test } from "vitest";
import { accountInUse, sealSettings } from "./account-in-use.ts";
import { type Account, readAccounts } from "./accounts.ts";
import { email } from "./email/channel.ts";

const vault = openVault(randomBytes(32));
const sandbox = { id: "7", kind: "sandbox" as const };
const live = { id: "7", kind: "live" as const };
const ofEnvironment = readAccounts({ SMTP_URL: "smtp://127.0.0.1:2525" });
const stored = (url: string, workspaceId = "7") => ({
  provider: "smtp",
  sealed: sealSettings(vault, { workspaceId, channel: "email", provider: "smtp" }, { url }),
});
const inUse = (of: {
  workspace?: typeof sandbox | typeof live;
  stored?: ReturnType<typeof stored> | null;
  accounts?: Readonly<Record<string, Account>>;
  key?: Uint8Array;
}) =>
  accountInUse({
    ...{ channel: email, workspace: sandbox, stored: null, accounts: {}, vault: of.key ? openVault(of.key) : vault },
    ...of,
  });

test("a workspace's own account comes before the environment's, which stands in where there is none", () => {
  const own = inUse({ stored: stored("smtp://ann:hush@127.0.0.1:2600"), accounts: ofEnvironment });
  expect(own).toMatchObject({ is: "usable", source: "workspace", account: { name: "127.0.0.1:2600" } });
  expect(own).toMatchObject({ account: { settings: { url: "smtp://ann:hush@127.0.0.1:2600" } } });
  expect(inUse({ accounts: ofEnvironment })).toMatchObject({
    source: "environment",
    account: { name: "127.0.0.1:2525" },
  });
  expect(inUse({})).toMatchObject({ is: "none", because: expect.stringContaining("PUT /v1/accounts/email") });
});

test("a sandbox workspace reaches this machine only, whoever gave the account; a live one may go further", () => {
  const far = stored("smtps://ann:hush@mail.example.com");
  expect(inUse({ stored: far })).toMatchObject({ is: "elsewhere" });
  expect(inUse({ accounts: readAccounts({ SMTP_URL: "smtps://mail.example.com" }) })).toMatchObject({
    is: "elsewhere",
  });
  expect(inUse({ workspace: live, stored: far })).toMatchObject({
    is: "usable",
    account: { host: "mail.example.com" },
  });
});

test("another key, or another workspace's row, opens nothing, and the environment does not step in silently", () => {
  const own = stored("smtp://127.0.0.1:2600");
  expect(inUse({ stored: own, accounts: ofEnvironment, key: randomBytes(32) })).toMatchObject({ is: "unreadable" });
  expect(inUse({ stored: stored("smtp://127.0.0.1:2600", "8"), accounts: ofEnvironment })).toMatchObject({
    is: "unreadable",
  });
});
