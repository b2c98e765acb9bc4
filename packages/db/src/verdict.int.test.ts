/** The SQL verdict against its oracle in core: random contacts, histories and rules, and both must say the same. */
import { usualAngles } from "@chorus/core/angle";
import type { Contact } from "@chorus/core/contact";
import { countryOf } from "@chorus/core/country";
import { classNames, type MessageClass, messageClasses, messageStates } from "@chorus/core/message";
import { judge, type PermissionFacts, type PermissionRules } from "@chorus/core/permission";
import type { Plan } from "@chorus/core/plan";
import { type ActivityRow, matches, type Rule } from "@chorus/core/segment";
import { pickLocale } from "@chorus/core/variant";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Db } from "./open.ts";
import { databaseNow } from "./open.ts";
import { compileRule, openParams } from "./segment-sql.ts";
import { openTestLedger, testRules, testWorkspace } from "./test-run.ts";
import { compileVerdict } from "./verdict-sql.ts";

const seed = Number(process.env.SEED ?? 20261122);

/** Mulberry32: small, seeded, good enough to pick cases. */
function openDice(from: number) {
  let state = from;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (count: number) => Math.floor(next() * count);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  return { next, below, pick, chance: (share: number) => next() < share };
}
const dice = openDice(seed);

const zones = ["Europe/London", "Asia/Shanghai", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kolkata", null];
const locales = ["en-GB", "en", "zh-CN", "zh", "de-DE", "fr"];

type Person = {
  contact: Contact;
  activity: ActivityRow[];
  facts: Omit<PermissionFacts, "recentMessages">;
  recentMessages: Record<MessageClass, number>;
};
let db: Db;
let close: () => Promise<void>;
let workspaceId: string;
let now: Date;
const people: Person[] = [];

beforeAll(async () => {
  ({ db, close } = await openTestLedger());
  workspaceId = (await testWorkspace(db)).id;
  now = await databaseNow(db.sql);
  for (let n = 0; n < 120; n++) people.push(await makePerson(n));
});
afterAll(() => close());

async function makePerson(n: number): Promise<Person> {
  const fields = {
    ...(dice.chance(0.6) ? { city: dice.pick(["Leeds", "Köln", "上海", ""]) } : {}),
    ...(dice.chance(0.6) ? { points: dice.pick([0, 10, 10.5, -3]) } : {}),
    ...(dice.chance(0.5) ? { vip: dice.pick([true, false, null]) } : {}),
  };
  const profile = {
    externalId: `p${n}`,
    firstName: dice.chance(0.5) ? "Ada" : null,
    locale: dice.pick(locales),
    timeZone: dice.pick(zones),
    country: dice.pick(["GB", "DE", "US", "AU", null]),
    profiling: dice.chance(0.9),
  };
  const { rows } = await db.sql.query<{ id: string }>(
    `insert into contact (workspace_id, external_id, first_name, fields, locale, time_zone, country, profiling)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    [
      workspaceId,
      profile.externalId,
      profile.firstName,
      fields,
      profile.locale,
      profile.timeZone,
      profile.country,
      profile.profiling,
    ],
  );
  const id = rows[0]?.id ?? "";
  const contact: Contact = { id, fields, ...profile };
  return {
    ...{ contact, activity: await giveHistory(id) },
    ...{ facts: await givePermission(id, zonesOf(profile)), recentMessages: await giveMessages(id) },
  };
}

const zonesOf = ({ timeZone, country }: Pick<Contact, "timeZone" | "country">): readonly string[] =>
  timeZone ? [timeZone] : (countryOf(country ?? "")?.timeZones ?? []);

async function giveHistory(contactId: string): Promise<ActivityRow[]> {
  const rows = Array.from({ length: dice.below(8) }, (): ActivityRow => {
    const daysAgo = dice.below(60) + 0.5;
    return {
      kind: dice.pick(["purchase", "return", "view"]),
      at: new Date(now.getTime() - daysAgo * 86_400_000),
      orderRef: dice.pick(["o1", "o2", "o3", null]),
      quantity: 1 + dice.below(5),
      amountMicros: dice.below(40) * 500_000,
      category: dice.pick(["mugs", "lights", null]),
    };
  });
  for (const [index, row] of rows.entries())
    await db.sql.query(
      `insert into activity (workspace_id, contact_id, event_id, kind, at, category, order_ref, quantity, amount_micros)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        workspaceId,
        contactId,
        `${contactId}-${index}`,
        row.kind,
        row.at,
        row.category,
        row.orderRef,
        row.quantity,
        row.amountMicros,
      ],
    );
  return rows;
}

