/** Starts the servers that integration tests stand on, once for the whole run, and stops them after it. */
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { holderOf } from "@chorus/db/claim";
import { startEmbeddedPostgres } from "@chorus/db/embedded";
import { makeTemplate, withDatabase } from "@chorus/db/test-template";
import type { TestProject } from "vitest/node";
import { startRedis } from "./test-redis.ts";

const template = "chorus_template";
const prefix = "chorus-test-";
const leftoverAfterMs = 3_600_000;

/** A crash may cost this server its data, which lives for one test run: not waiting for the disk saves much time. */
const fasterThanSafe = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

export default async function startTestServers(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const folder = await mkdtemp(join(tmpdir(), prefix));
  const undo: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stopAll = async () => {
    for (const step of undo.reverse()) await step();
  };
  try {
    const postgres = await startEmbeddedPostgres({ folder, settings: fasterThanSafe });
    if (postgres.folder !== folder) undo.push(() => rm(postgres.folder, { recursive: true, force: true }));
    undo.push(() => postgres.stop());
    await makeTemplate({ url: postgres.url, template });
    project.provide("postgresUrl", withDatabase(postgres.url, "postgres"));
    project.provide("templateDatabase", template);
    const redis = await startRedis(folder);
    if (redis) undo.push(() => redis.stop());
    project.provide("redisUrl", redis?.url ?? null);
  } catch (error) {
    await stopAll();
    throw error;
  }
  return stopAll;
}

/** Vitest ends at once on Ctrl-C: the servers stop all the same (tether.ts), their folders are left for a later run. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const folder = join(tmpdir(), name);
    if (!name.startsWith(prefix) || holderOf(folder) !== null || !(await isOld(folder))) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => {}); // another account's
  }
}

function isOld(folder: string): Promise<boolean> {
  return stat(folder).then(
    ({ mtimeMs }) => Date.now() - mtimeMs > leftoverAfterMs,
    () => false, // gone by now
  );
}
