import { brandVoice } from "@chorus/core/brand-voice";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ContactEntry } from "./contact-merge.ts";
import { importContacts } from "./import-contacts.ts";
import { getImport, openImport } from "./imports.ts";
import { type Db, inTransaction, openDb } from "./open.ts";
import { openTestDatabase, type TestDatabase } from "./test-db.ts";
import { createWorkspace } from "./workspaces.ts";

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await openTestDatabase();
  db = await openDb({ url: database.url, channels: ["email", "sms"] });
});
afterAll(async () => {
  await db.close();
  await database.close();
});

async function openWorkspace(): Promise<string> {
  const { id } = await createWorkspace(db, {
    name: "Test",
    kind: "sandbox",
    locale: "en-GB",
    timeZone: "Europe/London",
    currency: "GBP",
    sender: { name: "Shop", email: "shop@example.com", postalAddress: "1 Test Street" },
    voice: brandVoice.parse({ brand: "Shop", tone: "plain" }),
    people: [],
  });
  return id;
}

const entry = (externalId: string, email?: string): ContactEntry => ({
  externalId,
  firstName: null,
  locale: null,
  timeZone: null,
  country: null,
  profiling: null,
  fields: {},
  addresses: email ? [{ channel: "email", value: email, hash: Buffer.from(email.padEnd(16, ".")) }] : [],
  consents: [],
  consentSource: "test",
});

const take = (workspaceId: string, entries: readonly ContactEntry[]) =>
  inTransaction(db, (sql) => importContacts(sql, { workspaceId, locale: "en-GB", entries, channels: db.channels }));

async function stored(workspaceId: string): Promise<string[]> {
  const { rows } = await db.sql.query<{ line: string }>(
    `select c.external_id || ' ' || coalesce(a.value, '-') as line from contact c left join address a on a.contact_id = c.id
      where c.workspace_id = $1 order by c.id`,
    [workspaceId],
  );
  return rows.map(({ line }) => line);
}

async function belongings(contactId: string | undefined): Promise<number[]> {
  const { rows } = await db.sql.query<{ count: number }>(
    `select count(*)::int from address where contact_id = $1 union all
     select count(*)::int from consent where contact_id = $1 union all
     select count(*)::int from consent_event where contact_id = $1`,
    [contactId],
  );
  return rows.map(({ count }) => count);
}

async function untilOneWaits(): Promise<void> {
  for (;;) {
    const { rows } = await db.sql.query(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    if (rows.length > 0) return;
  }
}

describe("contacts in bulk", () => {
  test("take along their addresses, consents and proof when they go", async () => {
    const workspaceId = await openWorkspace();
    const agreed = { ...entry("1", "a@example.com"), consents: [{ channel: "email", state: "granted" } as const] };
    const { ids } = await take(workspaceId, [agreed]);
    expect(await belongings(ids[0])).toEqual([1, 1, 1]);
    await db.sql.query("delete from contact where id = $1", [ids[0]]);
    expect(await belongings(ids[0])).toEqual([0, 0, 0]);
  });

  test("leave nothing behind when they go while an import writes to them", async () => {
    const workspaceId = await openWorkspace();
    const { ids } = await take(workspaceId, [entry("1")]);
    const going = await inTransaction(db, async (sql) => {
      await importContacts(sql, {
        ...{ workspaceId, locale: "en-GB", channels: db.channels },
        entries: [entry("1", "b@example.com")],
      });
      const asked = db.sql.query("delete from contact where id = $1", [ids[0]]);
      await untilOneWaits();
      return { asked };
    });
    await going.asked;
    expect(await belongings(ids[0])).toEqual([0, 0, 0]);
  });

  test("swap their addresses and pass on their external ids within one page", async () => {
    const workspace = await openWorkspace();
    const first = await take(workspace, [entry("a", "x"), entry("b", "y"), entry("c", "z")]);
    expect(await stored(workspace)).toEqual(["a x", "b y", "c z"]);
    await take(workspace, [entry("a", "y"), entry("b", "x")]);
    expect(await stored(workspace)).toEqual(["a y", "b x", "c z"]);
    const last = await take(workspace, [entry("d", "y"), entry("a", "x"), entry("b", "z")]);
    expect(await stored(workspace)).toEqual(["d y", "a x", "b z"]);
    expect(last.ids).toEqual(first.ids);
  });

  test("that did not change are not written", async () => {
    const workspace = await openWorkspace();
    const entries = [{ ...entry("a", "x"), fields: { city: "Leeds" }, firstName: "Ann" }, entry("b")];
    await take(workspace, entries);
    const versions = async () =>
      (await db.sql.query("select id, xmin::text from contact where workspace_id = $1 order by id", [workspace])).rows;
    const before = await versions();
    await take(workspace, entries);
    expect(await versions()).toEqual(before);
  });

  test("sent by two at once are each there once", async () => {
    const workspace = await openWorkspace();
    const entries = Array.from({ length: 300 }, (_, i) => entry(`c${i}`, `mail${i}`));
    await Promise.all([take(workspace, entries), take(workspace, entries.toReversed()), take(workspace, entries)]);
    expect((await stored(workspace)).length).toBe(300);
  });

  test("of two workspaces may have the same ids and addresses", async () => {
    const [one, two] = [await openWorkspace(), await openWorkspace()];
    await Promise.all([take(one, [entry("a", "x")]), take(two, [entry("a", "x")])]);
    expect([await stored(one), await stored(two)]).toEqual([["a x"], ["a x"]]);
  });
});

describe("an import", () => {
  const page = { rows: 2, rejects: [], notes: { "address.moved": 1 } };

  test("shows its progress while it runs, and counts up its notes", async () => {
    const workspaceId = await openWorkspace();
    const open = await openImport(db, { workspaceId, kind: "contacts", notes: [] });
    await open.savePage(async () => page);
    await open.savePage(async () => page);
    const running = await getImport(db, { workspaceId, id: open.id });
    expect(running).toMatchObject({ state: "running", rowCount: 4, notes: [{ code: "address.moved", count: 2 }] });
    await open.finish("hash");
    await open.close();
    expect(await getImport(db, { workspaceId, id: open.id })).toMatchObject({ state: "finished" });
  });

  test("that nobody is at any more shows as stopped", async () => {
    const workspaceId = await openWorkspace();
    const open = await openImport(db, { workspaceId, kind: "contacts", notes: [] });
    await open.savePage(async () => page);
    await open.close();
    const left = await getImport(db, { workspaceId, id: open.id });
    expect(left).toMatchObject({ state: "stopped", rowCount: 2 });
    expect(left?.notes.map((note) => note.code)).toContain("import.abandoned");
  });

  test("takes back a page that fails, and its counts with it", async () => {
    const workspaceId = await openWorkspace();
    const open = await openImport(db, { workspaceId, kind: "contacts", notes: [] });
    await open.savePage(async () => page);
    const failing = open.savePage(async (sql) => {
      await sql.query("insert into contact (workspace_id, external_id, locale) values ($1, 'half', 'en')", [
        workspaceId,
      ]);
      throw new Error("broken");
    });
    await expect(failing).rejects.toThrow("broken");
    expect(await open.stop("import.failed")).toMatchObject({ state: "stopped", rowCount: 2 });
    await open.close();
    expect(await stored(workspaceId)).toEqual([]);
  });
});
