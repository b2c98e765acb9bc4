import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { readHighWater, writeHighWater } from "./high-water-file.ts";

const highWater = { engine: "0b4ed9a3-53a1-4c5b-9d1c-3a0b6b1f8f10", lastBeat: new Date("2027-03-01T09:00:00.123Z") };

async function temporaryFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "chorus-high-water-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "high-water.json");
}

it("is read as it was written, and leaves nothing else behind", async () => {
  const file = await temporaryFile();
  await writeHighWater(file, { ...highWater, lastBeat: new Date(0) });
  await writeHighWater(file, highWater);
  expect(await readHighWater(file)).toEqual(highWater);
  expect(await readdir(join(file, ".."))).toEqual(["high-water.json"]);
});

it.each(["", "{}", "not json", '{"engine":"1","lastBeat":"yesterday"}'])(
  "says nothing when it holds %j",
  async (text) => {
    const file = await temporaryFile();
    await writeFile(file, text);
    expect(await readHighWater(file)).toBeNull();
  },
);

it("says nothing when there is none, or none is wanted", async () => {
  expect(await readHighWater(await temporaryFile())).toBeNull();
  expect(await readHighWater(undefined)).toBeNull();
  await writeHighWater(undefined, highWater);
});
