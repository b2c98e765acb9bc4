/** A small workspace with a run that is about to be planned, for tests of the ledger. */
import { type Angle, usualAngles } from "@chorus/core/angle";
import { brandVoice } from "@chorus/core/brand-voice";
import type { Id } from "@chorus/core/id";
import type { PermissionRules } from "@chorus/core/permission";
import { laneCount, type Plan } from "@chorus/core/plan";
import type { Rule } from "@chorus/core/segment";
import { expandPage } from "./expand.ts";
import { type Leased, lease } from "./lease.ts";
import type { Db } from "./open.ts";
import { openDb } from "./open.ts";
import { openTestDatabase } from "./test-db.ts";
import { createWorkspace } from "./workspaces.ts";

export const testRules: PermissionRules = {
  class: "marketing",
  needsConsent: true,
  hours: null,
  cap: null,
  holds: "show",
  timeZone: "Europe/London",
};

export async function openTestLedger(): Promise<{ db: Db; close(): Promise<void> }> {
  const database = await openTestDatabase();
  const db = await openDb({ url: database.url, channels: ["email", "sms", "slack"] });
  return {
    db,
    async close() {
      await db.close();
      await database.close();
    },
  };
}

export type TestWorkspace = { readonly id: Id; readonly authorId: Id };

export async function testWorkspace(db: Db, kind: "live" | "sandbox" = "sandbox"): Promise<TestWorkspace> {
  const workspace = await createWorkspace(db, {
    name: "Test shop",
    kind,
    locale: "en",
    timeZone: "Europe/London",
    currency: "GBP",
    sender: { name: "Test shop", email: "shop@example.com", postalAddress: "1 High Street, Leeds" },
    voice: brandVoice.parse({ brand: "Test shop", tone: "plain" }),
    people: [{ name: "Ada", email: "ada@example.com", role: "author" }],
  });
  return { id: workspace.id, authorId: workspace.people[0] ?? "" };
}

/** Contacts with an e-mail address and consent to marketing; `sql` may say otherwise afterwards. */
export async function testContacts(db: Db, workspaceId: Id, count: number): Promise<Id[]> {
  const { rows } = await db.sql.query<{ id: Id }>(
    `with made as (
       insert into contact (workspace_id, external_id, first_name, locale, country)
       select $1, 'c' || n, 'Name ' || n, case when n % 3 = 0 then 'zh-CN' else 'en-GB' end, case when n % 2 = 0 then 'GB' else 'DE' end
         from generate_series(1, $2) n returning id
     ),
     addressed as (
       insert into address (workspace_id, contact_id, channel_no, value, hash)
       select $1, id, $3, 'c' || id || '@example.com', sha256(('c' || id)::bytea) from made
     ),
     lines as (
       insert into consent_event (workspace_id, contact_id, channel_no, purpose, state, evidence)
       select $1, id, $3, 'marketing', 'granted', '{}' from made returning id, contact_id
     ),
     consents as (
       insert into consent (contact_id, channel_no, purpose, state, event_id)
       select contact_id, $3, 'marketing', 'granted', id from lines
     )
     select id from made order by id`,
    [workspaceId, count, db.channels.noOf("email")],
  );
  return rows.map((row) => row.id);
}

export type TestRun = { readonly runId: Id; readonly plan: Plan; readonly campaignId: Id };

/** A run in state `sending`, frozen to a variant for each segment, language and angle, not yet expanded. */
export async function testRun(
  db: Db,
  of: {
    workspace: TestWorkspace;
    segments?: { id: Id; version: number; rule: Rule }[];
    rules?: Record<string, PermissionRules>;
    publicChannels?: string[];
    angles?: readonly Angle[];
  },
): Promise<TestRun> {
  const campaign = await db.sql.query<{ id: Id }>(
    `insert into campaign (workspace_id, name, state, brief, audience, channels, locales, author_id)
     values ($1, 'Test', 'scheduled', '{}', '{"is":"everyone"}', '{email}', '{en,zh}', $2) returning id`,
    [of.workspace.id, of.workspace.authorId],
  );
  const campaignId = campaign.rows[0]?.id ?? "";
  const { segments = [], angles = usualAngles, publicChannels = [] } = of;
  const variants = await db.sql.query<Plan["variants"][number]>(
    `insert into variant (workspace_id, campaign_id, segment_id, locale, angle, tone, facts, state)
     select $1, $2, segment_id, locale, angle, tone, '{"facts":[],"links":[{"id":"shop","url":"https://shop.example/"}]}', 'written'
       from unnest($3::bigint[]) segment_id cross join unnest('{en,zh}'::text[]) locale
      cross join unnest($4::text[], $5::text[]) as a(angle, tone)
     returning id, segment_id as "segmentId", locale, angle, tone`,
    [
      of.workspace.id,
      campaignId,
      [...segments.map((segment) => segment.id), null],
      angles.map(({ angle }) => angle),
      angles.map(({ tone }) => tone),
    ],
  );
  const plan: Plan = {
    workspaceId: of.workspace.id,
    audience: { is: "everyone" },
    segments,
    rules: of.rules ?? { email: testRules },
    publicChannels,
    locales: ["en", "zh"],
    angles,
    variants: variants.rows,
  };
  const run = await db.sql.query<{ id: Id }>(
    `with made as (insert into run (workspace_id, campaign_id, state, segment_versions, plan) values ($1, $2, 'sending', '{}', $3) returning id)
     insert into run_expansion (run_id, high_contact)
     select id, coalesce((select max(id) from contact where workspace_id = $1), 0) from made returning run_id as id`,
    [of.workspace.id, campaignId, JSON.stringify(plan)],
  );
  return { runId: run.rows[0]?.id ?? "", plan, campaignId };
}

/** A run that is planned to the end, to that many contacts more than there were. */
export async function plannedTestRun(db: Db, workspace: TestWorkspace, contacts: number): Promise<Id> {
  if (contacts > 0) await testContacts(db, workspace.id, contacts);
  const { runId } = await testRun(db, { workspace });
  while ((await expandPage(db, runId)).is === "page");
  return runId;
}

/** All mail of the run that is due now. */
export async function leaseTestRun(db: Db, of: { runId: Id; workerId: Id }): Promise<Leased[]> {
  const all: Leased[] = [];
  for (let lane = 0; lane < laneCount; lane++) {
    const wish = { channel: "email", class: "marketing", lane, workerId: of.workerId, limit: 200 } as const;
    let some: Leased[];
    do {
      some = await lease(db, wish); // runs take turns, so a lane is asked until it is empty
      all.push(...some);
    } while (some.length > 0);
  }
  return all.filter((each) => each.runId === of.runId);
}
