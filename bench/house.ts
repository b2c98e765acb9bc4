/** The ground every bench stands on: a folder, a PostgreSQL as durable as it comes, and an end that leaves nothing. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Halt } from "@chorus/cli/halt";
import { openMeters } from "@chorus/cli/progress";
import { startEmbeddedPostgres } from "@chorus/db/embedded";
import pg from "pg";

export type Session = {
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  end(): Promise<void>;
};

export type House = {
  readonly folder: string;
  readonly postgresPid: number;
  readonly halt: Halt;
  readonly say: (line: string) => void;
  /** Undone in reverse at the end, however it ends. */
  undo(step: () => unknown): void;
  /** Shows what goes on while it goes on. */
  meter<T>(
    of: { label: string; total: number },
    use: (set: (value: number, note?: string) => void) => Promise<T>,
  ): Promise<T>;
  urlOf(database: string): string;
  /** Empty, or with everything that another one holds; without sessions there. */
  createDatabase(name: string, template?: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  session(database: string): Promise<Session>;
  /** In a session of its own. */
  query<Row extends pg.QueryResultRow>(database: string, text: string, values?: unknown[]): Promise<Row[]>;
};

type Wish = { readonly halt: Halt; readonly say: (line: string) => void };

export async function withHouse<T>({ halt, say }: Wish, use: (house: House) => Promise<T>): Promise<T> {
  const steps: (() => unknown)[] = [];
  try {
    return await use(await open({ halt, say }, (step) => steps.push(step)));
  } catch (error) {
    throw halt.signal.aborted ? halt.signal.reason : error;
  } finally {
    for (const step of steps.reverse()) await step();
  }
}

async function open({ halt, say }: Wish, undo: House["undo"]): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), "chorus-bench-"));
  const leave = () => rmSync(folder, { recursive: true, force: true });
  undo(leave);
  halt.onSecond(leave);
  const postgres = await startEmbeddedPostgres({ folder });
  undo(() => postgres.stop());
  const urlOf = (database: string) => {
    const url = new URL(postgres.url);
    url.pathname = `/${database}`;
    return url.href;
  };
  const session: House["session"] = async (database) => {
    const client = new pg.Client({ connectionString: urlOf(database), application_name: "bench" });
    client.on("error", () => {}); // the server ends before us when we are interrupted
    await client.connect();
    return { query: async (text, values = []) => (await client.query(text, values)).rows, end: () => client.end() };
  };
  const query: House["query"] = async (database, text, values) => {
    const opened = await session(database);
    return await opened.query<never>(text, values).finally(opened.end);
  };
  return {
    ...{ folder, halt, say, undo, urlOf, session, query },
    postgresPid: Number(readFileSync(join(postgres.folder, "data", "postmaster.pid"), "utf8").split("\n")[0]),
    async meter(of, work) {
      const meters = openMeters(process.stdout);
      const bar = meters.add(of);
      return await work(bar.set).finally(() => meters.end());
    },
    async createDatabase(name, template = "template1") {
      await query("postgres", `create database ${name} template ${template} strategy file_copy`);
      return urlOf(name);
    },
    async dropDatabase(name) {
      await query("postgres", `drop database if exists ${name} with (force)`);
    },
  };
}
