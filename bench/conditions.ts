/** On what a run was measured, read from what runs and never from what was asked for; and what makes its figures void. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpus, loadavg, release, totalmem } from "node:os";
import { root } from "@chorus/cli/settings";
import type { House } from "./house.ts";

/** Each makes a commit survive the loss of power; without one of them every figure would be another system's. */
const durable = ["fsync", "full_page_writes", "synchronous_commit"] as const;

export type Conditions = {
  readonly at: string;
  readonly commit: string;
  readonly node: string;
  readonly system: string;
  readonly processor: string;
  readonly processors: number;
  readonly memoryBytes: number;
  readonly loadAverage: readonly number[];
  readonly postgres: Readonly<Record<string, string>>;
  readonly redis: string | null;
};

/** Asked in a session of the database that is measured, where a role's or a database's own setting would show. */
export async function readConditions(house: House, database: string): Promise<Conditions> {
  const names = ["server_version", ...durable, "shared_buffers", "max_wal_size"];
  const rows = await house.query<{ name: string; setting: string }>(
    database,
    "select name, current_setting(name) as setting from unnest($1::text[]) as name",
    [names],
  );
  const [first] = cpus();
  return {
    at: new Date().toISOString(),
    commit: commit(),
    node: process.version,
    system: `${process.platform} ${release()}`,
    processor: first?.model ?? "unknown",
    processors: cpus().length,
    memoryBytes: totalmem(),
    loadAverage: loadavg().map((each) => Math.round(each * 100) / 100),
    postgres: Object.fromEntries(rows.map(({ name, setting }) => [name, setting])),
    redis: redisVersion(),
  };
}

export const whatIsNotDurable = ({ postgres }: Conditions): string[] =>
  durable
    .filter((name) => postgres[name] !== "on")
    .map((name) => `PostgreSQL runs with ${name} = ${postgres[name]}: what it says is written may be lost.`);

function commit(): string {
  const git = (...words: string[]) => execFileSync("git", words, { cwd: root, encoding: "utf8" }).trim();
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no") !== "";
    return `${git("rev-parse", "HEAD")}${changed ? " with changes" : ""}`;
  } catch {
    return "unknown"; // an unpacked archive
  }
}

function redisVersion(): string | null {
  const { stdout } = spawnSync("redis-server", ["--version"], { encoding: "utf8" });
  return /v=(\S+)/.exec(stdout ?? "")?.[1] ?? null;
}
