/**
 * A real Postfix for a test: an instance of its own in a temporary folder, on loopback ports, that can look up no name
 * and reach nobody. Two doors: the relay that takes our mail, and a far mailbox provider that it can be told to relay
 * to, so that it accepts a mail first and has to write a bounce later.
 */
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, copyFile, mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { instanceConfig, type PostfixPlan, servicesConfig } from "./test-postfix-config.ts";

const run = promisify(execFile);

export type ReceivedMail = {
  /** As Postfix delivered it: LF line ends, its own header lines in front. */
  readonly raw: string;
  readonly to: string;
  readonly returnPath: string;
};

export type Postfix = {
  /** `smtp://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** The certificate it shows, for a client that shall trust it. Made when the plan asks for TLS. */
  readonly certificate: string;
  /** Mails delivered into its mailbox so far, whoever they were for. */
  received(): Promise<ReceivedMail[]>;
  /** What it does with a mail for the domain that the plan says is piped: a shell script, which may change at any time. */
  takeMailWith(script: string): Promise<void>;
  /** What it wrote down: for messages of failing tests. */
  log(): Promise<string>;
  close(): Promise<void>;
};

/** Why no Postfix can run here; null: it can. With REQUIRE_POSTFIX=1 the tests run whatever this says, and fail. */
export function whyNoPostfix(): string | null {
  if (process.env.REQUIRE_POSTFIX === "1") return null;
  if (process.getuid?.() !== 0) return "Postfix only starts as root";
  try {
    execFileSync("postconf", ["-d", "mail_version"], { stdio: "ignore" });
    return null;
  } catch {
    return "there is no Postfix on this machine";
  }
}

export async function openPostfix(plan: PostfixPlan = {}): Promise<Postfix> {
  const folder = await mkdtemp(join(tmpdir(), "chorus-postfix-"));
  const [port, farPort] = [await freePort(), await freePort()];
  const config = join(folder, "etc");
  const close = keep(folder, config);
  try {
    await prepare(folder, { plan, port, farPort });
    await run("postfix", ["-c", config, "start"], { env: { ...process.env, LC_ALL: "C" } }); // returns when it listens
  } catch (error) {
    const said = await readLog(folder);
    await close();
    throw new Error(`Postfix did not start: ${error}\n${said}`);
  }
  return {
    url: `smtp://127.0.0.1:${port}`,
    ...{ port, folder },
    certificate: join(config, "certificate.pem"),
    received: () => readMailbox(join(folder, "mail", "inbox", "new")),
    takeMailWith: (script) => writeFile(join(folder, "take-mail.sh"), script),
    log: () => readLog(folder),
    close,
  };
}

/** Stops it and clears up when asked to, and as well when the test's process dies without asking. */
function keep(folder: string, config: string): () => Promise<void> {
  const script = 'cat; postfix -c "$1" stop; rm -rf "$2"'; // cat ends with our end of its input
  const keeper = spawn("/bin/sh", ["-c", script, "keep", config, folder], {
    detached: true, // Ctrl-C is for the test only
    stdio: ["pipe", "ignore", "ignore"],
  });
  const gone = once(keeper, "exit");
  return async () => {
    keeper.stdin.end();
    await gone;
  };
}

type Place = { readonly plan: PostfixPlan; readonly port: number; readonly farPort: number };

async function prepare(folder: string, place: Place): Promise<void> {
  await chmod(folder, 0o755); // Postfix's own account must get through, Node makes it for root alone
  const config = join(folder, "etc");
  for (const name of ["etc", "queue", "data", "mail"]) await mkdir(join(folder, name));
  const { uid, gid } = await accountOf("postfix");
  await chown(join(folder, "data"), uid, gid);
  const reader = await accountOf("nobody");
  await chown(join(folder, "mail"), reader.uid, reader.gid);
  await writeFile(join(config, "main.cf"), instanceConfig({ folder, ...place, reader }));
  await writeFile(join(config, "master.cf"), servicesConfig({ folder, ...place }));
  await copyFile("/etc/postfix/dynamicmaps.cf", join(config, "dynamicmaps.cf")).catch(() => {});
  if (place.plan.tls) await makeCertificate(config);
}

async function accountOf(name: string): Promise<{ uid: number; gid: number }> {
  const number = async (flag: string) => Number((await run("id", [flag, name])).stdout);
  return { uid: await number("-u"), gid: await number("-g") };
}

const makeCertificate = (folder: string) =>
  run("openssl", [
    ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost".split(" "),
    ...["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:TRUE"],
    ...["-keyout", join(folder, "key.pem"), "-out", join(folder, "certificate.pem")],
  ]);

async function readMailbox(folder: string): Promise<ReceivedMail[]> {
  const names = await readdir(folder).catch(() => []);
  const mails = await Promise.all(names.sort().map((name) => readFile(join(folder, name), "latin1")));
  return mails.map((raw) => ({
    raw,
    to: /^X-Original-To: (.*)$/m.exec(raw)?.[1] ?? "",
    returnPath: /^Return-Path: <(.*)>$/m.exec(raw)?.[1] ?? "",
  }));
}

const readLog = (folder: string): Promise<string> => readFile(join(folder, "data", "mail.log"), "utf8").catch(() => "");

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
