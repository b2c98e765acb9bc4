/** The demo as people run it: a process of its own, started from the clone, watched only from outside. */
import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { channels } from "@chorus/channels/registry";
import { messagePage } from "@chorus/core/wire-messages";
import { openSandbox } from "@chorus/sandbox/open-sandbox";
import { postStandIns } from "@chorus/sandbox/post-stand-ins";
import { readWireLog } from "@chorus/sandbox/wire-log";
import { afterEach, expect, inject, test, vi } from "vitest";
import { readmeCommand } from "./readme-example.ts";
import { openSandboxControl } from "./sandbox-control.ts";
import { root } from "./settings.ts";
import { cellsOf, openShop } from "./shop.ts";

const longest = 280_000;
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

test("demo --exit --json goes through a whole campaign, its figures agree, and no process is left", {
  timeout: longest,
}, async () => {
  const home = await openHome();
  const ended = await runDemo(home, { parameters: readmeParameters(home) });
  expect(ended.code, ended.said).toBe(0);
  await expectNothingLeft(home, ended);

  const figures = await readFigures(home);
  expect(Object.keys(figures)).toEqual(["planned", "channels", "writer", "segments", "seconds"]);
  expect(figures.planned).toBe(60 + 60 + 3 * 6);
  expect(Object.keys(figures.channels).sort()).toEqual(channels.map(({ id }) => id).sort());
  for (const channel of Object.values(figures.channels)) {
    expect(channel.receivedBySandbox).toBe(channel.accepted);
    expect(channel).toMatchObject({ inDoubt: 0, open: 0, expired: 0, cancelled: 0 });
  }
  expect(sumOf(figures)).toBe(figures.planned);
  expect(figures.channels.sms?.skipped).toMatchObject({
    no_address: expect.any(Number),
    no_consent: expect.any(Number),
  });
  expect(figures.writer).toBe("stand-in, no model");
  expect(ended.said).toContain("Often returns (en): the template writer stood in");
  expect(ended.said).toContain("Every message id agrees.");

  const sound = await run(home, { command: "verify", parameters: [] });
  expect(sound.code, sound.said).toBe(0);
  for (const name of ["I1 ", "I2 ", "I3 ", "I4 ", "I5 ", "I6 ", "I8 ", "I10"])
    expect(sound.said).toContain(`  ${name}  ok `);
  await loseOneAcceptance(join(home, "demo", "sandbox", "wire.jsonl"));
  const verified = await run(home, { command: "verify", parameters: [] });
  expect(verified.code, verified.said).toBe(1);
  expect(verified.said).toContain("accepted in the books, never arrived");
  const told = await run(home, { command: "verify", parameters: ["--json"] });
  expect(told.code, told.said).toBe(1);
  expect(JSON.parse(told.said)).toMatchObject({
    invariants: expect.arrayContaining([expect.objectContaining({ name: "I1", broken: 0, examples: [] })]),
    comparison: { differences: [{ what: "not_received" }] },
  });
});

