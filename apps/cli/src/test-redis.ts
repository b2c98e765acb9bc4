/** A Redis of a test's own, to be emptied, filled, killed and started again at the same place. Nothing of it is on disk. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@chorus/db/free-port";

const program = "redis-server";

export const hasRedis = (): boolean => spawnSync(program, ["--version"]).status === 0;

export type TestRedis = {
  readonly url: string;
  /** One command in words, as typed into a terminal; answers with the first line of the reply. */
  say(command: string): Promise<string>;
  /** Connections stay open, and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** At once, with everything it held. */
  kill(): Promise<void>;
  startAgain(): Promise<void>;
};

export async function openTestRedis(): Promise<TestRedis> {
  const port = await freePort();
  let server: ChildProcess;
  const say = (command: string) => tell(port, command);
  const start = async () => {
    const flags = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--maxmemory-policy", "noeviction"];
    server = spawn(program, [...flags, "--dir", tmpdir()], { stdio: "ignore" });
    while (!(await say("PING").catch(() => "")).startsWith("+PONG")) await sleep(20);
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    say,
    freeze: () => void server.kill("SIGSTOP"),
    thaw: () => void server.kill("SIGCONT"),
    async kill() {
      if (server.exitCode !== null || server.signalCode !== null) return;
      server.kill("SIGKILL");
      await once(server, "exit");
    },
    startAgain: start,
  };
}

function tell(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(`${command}\r\n`));
    socket.once("error", reject);
    socket.once("data", (answer) => {
      resolve(answer.toString().split("\r\n", 1)[0] ?? "");
      socket.destroy();
    });
  });
}
