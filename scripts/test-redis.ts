/** A Redis for the tests: the one of REDIS_URL, else a redis-server or valkey-server of this machine, else none. */
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { connect } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@chorus/db/free-port";
import { tether } from "@chorus/db/tether";

type TestRedis = { readonly url: string; stop(): Promise<void> };

const readyWithinMs = 10_000;

export async function startRedis(folder: string): Promise<TestRedis | null> {
  if (process.env.REDIS_URL) return { url: process.env.REDIS_URL, stop: async () => {} };
  const program = findProgram("redis-server") ?? findProgram("valkey-server");
  if (program) return startServer(program, folder);
  const missing = "There is no redis-server or valkey-server on the PATH, and REDIS_URL is not set.";
  if (process.env.REQUIRE_REDIS === "1") throw new Error(`${missing} REQUIRE_REDIS=1 makes that a failure.`);
  console.warn(`\n${"!".repeat(100)}\n  ${missing}\n  LEFT OUT: the Redis half of every suite that uses the queue.`);
  console.warn(`  To run it: apt-get install redis-server, or set REDIS_URL=redis://host:port\n${"!".repeat(100)}\n`);
  return null;
}

export function findProgram(name: string): string | null {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this one
    }
  }
  return null;
}

/** Nothing is written to disk; noeviction is what a queue needs and what Chorus checks for at its start. */
async function startServer(program: string, folder: string): Promise<TestRedis> {
  const port = await freePort();
  const settings = {
    port: String(port),
    bind: "127.0.0.1",
    save: "",
    appendonly: "no",
    "maxmemory-policy": "noeviction",
  };
  const flags = Object.entries({ ...settings, dir: folder }).flatMap(([name, value]) => [`--${name}`, value]);
  const server = spawn(program, flags, { detached: true, stdio: ["ignore", "ignore", "inherit"] });
  const ended = new Promise<void>((resolve) => {
    server.once("exit", () => resolve());
    server.once("error", () => resolve());
  });
  if (server.pid === undefined) throw new Error(`${program} could not be started`);
  const over = ended.then(tether(server.pid, null));
  const stop = async () => {
    server.kill("SIGTERM");
    await over;
  };
  if (await answers(server, port)) return { url: `redis://127.0.0.1:${port}`, stop };
  await stop();
  throw new Error(`${program} did not answer on port ${port} within ${readyWithinMs / 1000} s`);
}

async function answers(server: ChildProcess, port: number): Promise<boolean> {
  for (const until = performance.now() + readyWithinMs; performance.now() < until; await sleep(20)) {
    if (server.exitCode !== null) return false;
    if (await ping(port)) return true;
  }
  return false;
}

function ping(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once("data", (answer) => {
      resolve(answer.toString().startsWith("+PONG"));
      socket.destroy();
    });
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
  });
}