test("the demo sends to servers of one's own and lets one's own model write; a second run begins anew", {
  timeout: longest,
}, async () => {
  const home = await openHome();
  const folder = join(home, "own-servers");
  const own = await openSandbox({ folder });
  undo.push(() => own.close());
  const redis = inject("redisUrl");
  const env = {
    SMTP_URL: own.smtpUrl,
    TWILIO_BASE_URL: `${own.httpUrl}/twilio`,
    SLACK_BASE_URL: `${own.httpUrl}/slack/api/`,
    OPENAI_BASE_URL: `${own.httpUrl}/openai/v1`,
    ...Object.assign({}, ...postStandIns.map(({ channel, environment }) => environment(`${own.httpUrl}/${channel}`))),
    ...(redis ? { QUEUE_URL: `${redis}?prefix=demo-${randomBytes(6).toString("hex")}` } : {}),
  };
  const parameters = ["--exit", "--json", join(home, "out.json"), "--limit", "12"];
  // Ids are made of the key and of numbers that begin anew with the database; a server that knows an id already posts it once.
  const anew = () => ({ ...env, CHORUS_KEY: randomBytes(32).toString("base64") });
  const ended = [await runDemo(home, { env: anew(), parameters }), await runDemo(home, { env: anew(), parameters })];
  for (const { code, said } of ended) expect(code, said).toBe(0);

  const figures = await readFigures(home);
  expect(figures.writer).toBe("stand-in (no model)"); // the name that this other server gives its model
  const arrived = (await readWireLog(folder)).filter((entry) => entry.event === "accepted");
  for (const [id, { accepted, receivedBySandbox }] of Object.entries(figures.channels)) {
    expect(receivedBySandbox).toBeNull();
    expect(arrived.filter((entry) => entry.channel === id)).toHaveLength(2 * accepted);
  }
  const control = openSandboxControl({ url: own.httpUrl, signal: new AbortController().signal });
  const [mail] = await control.arrivals("email", 1);
  expect(mail?.body?.text).toMatch(/£\d/);
  expect(mail?.body?.text).toMatch(/http:\/\/127\.0\.0\.1:\d+\/c\//);
});

test("two customers of one segment find different products picked for them in their mails, and none that they have", {
  timeout: longest,
}, async () => {
  const home = await openHome();
  const mails: Mail[] = [];
  const whenUp = async (said: string) => void mails.push(...(await readMails(said)));
  const parameters = ["--limit", "60"];
  const ended = await run(home, { command: "demo", parameters, whenSaid: { words: "  metrics ", act: whenUp } });
  expect(ended.code, ended.said).toBe(0);
  const { shoppers, ownedBy } = await readShop(60);
  for (const mail of mails) {
    expect(mail.picks, mail.text).toHaveLength(3);
    const shopper = shoppers.find(({ email }) => email === mail.to);
    expect(ownedBy(shopper?.externalId ?? "").filter((name) => mail.picks.includes(name))).toEqual([]);
  }
  const segments = [...new Set(mails.flatMap(({ segmentId }) => segmentId ?? []))];
  const several = segments.map((id) => mails.filter((mail) => mail.segmentId === id)).filter((own) => own.length > 1);
  expect(several.length).toBeGreaterThan(0);
  for (const own of several) expect(new Set(own.map(({ picks }) => picks.join())).size).toBeGreaterThan(1);
});

test("a scenario is written in every kind, sent on every channel, and says why; each names its own product and no other", {
  timeout: longest,
}, async () => {
  for (const { scenario, own, others } of [
    { scenario: "camera-bag", own: ["waterproof", "防震"], others: ["stainless steel", "不锈钢"] },
    {
      scenario: join(root, "apps/cli/scenarios/kettle.json"),
      own: ["stainless steel", "不锈钢"],
      others: ["waterproof", "防震"],
    },
  ]) {
    const home = await openHome();
    const file = join(home, "out.json");
    const ended = await runDemo(home, { parameters: ["--exit", "--json", file, "--scenario", scenario] });
    expect(ended.code, ended.said).toBe(0);
    const played = JSON.parse(await readFile(file, "utf8"));
    expect(new Set(played.copies.map(({ kind }: { kind: string }) => kind)).size).toBe(11);
    expect(new Set(played.messages.map(({ why }: { why: { who: { channel: string } } }) => why.who.channel))).toEqual(
      new Set(channels.map(({ id }) => id)),
    );
    const said = JSON.stringify([played.copies.map(({ shown }: { shown: object }) => shown), played.variants]);
    for (const word of own) expect(said).toContain(word);
    for (const word of others) expect(said).not.toContain(word);
  }
});

test("npm start comes up empty with a first key, and the README's curl has its mail in the inbox within a minute", {
  timeout: longest,
}, async () => {
  const home = await openHome();
  const typed = readmeCommand("**A service sends.**");
  let answer = "";
  let inbox = "";
  const whenUp = async (said: string) => {
    const started = performance.now();
    const found = (what: RegExp) => what.exec(said)?.[1] ?? "";
    const env = { ...process.env, CHORUS: found(/API\s+(http\S+)\/v1/), KEY: found(/(chorus_[\w-]{43})/) };
    answer = (await promisify(execFile)("sh", ["-ec", typed], { env })).stdout;
    while (!inbox.includes("Your order 1017") && performance.now() - started < 60_000)
      inbox = await (await fetch(`${found(/inbox\s+(http\S+)/)}inbox.json?to=ann@example.com`)).text();
  };
  const ended = await run(home, { command: "up", parameters: [], whenSaid: { words: "  metrics ", act: whenUp } });
  expect(JSON.parse(answer)).toEqual({ id: expect.stringMatching(/^msg_/) });
  expect(inbox).toContain("Your order 1017");
  expect(ended.code, ended.said).toBe(0);
  await expectNothingLeft(home, ended);
});

test("Ctrl-C in the middle ends everything in order", { timeout: longest }, async () => {
  const home = await openHome();
  const ended = await runDemo(home, { parameters: ["--limit", "200"], interruptAt: "scheduled for now" });
  expect(ended.code, ended.said).toBe(130);
  await expectNothingLeft(home, ended);
});

test("a start that fails half-way says why and leaves nothing running", { timeout: longest }, async () => {
  const home = await openHome();
  const port = await takePort();
  const ended = await runDemo(home, { parameters: ["--exit", "--port", String(port)] });
  expect(ended.code).toBe(1);
  expect(ended.said).toMatch(/The api ended with code 1[\s\S]*EADDRINUSE/);
  await expectNothingLeft(home, ended);
});

type Mail = { to: string; text: string; picks: string[]; segmentId: string | null; locale: string };

/** Every mail as it lies in the inbox, with what the ledger says of its segment. */
async function readMails(said: string): Promise<Mail[]> {
  const found = (what: RegExp) => what.exec(said)?.[1] ?? "";
  const headers = { authorization: `Bearer ${found(/(chorus_[\w-]{43})/)}` };
  const ledger = `${found(/(http\S+)\/v1\/campaigns/)}/v1/messages?channel=email&state=accepted&limit=100`;
  const { items } = messagePage.parse(await (await fetch(ledger, { headers })).json());
  const control = openSandboxControl({ url: found(/inbox\s+(http\S+)/), signal: new AbortController().signal });
  const arrived = await control.arrivals("email", 100);
  return items.map(({ id, segmentId, locale }) => {
    const { to = "", body } = arrived.find(({ messageId }) => messageId === id) ?? {};
    const text = body?.text ?? "";
    return {
      ...{ to, text, segmentId, locale },
      picks: [...text.matchAll(/^- (.+), £[\d.,]+$/gm)].map(([, name = ""]) => name),
    };
  });
}

/** Names of what each customer has ever bought, from the files that the demo imports. */
async function readShop(limit: number) {
  const shop = await openShop({ limit, now: new Date() });
  const nameOf = new Map<string, string>();
  for await (const piece of shop.productsCsv())
    for (const [sku = "", name = ""] of piece.split("\n").map(cellsOf)) nameOf.set(sku, name);
  const owned = new Map<string, string[]>();
  for await (const piece of shop.activityCsv())
    for (const [, customer = "", kind, , sku = ""] of piece.split("\n").map(cellsOf))
      if (kind === "purchase") owned.set(customer, [...(owned.get(customer) ?? []), nameOf.get(sku) ?? ""]);
  return { shoppers: shop.shoppers, ownedBy: (externalId: string) => owned.get(externalId) ?? [] };
}

async function openHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "chorus-demo-"));
  await chmod(home, 0o755); // as root, PostgreSQL runs as another account and must get in
  undo.push(() => rm(home, { recursive: true, force: true }));
  return home;
}