async function givePermission(contactId: string, timeZones: readonly string[]): Promise<Person["facts"]> {
  const email = db.channels.noOf("email");
  const hasAddress = dice.chance(0.8);
  if (hasAddress)
    await db.sql.query(
      "insert into address (workspace_id, contact_id, channel_no, value, hash) values ($1, $2, $3, $4, sha256($4::text::bytea))",
      [workspaceId, contactId, email, `a${contactId}@example.com`],
    );
  const suppressed = hasAddress && dice.chance(0.3) ? [dice.pick(["all", "marketing"] as const)] : [];
  for (const scope of suppressed)
    await db.sql.query(
      "insert into suppression (workspace_id, channel_no, address_hash, scope, reason, source) values ($1, $2, sha256($3::text::bytea), $4, 'manual', 'test')",
      [workspaceId, email, `a${contactId}@example.com`, scope],
    );
  const consent = dice.pick(["none", "granted", "granted", "granted", "withdrawn"] as const);
  if (consent !== "none")
    await db.sql.query(
      `with line as (insert into consent_event (workspace_id, contact_id, channel_no, purpose, state, evidence) values ($1, $2, $3, 'marketing', $4, '{}') returning id)
       insert into consent select $2, $3, 'marketing', $4, id from line`,
      [workspaceId, contactId, email, consent],
    );
  return { hasAddress, suppressed, consent, timeZones };
}

/** What counts towards a cap, among as much that does not. */
async function giveMessages(contactId: string): Promise<Person["recentMessages"]> {
  const recent = { security: 0, transactional: 0, marketing: 0 };
  for (let n = 0; n < dice.below(9); n++) {
    const of = dice.pick(classNames);
    const state = dice.pick([
      "accepted",
      "accepted",
      "in_doubt",
      "in_doubt_final",
      "sending",
      "failed",
      "waiting",
    ] as const);
    const [channel, daysAgo] = [dice.pick(["email", "email", "email", "sms"]), dice.pick([1, 1, 29, 31])];
    const isOpen = state === "sending" || state === "waiting";
    await db.sql.query(
      `with made as (
         insert into message (run_id, workspace_id, contact_id, channel_no, step, locale, class, state, settled_at)
         values (1000, $1, $2, $3, $4, 'en', $5, $6, case when not $7 then chorus_now() - make_interval(days => $8) end) returning *
       )
       insert into due (message_id, run_id, channel_no, lane, class, not_before, expires_at, state)
       select id, run_id, channel_no, 0, class, created_at, created_at, $9 from made where $7`,
      [
        ...[workspaceId, contactId, db.channels.noOf(channel), n, messageClasses[of]],
        ...[isOpen ? messageStates.waiting : messageStates[state], isOpen, daysAgo, messageStates[state]],
      ],
    );
    const isSent = state === "sending" || (!isOpen && state !== "failed" && daysAgo < 30);
    if (channel === "email" && isSent) recent[of]++;
  }
  return recent;
}

function randomRule(depth: number): Rule {
  const kind = dice.below(depth > 0 ? 8 : 5);
  if (kind >= 7) return { is: "not", of: randomRule(depth - 1) };
  if (kind >= 5) return { is: dice.pick(["all", "any"]), of: [randomRule(depth - 1), randomRule(depth - 1)] };
  if (kind === 4)
    return dice.pick<Rule>([
      { is: "everyone" },
      { is: "field", field: "vip", op: "exists" },
      { is: "field", field: "city", op: "missing" },
    ]);
  if (kind === 3)
    return {
      is: "field",
      field: dice.pick(["city", "country", "points"]),
      op: "in",
      value: dice.pick<(string | number)[]>([["Leeds", "GB"], [10, "上海"], [-3]]),
    };
  const op = dice.pick(["eq", "ne", "gt", "gte", "lt", "lte"] as const);
  if (kind === 2)
    return {
      is: "field",
      field: dice.pick(["city", "points", "vip", "country", "locale", "nowhere"]),
      op,
      value: dice.pick<string | number | boolean>(["Leeds", "GB", 10, 0, true]),
    };
  return {
    is: "activity",
    kind: dice.pick(["purchase", "return"]),
    measure: dice.pick(["count", "orders", "quantity", "spend", "days_since_last"]),
    op,
    value: dice.pick([0, 1, 2, 5, 20]),
    ...(dice.chance(0.5) ? { withinDays: dice.pick([7, 30]) } : {}),
    ...(dice.chance(0.4) ? { category: "mugs" } : {}),
  };
}

