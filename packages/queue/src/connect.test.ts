import { describe, expect, it } from "vitest";
import { readQueueUrl } from "./connect.ts";

describe("QUEUE_URL", () => {
  it.each(["postgres://u:p@db:5432/chorus", "postgresql://db/chorus?sslmode=require"])(
    "%s is PostgreSQL, unchanged",
    (url) => {
      expect(readQueueUrl(url)).toEqual({ is: "postgres", url });
    },
  );

  it("may be Redis with TLS, an ACL user and a database number; keys start with chorus", () => {
    const url = "rediss://chorus:p%40ss@cache.example:6380/2";
    expect(readQueueUrl(url)).toEqual({ is: "redis", url, prefix: "chorus" });
  });

  it("may name another prefix, so that two installations share a Redis", () => {
    expect(readQueueUrl("redis://cache:6379/0?prefix=shop-a")).toEqual({
      is: "redis",
      url: "redis://cache:6379/0",
      prefix: "shop-a",
    });
  });

  it.each(["redis://cache?prefix=", "redis://cache?prefix=a:b", "redis://cache?prefix=%7Ba%7D"])(
    "%s has a prefix that keys cannot have",
    (url) => expect(() => readQueueUrl(url)).toThrow("QUEUE_URL: prefix"),
  );

  it.each(["", "localhost", "mysql://u:geheim@db/x", "http://u:geheim@cache"])(
    "%j is refused by name, without its password",
    (url) => {
      expect(() => readQueueUrl(url)).toThrow("QUEUE_URL");
      expect(() => readQueueUrl(url)).not.toThrow("geheim");
    },
  );
});