type Ended = { code: number | null; said: string };
type Running = {
  parameters: string[];
  env?: Record<string, string>;
  interruptAt?: string;
  /** Once these words are said: what to do before it is asked to end. */
  whenSaid?: { words: string; act: (said: string) => Promise<void> };
};

const runDemo = (home: string, of: Running): Promise<Ended> => run(home, { ...of, command: "demo" });

/** An environment of our own: what this machine happens to have set is none of the test's business. */
function run(home: string, { command, parameters, env, ...of }: Running & { command: string }): Promise<Ended> {
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(process.execPath, ["scripts/run.mjs", command, ...parameters], {
    cwd: root,
    env: { PATH, HOME, TMPDIR, CHORUS_HOME: home, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  undo.push(async () => void child.kill("SIGTERM"));
  let said = "";
  const { words, act } = of.whenSaid ?? { words: of.interruptAt, act: async () => {} };
  const hear = (chunk: Buffer) => {
    const heardBefore = words !== undefined && said.includes(words);
    said += chunk;
    if (words !== undefined && !heardBefore && said.includes(words)) void act(said).finally(() => child.kill("SIGINT"));
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, said })));
}

/** As if a provider had said yes to a mail and then lost it. */
async function loseOneAcceptance(wireLog: string): Promise<void> {
  const lines = (await readFile(wireLog, "utf8")).split("\n");
  const lost = lines.findIndex((line) => line.includes('"event":"accepted"') && line.includes('"channel":"email"'));
  await writeFile(wireLog, lines.filter((_, place) => place !== lost).join("\n"));
}

function takePort(): Promise<number> {
  const taken = createServer();
  undo.push(() => new Promise((closed) => taken.close(closed)));
  return new Promise((resolve, reject) => {
    taken.listen(0, "127.0.0.1", () => {
      const address = taken.address();
      if (typeof address === "object" && address) resolve(address.port);
      else reject(new Error("a TCP server has no port"));
    });
  });
}

/** Each process leads a group of its own and is named in what the demo said; PostgreSQL is known by its folder. */
async function expectNothingLeft(home: string, { said }: Ended): Promise<void> {
  const groups = [...said.matchAll(/\(process (\d+)\)/g)].map(([, pid]) => Number(pid));
  expect(groups.length).toBeGreaterThan(0);
  await vi.waitFor(() => expect(groups.filter(isAlive)).toEqual([]), { timeout: 5_000 }); // until the kernel has buried them
  await expect(readFile(join(home, "postgres", "data", "postmaster.pid"))).rejects.toThrow("ENOENT");
}

function isAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}

type Counts = Record<string, number>;
type Figures = {
  planned: number;
  writer: string;
  channels: Record<
    string,
    Record<"accepted" | "expired" | "cancelled" | "inDoubt" | "open", number> & {
      skipped: Counts;
      failed: Counts;
      receivedBySandbox: number | null;
    }
  >;
};

const readFigures = async (home: string): Promise<Figures> =>
  JSON.parse(await readFile(join(home, "out.json"), "utf8"));

const sumOf = ({ channels }: Figures): number =>
  Object.values(channels)
    .flatMap(({ receivedBySandbox: _, skipped, failed, ...rest }) =>
      [skipped, failed, rest].flatMap((of) => Object.values(of)),
    )
    .reduce((sum, each) => sum + each, 0);

/** What the README tells a person to type, with its file in the test's own folder. */
const readmeParameters = (home: string): string[] =>
  readmeCommand("**A person launches a campaign.**")
    .replace("out.json", join(home, "out.json"))
    .split(" ")
    .slice(["npm", "run", "demo", "--"].length);
