/** A whole API for a test file: a database of its own, a real socket, a workspace, and a key for each role. */

import { randomBytes } from "node:crypto";
import { channels } from "@chorus/channels/registry";
import { brandVoice } from "@chorus/core/brand-voice";
import type { Role } from "@chorus/core/role";
import { roles } from "@chorus/core/role";
import { createKey } from "@chorus/db/keys";
import { type Db, openDb } from "@chorus/db/open";
import { openTestDatabase } from "@chorus/db/test-db";
import { createWorkspace } from "@chorus/db/workspaces";
import { readConfig } from "./config.ts";
import { openApi } from "./open.ts";
import type { KnownRoute } from "./route-list.ts";

export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Json; readonly text: string };
/** Whatever came back; a test that reads a field it should not have finds `undefined` and fails on it. */
// biome-ignore lint/suspicious/noExplicitAny: the outside is untyped on purpose, tests compare what really came
export type Json = any;

export type Ask = {
  readonly as?: Role | "nobody" | undefined;
  readonly key?: string | undefined;
  /** Sent as JSON unless it is text or bytes. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
};

type RequestBody = NonNullable<RequestInit["body"]>;

export type TestWorkspace = {
  readonly id: string;
  readonly keys: Readonly<Record<Role, string>>;
  readonly people: Readonly<Record<Role, string>>;
};

export type TestApi = TestWorkspace & {
  readonly url: string;
  readonly routes: readonly KnownRoute[];
  readonly databaseUrl: string;
  readonly db: Db;
  readonly installationKey: Uint8Array;
  ask(method: string, path: string, of?: Ask): Promise<Answer>;
  /** Another workspace in the same database. */
  openWorkspace(kind?: "live" | "sandbox"): Promise<TestWorkspace>;
  close(): Promise<void>;
};

/** `settings` are environment variables, such as the account that signs a provider's callbacks. */
export async function openTestApi(settings: Readonly<Record<string, string>> = {}): Promise<TestApi> {
  const database = await openTestDatabase();
  const key = randomBytes(32);
  const config = readConfig({
    DATABASE_URL: database.url,
    CHORUS_KEY: key.toString("base64"),
    LOG_LEVEL: "silent",
    ...{ API_RATE_LIMIT: "10000000", API_KEY_TRIES: "10000000" }, // tests ask as fast as they can
    ...settings,
  });
  const db = await openDb({ url: database.url, channels: channels.map((channel) => channel.id), connections: 3 });
  const api = await openApi(config);
  const openWorkspace = (kind: "live" | "sandbox" = "sandbox") => makeWorkspace(db, kind);
  const own = await openWorkspace();
  return {
    ...own,
    db,
    url: api.url,
    routes: api.routes,
    databaseUrl: database.url,
    installationKey: new Uint8Array(key),
    openWorkspace,
    ask: (method, path, of = {}) => ask(`${api.url}${path}`, method, { key: of.key ?? keyFor(own, of.as), ...of }),
    close: async () => {
      await api.close();
      await db.close();
      await database.close();
    },
  };
}

const keyFor = (workspace: TestWorkspace, as: Ask["as"] = "owner"): string | undefined =>
  as === "nobody" ? undefined : workspace.keys[as];

async function ask(url: string, method: string, of: Ask): Promise<Answer> {
  const isRaw = typeof of.body === "string" || of.body instanceof Uint8Array || of.body instanceof ReadableStream;
  const headers: Record<string, string> = {
    ...(of.key ? { authorization: `Bearer ${of.key}` } : {}),
    ...(of.body === undefined ? {} : { "content-type": "application/json" }),
    ...of.headers,
  };
  const body = of.body === undefined ? null : isRaw ? (of.body as RequestBody) : JSON.stringify(of.body);
  const answer = await fetch(url, { method, headers, body, redirect: "manual", ...(isRaw && { duplex: "half" }) });
  const text = await answer.text();
  const isJson = /\bjson\b/.test(answer.headers.get("content-type") ?? "");
  return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : undefined };
}

async function makeWorkspace(db: Db, kind: "live" | "sandbox"): Promise<TestWorkspace> {
  const name = `Test ${randomBytes(4).toString("hex")}`;
  const { id, people } = await createWorkspace(db, {
    name,
    kind,
    locale: "en-GB",
    timeZone: "Europe/London",
    currency: "GBP",
    sender: { name: "Test Shop", email: "shop@example.com", postalAddress: "1 Test Street, London" },
    voice: brandVoice.parse({ brand: "Test Shop" }),
    people: roles.map((role) => ({ name: role, email: `${role}@example.com`, role })),
  });
  const idOf = Object.fromEntries(roles.map((role, i) => [role, people[i] ?? ""])) as Record<Role, string>;
  const keys: Partial<Record<Role, string>> = {};
  for (const role of roles) {
    keys[role] = (await createKey(db, { workspaceId: id, personId: idOf[role], label: role })).secret;
  }
  return { id, keys: keys as Record<Role, string>, people: idOf };
}
