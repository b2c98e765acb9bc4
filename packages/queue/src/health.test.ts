import { describe, expect, it } from "vitest";
import { judgeRedis } from "./health.ts";

const good = { redis_version: "7.0.15", redis_mode: "standalone", role: "master" };
const judge = (info: { [name: string]: string }, policy: string | null = "noeviction") =>
  judgeRedis(new Map(Object.entries(info)), policy);

describe("a Redis", () => {
  it("that keeps what it is given is usable without a warning", () => {
    expect(judge(good)).toEqual({ backend: "redis", version: "Redis 7.0.15", warnings: [], usable: true });
  });

  it("that is a Valkey says so", () => {
    expect(judge({ ...good, redis_version: "7.2.4", valkey_version: "8.1.3" })).toMatchObject({
      version: "Valkey 8.1.3",
    });
  });

  it.each(["6.2.0", "7.0.0", "10.1.2"])("of version %s is new enough", (version) => {
    expect(judge({ ...good, redis_version: version }).usable).toBe(true);
  });

  it.each<[string, { [name: string]: string }, string]>([
    ["is too old", { ...good, redis_version: "6.0.16" }, "too old"],
    ["is a cluster", { ...good, redis_mode: "cluster" }, "Redis Cluster"],
    ["is a replica", { ...good, role: "slave" }, "read-only replica"],
  ])("that %s is not usable", (_what, info, warning) => {
    expect(judge(info)).toMatchObject({ usable: false, warnings: [expect.stringContaining(warning)] });
  });

  it.each<[string, { [name: string]: string }, string | null, string]>([
    ["may evict jobs", good, "allkeys-lru", "allkeys-lru"],
    ["will not tell its policy", good, null, "could not be read"],
    ["will not tell its version", {}, "noeviction", "INFO refused"],
  ])("that %s is usable with a warning", (_what, info, policy, warning) => {
    expect(judge(info, policy)).toMatchObject({ usable: true, warnings: [expect.stringContaining(warning)] });
  });
});
