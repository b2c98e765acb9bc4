/** `verify` where processes are started one by one: nothing of `npm start` is there, only a database and a key. */
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openIdSeal } from "@chorus/core/id";
import { livedTestRun } from "@chorus/db/test-books";
import { openTestLedger } from "@chorus/db/test-run";
import { expect, it, onTestFinished } from "vitest";
import { readSettings } from "./settings.ts";
import { verify } from "./verify.ts";

const key = randomBytes(32);

async function openDeployment() {
  const home = await mkdtemp(join(tmpdir(), "chorus-verify-"));
  const { db, close } = await openTestLedger();
  onTestFinished(async () => {
    await close();
    await rm(home, { recursive: true });
  });
  const settings = readSettings({ CHORUS_HOME: home, DATABASE_URL: db.url, CHORUS_KEY: key.toString("base64") });
  const ask = async (asJson = false) => {
    const said: string[] = [];
    const code = await verify({ settings, run: null, asJson, say: (line) => said.push(line) });
    return { code, said: said.join("\n") };
  };
  return { db, home, settings, ask };
}

it("a deployment's database is asked for what breaks an invariant, and what does is named by its public id", async () => {
  const { db, home, ask } = await openDeployment();
  const { runId } = await livedTestRun(db);
  const sound = await ask();
  expect(sound.code, sound.said).toBe(0);
  expect(sound.said).not.toContain("BROKEN");

  await db.sql.query("delete from due where run_id = $1", [runId]);
  const broken = await ask();
  expect(broken.code).toBe(1);
  expect(broken.said).toContain(`${openIdSeal(key).seal("run", runId)}  neither open nor ended: 1`);
  const { invariants, comparison } = JSON.parse((await ask(true)).said);
  expect(invariants[0]).toMatchObject({ name: "I1", broken: 1, examples: [{ message: null }] });
  expect(comparison).toBeNull();
  expect(await readdir(home), "it leaves nothing behind").toEqual([]);
}, 60_000);

it("without a key, and without anything to look at, it says what is missing", async () => {
  const { settings } = await openDeployment();
  const ask = (of: object) => verify({ settings: { ...settings, ...of }, run: null, asJson: false, say: () => {} });
  await expect(ask({ CHORUS_KEY: undefined })).rejects.toThrow("Set CHORUS_KEY beside DATABASE_URL");
  await expect(ask({ DATABASE_URL: undefined })).rejects.toThrow("There is nothing to verify yet");
}, 60_000);
