import { describe, expect, test } from "vitest";
import { readConfig } from "./config.ts";

const good = {
  DATABASE_URL: "postgres://chorus:secret@127.0.0.1:5432/chorus",
  CHORUS_KEY: Buffer.alloc(32, 1).toString("base64"),
};

describe("the API's settings", () => {
  test("two variables are enough; the queue then lives in the database", () => {
    expect(readConfig(good)).toMatchObject({ API_HOST: "127.0.0.1", API_PORT: 0, QUEUE_URL: good.DATABASE_URL });
  });

  test.each([
    ["DATABASE_URL", "mysql://host/db"],
    ["QUEUE_URL", "amqp://host"],
    ["API_PORT", "70000"],
    ["PUBLIC_URL", "shop.example.com"],
    ["CHORUS_KEY", "c2hvcnQ="],
    ["CHORUS_KEY", undefined],
    ["LOG_LEVEL", "loud"],
  ])("a wrong %s stops the start and is named, without repeating its value", (name, value) => {
    const start = () => readConfig({ ...good, [name]: value });
    expect(start).toThrow(name);
    if (value) expect(start).not.toThrow(value);
  });

  test("an empty variable is as good as none", () => {
    expect(readConfig({ ...good, PUBLIC_URL: "", QUEUE_URL: "" }).PUBLIC_URL).toBeUndefined();
  });
});
