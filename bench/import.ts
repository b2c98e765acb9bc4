/** `bench import`: a CSV of contacts through the API, judged row by row, beside `COPY` of the same file. */
import { createReadStream, createWriteStream } from "node:fs";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { importBody } from "@chorus/core/wire-import";
import { readConditions, whatIsNotDurable } from "./conditions.ts";
import { type Frame, inTurn, type Result, ratio, rounded, voidOf } from "./frame.ts";
import { type House, withHouse } from "./house.ts";
import { startChorus } from "./installation.ts";
import { contactColumns, contactRows } from "./people.ts";
import { type EmptyStage, setEmptyStage } from "./stage.ts";
import { cpuSeconds } from "./usage.ts";
import type { BenchWish } from "./wish.ts";

const database = "imported";
type Measured = { readonly result: Result; readonly flaws: readonly string[] };

export async function benchImport(wish: BenchWish): Promise<Frame> {
  return await withHouse(wish, async (house) => {
    const file = join(house.folder, "contacts.csv");
    await pipeline(Readable.from(contactRows(wish.rows)), createWriteStream(file));
    await chmod(file, 0o644); // PostgreSQL reads it under an account of its own
    const stage = await setEmptyStage(house, "stage_import");
    const conditions = await readConditions(house, stage.database);
    const all = [chorusImport, copyWithKeys, copyBare];
    const done: Measured[] = [];
    for (let round = 1; round <= wish.rounds; round++)
      for (const measure of inTurn(all, round))
        done.push(await measure({ house, stage, file, rows: wish.rows, round }));
    const results = done.map(({ result }) => result);
    return {
      bench: "import",
      conditions: { ...conditions, rows: wish.rows, rounds: wish.rounds },
      results,
      ratios: {
        importToCopy: ratio(results, "import", "copy, unique keys"),
        importToBareCopy: ratio(results, "import", "copy, no key"),
      },
      void: voidOf([...whatIsNotDurable(conditions), ...done.flatMap(({ flaws }) => flaws)]),
    };
  });
}

type Of = { house: House; stage: EmptyStage; file: string; rows: number; round: number };

async function chorusImport({ house, stage, file, rows, round }: Of): Promise<Measured> {
  const databaseUrl = await house.createDatabase(database, stage.database);
  const chorus = await startChorus(house, { ...stage, databaseUrl, queueUrl: databaseUrl, accounts: {}, workers: 0 });
  await house.query(database, "checkpoint");
  const before = { api: cpuSeconds([chorus.apiPid]), postgres: cpuSeconds([house.postgresPid]) };
  const began = performance.now();
  const taken = await house.meter({ label: `${round}. import`, total: rows }, async (set) => {
    const client = chorus.client(stage.authorKey);
    const answer = await client.upload("/v1/imports/contacts", createReadStream(file), { answer: importBody });
    set(answer.rows);
    return answer;
  });
  const seconds = (performance.now() - began) / 1000;
  const cpu = {
    api: cpuSeconds([chorus.apiPid]) - before.api,
    postgres: cpuSeconds([house.postgresPid]) - before.postgres,
  };
  await chorus.stop();
  await house.dropDatabase(database);
  const result = {
    ...{ name: "import", round, perSecond: rounded(rows / seconds), seconds: rounded(seconds) },
    apiCpuPer1000: rounded((cpu.api / rows) * 1000),
    postgresCpuPer1000: rounded((cpu.postgres / rows) * 1000),
  };
  return { result, flaws: taken.accepted === rows ? [] : [`${taken.accepted} of ${rows} rows were taken.`] };
}

/** What any table of contacts has that must not hold anybody twice. */
const copyWithKeys = (of: Of): Promise<Measured> =>
  copy(
    of,
    "copy, unique keys",
    "id bigint generated always as identity primary key, unique (external_id), unique (email), unique (phone)",
  );

const copyBare = (of: Of): Promise<Measured> => copy(of, "copy, no key", "id bigint generated always as identity");

async function copy({ house, stage, file, rows, round }: Of, name: string, more: string): Promise<Measured> {
  await house.createDatabase(database, stage.database);
  const columns = contactColumns.split(",").map((column) => `${column} text`);
  await house.query(database, `create table copied (${columns.join(", ")}, ${more})`);
  await house.query(database, "checkpoint");
  const before = cpuSeconds([house.postgresPid]);
  const began = performance.now();
  await house.meter({ label: `${round}. ${name}`, total: rows }, async (set) => {
    await house.query(database, `copy copied (${contactColumns}) from '${file}' (format csv, header)`);
    set(rows);
  });
  const seconds = (performance.now() - began) / 1000;
  const cpu = cpuSeconds([house.postgresPid]) - before;
  await house.dropDatabase(database);
  const result = {
    ...{ name, round, perSecond: rounded(rows / seconds), seconds: rounded(seconds) },
    postgresCpuPer1000: rounded((cpu / rows) * 1000),
  };
  return { result, flaws: [] };
}
