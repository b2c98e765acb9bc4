/** What only Redis has: users with few rights, and keys shared with others. */
import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import { describe, expect, inject, it, vi } from "vitest";
import { openConsumer } from "./consumer.ts";
import { inspectQueue } from "./health.ts";
import { openProducer } from "./producer.ts";
import { type Done, lane, oneEach, recording, soon } from "./test-bench.ts";
import { onRedis } from "./test-home.ts";
import type { Trouble } from "./trouble.ts";

const redisUrl = inject("redisUrl");
if (redisUrl === null) describe.skip("Redis itself: LEFT OUT, there is no Redis here", () => it("is not here"));
else describe("Redis itself", () => onlyOnRedis(redisUrl));

function onlyOnRedis(serverUrl: string): void {
  it("works for an ACL user who may touch only the queue's keys and no dangerous command", async () => {
    const home = await onRedis(serverUrl).openHome();
    const url = new URL(home.url);
    const prefix = url.searchParams.get("prefix") ?? "";
    const [user, password] = [`u${randomBytes(4).toString("hex")}`, "p@ss:/word"];
    const admin = new Redis(serverUrl);
    await admin.acl("SETUSER", user, "on", `>${password}`, `~${prefix}:*`, "+@all", "-@dangerous");
    url.username = user;
    url.password = encodeURIComponent(password);
    const done: Done[] = [];
    const troubles: Trouble[] = [];
    const onError = (trouble: Trouble) => void troubles.push(trouble);
    const producer = openProducer({ url: url.href });
    const consumer = openConsumer({
      url: url.href,
      handlers: recording(done),
      world: null,
      concurrency: oneEach,
      onError,
    });
    try {
      expect(await producer.knock("pumpLane", lane)).toEqual({ is: "knocked" });
      await vi.waitFor(() => expect(done).toHaveLength(1), soon);
      expect(troubles).toEqual([]);
      expect(await inspectQueue(url.href)).toMatchObject({
        usable: true,
        warnings: [expect.stringContaining("INFO refused"), expect.stringContaining("CONFIG refused")],
      });
      url.password = "wrong";
      expect(await inspectQueue(url.href)).toMatchObject({
        usable: false,
        warnings: [expect.stringContaining("WRONGPASS")],
      });
    } finally {
      await Promise.all([producer.close(), consumer.close()]);
      await admin.acl("DELUSER", user);
      admin.disconnect();
      await home.close();
    }
  });

  it("keeps two installations apart by their prefix", async () => {
    const [ours, theirs] = await Promise.all([onRedis(serverUrl).openHome(), onRedis(serverUrl).openHome()]);
    const producers = [ours, theirs].map(({ url }) => openProducer({ url }));
    const [our, their] = producers;
    try {
      await our?.knock("pumpLane", lane);
      expect(await our?.depths()).toMatchObject({ queues: { send: { waiting: 1 } } });
      expect(await their?.depths()).toMatchObject({ queues: { send: { waiting: 0 } } });
    } finally {
      await Promise.all([...producers, ours, theirs].map((opened) => opened.close()));
    }
  });
}
