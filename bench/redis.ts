/** A Redis of the bench's own: nothing of it is on disk, and how much memory it holds can be asked. */
import { spawn, spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@chorus/db/free-port";
import { Redis } from "ioredis";
import type { House } from "./house.ts";

export type BenchRedis = { readonly url: string; usedBytes(): Promise<number>; empty(): Promise<void> };

/** null where no Redis is installed: then what needs one is left out. */
export async function openRedis(house: House): Promise<BenchRedis | null> {
  if (spawnSync("redis-server", ["--version"]).status !== 0) return null;
  const port = await freePort();
  const flags = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--maxmemory-policy", "noeviction"];
  const server = spawn("redis-server", [...flags, "--dir", house.folder], { stdio: "ignore" });
  const kill = () => server.kill("SIGKILL");
  house.undo(kill);
  house.halt.onSecond(kill);
  const client = new Redis({
    port,
    host: "127.0.0.1",
    lazyConnect: true,
    retryStrategy: () => 50,
    maxRetriesPerRequest: null,
  });
  client.on("error", () => {}); // it is not up yet
  house.undo(() => client.disconnect());
  while ((await client.ping().catch(() => "")) !== "PONG") await sleep(20);
  return {
    url: `redis://127.0.0.1:${port}`,
    usedBytes: async () => Number(/used_memory:(\d+)/.exec(await client.info("memory"))?.[1] ?? 0),
    empty: async () => void (await client.flushall()),
  };
}
