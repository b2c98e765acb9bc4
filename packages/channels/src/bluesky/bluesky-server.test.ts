/** Against the real thing: the account server that Bluesky publishes (@atproto/dev-env), in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Carrier } from "@chorus/core/channel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileFor, filling, handOver, messageId, recipient } from "../../test/samples.ts";
import { bluesky } from "./channel.ts";
import type { BlueskyBody } from "./post.ts";

const folder = new URL("../../test-atproto/", import.meta.url);
const isThere = existsSync(new URL("node_modules/better-sqlite3/build/Release/better_sqlite3.node", folder));
/** With REQUIRE_ATPROTO=1 the tests run whatever is there, and fail. */
const without =
  isThere || process.env.REQUIRE_ATPROTO === "1" ? null : "`npm ci` in packages/channels/test-atproto installs it";

describe.skipIf(without !== null)(`Bluesky's own server${without ? ` (skipped: ${without})` : ""}`, () => {
  type Server = { readonly url: string; readonly handle: string; readonly password: string };
  let child: ChildProcess;
  let server: Server;
  let carrier: Carrier;
  const open = (change: Record<string, string> = {}): Carrier => {
    const settings = { baseUrl: server.url, handle: server.handle, appPassword: server.password, ...change };
    return bluesky.open({ provider: "bluesky", settings, callbackUrl: "" });
  };

  beforeAll(async () => {
    child = spawn(process.execPath, [fileURLToPath(new URL("start.mjs", folder))], {
      stdio: ["ignore", "ignore", "ignore", "ipc"], // it also ends when this end of the line is gone
    });
    const gone = once(child, "exit").then(([code]) =>
      Promise.reject(new Error(`Bluesky's server ended with ${code}.`)),
    );
    [server] = (await Promise.race([once(child, "message"), gone])) as [Server];
    carrier = open();
  }, 120_000);
  afterAll(async () => {
    await carrier?.close?.();
    if (child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.disconnect();
    await ended;
  });

  let made = 0;
  function message(text: string) {
    made += 1;
    const id = messageId(made);
    const render = bluesky.compile({ text }, compileFor());
    const body = render(filling(recipient({ address: server.handle })), { id, at: new Date() }).body as BlueskyBody;
    return { id, body };
  }
  const send = (of: { id: string; body: unknown }, by = carrier) => by.send(of.body, handOver({ messageId: of.id }));
  const ask = (of: { id: string; body: unknown }) =>
    carrier.lookUp?.(of.body, { messageId: of.id, attempt: 1, sentAround: new Date() });
  /** As anybody may read it there. */
  async function recordAt(uri: string) {
    const [, , repo = "", collection = "", rkey = ""] = uri.split("/");
    const query = new URLSearchParams({ repo, collection, rkey });
    return await (await fetch(`${server.url}/xrpc/com.atproto.repo.getRecord?${query}`)).json();
  }

  it("takes a post, and keeps words, links and hashtags as they were meant", async () => {
    const of = message("👨‍👩‍👧‍👦 Linen towels are {{fact:discount}} off, see {{link:shop}}. #Towels #毛巾");
    const outcome = await send(of);
    expect(outcome).toMatchObject({ is: "accepted", providerMessageId: expect.stringMatching(/^at:\/\/did:plc:/) });
    const { value } = (await recordAt(outcome.is === "accepted" ? outcome.providerMessageId : "")) as {
      value: BlueskyBody["record"];
    };
    expect(value).toEqual(of.body.record);
    const bytes = Buffer.from(value.text);
    const words = value.facets.map(({ index }) => bytes.subarray(index.byteStart, index.byteEnd).toString());
    expect(words).toEqual(["our shop", "#Towels", "#毛巾"]);
  });

  it("has one record of a message that is handed over twice, and tells that it is there", async () => {
    const of = message("Once, whatever happens: {{link:shop}}");
    expect(await ask(of)).toEqual({ is: "not_accepted" });
    const first = await send(of);
    expect(first).toMatchObject({ is: "accepted" });
    expect(await send(of)).toMatchObject({ is: "unknown" }); // it breaks on a key that it has
    expect(await ask(of)).toEqual(first);
    const list = `${server.url}/xrpc/com.atproto.repo.listRecords?repo=${server.handle}&collection=app.bsky.feed.post`;
    const { records } = (await (await fetch(list)).json()) as { records: { value: { text: string } }[] };
    expect(records.filter(({ value }) => value.text === of.body.record.text)).toHaveLength(1);
  });

  it("has our limits: 300 graphemes, 3,000 bytes", async () => {
    const long = (text: string) => {
      const of = message("x");
      return send({ ...of, body: { ...of.body, record: { ...of.body.record, text } } });
    };
    const family = "👨‍👩‍👧‍👦"; // one grapheme of 25 bytes
    expect(await long("x".repeat(300))).toMatchObject({ is: "accepted" });
    expect(await long(family.repeat(120))).toMatchObject({ is: "accepted" });
    for (const text of ["x".repeat(301), family.repeat(121)])
      expect(await long(text)).toMatchObject({ is: "refused", about: "content", detail: "HTTP 400, InvalidRequest" });
  });

  it("knows the account, and nobody with another password", async () => {
    expect(await carrier.test(AbortSignal.timeout(10_000))).toEqual({ is: "works", as: server.handle });
    const wrong = open({ appPassword: "guess" });
    expect(await wrong.test(AbortSignal.timeout(10_000))).toMatchObject({ is: "fails", fault: "auth" });
    expect(await send(message("Never"), wrong)).toMatchObject({ is: "distrusted", whom: "account" });
    await wrong.close?.();
  });
});
