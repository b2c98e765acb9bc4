/** Several statements in one round trip: all of them, or none. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Db, inOneBreath } from "./open.ts";
import { openTestLedger } from "./test-run.ts";

let db: Db;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ db, close } = await openTestLedger());
  await db.sql.query("create table noted (what text primary key)");
});
afterAll(() => close());

const note = (what: string) => ({ text: "insert into noted (what) values ($1)", values: [what] });
const noted = async () => (await db.ledger.query("select what from noted order by what")).rows.map(({ what }) => what);

it("all of them stay, and each sees what the one before did", async () => {
  await inOneBreath(db.ledger, [note("a"), { text: "update noted set what = 'b' where what = 'a'" }, note("a")]);
  expect(await noted()).toEqual(["a", "b"]);
});

it("when one fails nothing stays, what it said is thrown, and the connection serves the next", async () => {
  await expect(inOneBreath(db.ledger, [note("c"), note("a"), note("d")])).rejects.toMatchObject({
    constraint: "noted_pkey",
  });
  expect(await noted()).toEqual(["a", "b"]);
  await inOneBreath(db.ledger, [note("e")]);
  expect(await noted()).toEqual(["a", "b", "e"]);
});

it("when the connection breaks the failure is thrown, and the pool makes another", async () => {
  const breaks = { text: "select pg_terminate_backend(pg_backend_pid())" };
  await expect(inOneBreath(db.ledger, [note("f"), breaks, note("g")])).rejects.toThrow(/terminat/i);
  await inOneBreath(db.ledger, [note("h")]);
  expect(await noted()).toEqual(["a", "b", "e", "h"]);
});
