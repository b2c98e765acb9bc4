/** The servers of one soak: a PostgreSQL that waits for its disk and can crash, and a Redis that keeps nothing. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startEmbeddedPostgres } from "@chorus/db/embedded";
import { freePort } from "@chorus/db/free-port";
import { tether } from "@chorus/db/tether";

export type CrashingPostgres = {
  readonly url: string;
  /** Dies as with its machine, and comes back at the same place with what it had promised to keep. */
  crash(): Promise<void>;
  stop(): Promise<void>;
};

export async function openPostgres(folder: string): Promise<CrashingPostgres> {
  let server = await startEmbeddedPostgres({ folder });
  return {
    url: server.url,
    async crash() {
      const [pid = ""] = (await readFile(join(server.folder, "data", "postmaster.pid"), "utf8")).split("\n");
      process.kill(Number(pid), "SIGQUIT");
      await server.stop();
      server = await startEmbeddedPostgres({ folder, port: server.port });
    },
    stop: () => server.stop(),
  };
}

export type FailingRedis = {
  readonly url: string;
  /** One command in words. */
  say(command: string): Promise<string>;
  restart(afterMs: number): Promise<void>;
  stop(): Promise<void>;
};

export async function openRedis(folder: string): Promise<FailingRedis> {
  const port = await freePort();
  let server: ChildProcess;
  let release = async () => {};
  const say = (command: string) => tell(port, command);
  const start = async () => {
    const flags = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", folder];
    server = spawn("redis-server", [...flags, "--maxmemory-policy", "noeviction"], { stdio: "ignore" });
    if (server.pid !== undefined) release = tether(server.pid, null);
    while (!(await say("PING").catch(() => "")).startsWith("+PONG")) await sleep(20);
  };
  const stop = async () => {
    const gone = once(server, "exit");
    server.kill("SIGKILL");
    await gone;
    await release();
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    say,
    async restart(afterMs) {
      await stop();
      await sleep(afterMs);
      await start();
    },
    stop,
  };
}

function tell(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(`${command}\r\n`));
    socket.once("error", reject);
    socket.once("data", (answer) => {
      resolve(answer.toString());
      socket.destroy();
    });
  });
}