it(`chooses the same contacts by SQL and by the interpreter, for 300 random rules (seed ${seed})`, async () => {
  let chosen = 0;
  for (let n = 0; n < 300; n++) {
    const rule = randomRule(3);
    const params = openParams();
    const at = params.add(now, "timestamptz");
    const { rows } = await db.sql.query<{ id: string }>(
      `select c.id from contact c where c.workspace_id = ${params.add(workspaceId, "bigint")} and ${at} is not null and ${compileRule(rule, params, at)} order by c.id`,
      params.values,
    );
    const expected = people
      .filter((person) => matches(rule, person.contact, person.activity, now))
      .map((person) => person.contact.id);
    expect(
      rows.map((row) => row.id),
      JSON.stringify(rule),
    ).toEqual(expected);
    chosen += rows.length;
  }
  expect(chosen).toBeGreaterThan(1000); // rules that choose nobody would prove nothing
});

it("D10: judges every contact as the interpreter does: segment, language, reason and hold", async () => {
  const seen = new Set<string>();
  for (let n = 0; n < 40; n++) {
    const rules: PermissionRules = {
      ...testRules,
      class: dice.pick(["marketing", "transactional"]),
      needsConsent: dice.chance(0.7),
      hours: dice.chance(0.7) ? { from: 9, to: 9 + dice.below(12) } : null,
      cap: dice.chance(0.5) ? { count: 2, days: 30 } : null,
      holds: dice.pick(["wait", "show"]),
    };
    const plan: Plan = {
      workspaceId,
      audience: randomRule(1),
      segments: [1, 2, 3].map((id) => ({ id: String(id), version: 1, rule: randomRule(2) })),
      rules: { email: rules },
      publicChannels: [],
      locales: ["en", "zh", "en-GB"],
      angles: usualAngles,
      variants: [],
    };
    const params = openParams();
    const { rows } = await db.sql.query<{
      id: string;
      segment: string | null;
      locale: string;
      reason: string | null;
      hold: string | null;
      now: Date;
    }>(
      `with ${compileVerdict(plan, db.channels, { params, contacts: "true" })}
       select contact_id as id, segment_id as segment, message_locale as locale, reason, case when reason is null then hold end as hold, clock.now from judged, clock order by contact_id`,
      params.values,
    );
    const at = rows[0]?.now ?? now;
    const audience = people.filter((person) => matches(plan.audience, person.contact, person.activity, at));
    expect(rows.map(({ now: _, ...row }) => row)).toEqual(
      audience.map((person) => expectedVerdict(plan, rules, person, at)),
    );
    for (const row of rows) seen.add(`${row.reason} ${row.hold}`);
  }
  for (const kind of [
    "no_address null",
    "suppressed null",
    "no_consent null",
    "frequency_cap null",
    "null frequency_cap",
    "null quiet_hours",
    "null null",
  ])
    expect(seen, "every kind of verdict came up").toContain(kind);
});

function expectedVerdict(plan: Plan, rules: PermissionRules, person: Person, at: Date) {
  const verdict = judge(rules, { ...person.facts, recentMessages: person.recentMessages[rules.class] }, at);
  const segment = plan.segments.find((each) => matches(each.rule, person.contact, person.activity, at));
  return {
    id: person.contact.id,
    segment: person.contact.profiling ? (segment?.id ?? null) : null,
    locale: pickLocale(person.contact.locale, plan.locales),
    reason: verdict.is === "skipped" ? verdict.reason : null,
    hold: verdict.is === "waiting" ? verdict.hold : null,
  };
}
