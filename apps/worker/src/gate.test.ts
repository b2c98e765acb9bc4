import { appendFileSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openGate } from "./gate.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "chorus-gate-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (workerId: string, engine = "one") => openGate({ folder, engine, workerId });
const handOver = (messageId: number | string, attempt = 1) => ({ messageId: String(messageId), attempt });

describe("the gate", () => {
  it("tells others what a worker noted, by message and attempt", async () => {
    const dead = await open("1");
    expect(dead.note(handOver(7))).toBe(true);
    expect(dead.note(handOver("9223372036854775807", 3))).toBe(true);
    const reader = await open("2");
    expect(await reader.others()).toEqual(["1"]);
    const notes = await reader.read("1");
    expect([notes?.has(handOver(7)), notes?.has(handOver("9223372036854775807", 3))]).toEqual([true, true]);
    expect([notes?.has(handOver(7, 2)), notes?.has(handOver(8)), notes?.has(handOver(0, 0))]).toEqual([
      false,
      false,
      false,
    ]);
    expect(Math.abs((notes?.lastAt.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it("writes over what is forgotten and over nothing else", async () => {
    const dead = await open("1");
    for (let id = 1; id <= 1_000; id++) {
      dead.note(handOver(id));
      if (id % 10 !== 0) dead.forget(handOver(id));
    }
    const notes = await (await open("2")).read("1");
    for (let id = 10; id <= 1_000; id += 10) expect(notes?.has(handOver(id)), `message ${id}`).toBe(true);
    dead.forget(handOver(5)); // a second time
    dead.note(handOver(2_001));
    dead.note(handOver(2_002));
    const later = await (await open("3")).read("1");
    for (const id of [10, 500, 1_000, 2_001, 2_002]) expect(later?.has(handOver(id)), `message ${id}`).toBe(true);
  });

  it("leaves nothing behind when it is closed, and another installation's notes alone", async () => {
    const [mine, others] = [await open("1"), await open("1", "two")];
    others.note(handOver(1));
    expect(await (await open("2")).others()).toEqual(["1"]);
    await mine.close();
    expect(readdirSync(folder).filter((name) => name.endsWith(".1"))).toEqual(["two.1"]);
  });

  it("believes no notes from before this machine was started, and none without a whole head", async () => {
    const reader = await open("2");
    writeFileSync(join(folder, "one.1"), Buffer.alloc(128, "0"));
    expect(await reader.read("1")).toBeNull();
    truncateSync(join(folder, "one.1"), 10);
    expect(await reader.read("1")).toBeNull();
    expect(await reader.read("9")).toBeNull();
  });

  it("reads a file whose last note is torn as far as it is whole", async () => {
    const dead = await open("1");
    dead.note(handOver(7));
    appendFileSync(join(folder, "one.1"), Buffer.alloc(5, 1));
    expect((await (await open("2")).read("1"))?.has(handOver(7))).toBe(true);
  });

  it("goes on without its file when a note cannot be written, so that nothing is proven by it", async () => {
    const gate = await open("1");
    gate.note(handOver(1));
    await gate.close(); // its descriptor is bad from here on
    expect(gate.note(handOver(2))).toBe(true);
    expect(await (await open("2")).others()).toEqual([]);
  });

  it("lets everything pass and proves nothing without a folder", async () => {
    const gate = await openGate({ folder: undefined, engine: "one", workerId: "1" });
    expect([gate.note(handOver(1)), await gate.others(), await gate.read("1")]).toEqual([true, [], null]);
  });
});
