/** The rolling run of a workspace and UTC day: the run of its single sends, whose books balance like any other's. */
import { usualAngles } from "@chorus/core/angle";
import type { Channel } from "@chorus/core/channel";
import type { Id } from "@chorus/core/id";
import { permissionRules } from "@chorus/core/permission";
import type { Plan } from "@chorus/core/plan";
import type { Sql } from "./open.ts";

export type SendingWorkspace = { readonly id: Id; readonly kind: "live" | "sandbox"; readonly timeZone: string };

/** Made by the first send of the day; in the sweep it finishes a day after its own is over. */
export async function runOfToday(sql: Sql, workspace: SendingWorkspace, channels: readonly Channel[]): Promise<Id> {
  const known = await readRun(sql, workspace.id);
  if (known) return known;
  await sql.query(
    `insert into run (workspace_id, day, state, segment_versions, plan)
     values ($1, (chorus_now() at time zone 'utc')::date, 'sending', '{}', $2)
     on conflict (workspace_id, day) where day is not null do nothing`,
    [workspace.id, JSON.stringify(planOf(workspace, channels))],
  );
  const made = await readRun(sql, workspace.id);
  if (!made) throw new Error("The day ended while its run was being made."); // and the caller asks again
  return made;
}

async function readRun(sql: Sql, workspaceId: Id): Promise<Id | null> {
  const { rows } = await sql.query<{ id: Id }>({
    name: "run-of-day",
    text: "select id from run where workspace_id = $1 and day = (chorus_now() at time zone 'utc')::date",
    values: [workspaceId],
  });
  return rows[0]?.id ?? null;
}

/** Nobody is planned: only the rules are read, by the permit of what is marketing. */
const planOf = (workspace: SendingWorkspace, channels: readonly Channel[]): Plan => ({
  workspaceId: workspace.id,
  audience: { is: "everyone" },
  segments: [],
  rules: Object.fromEntries(
    channels
      .filter((channel) => channel.traits.reach === "one_contact")
      .map((channel) => [channel.id, permissionRules(channel.traits, { class: "marketing", ...workspace })]),
  ),
  publicChannels: [],
  locales: [],
  angles: usualAngles,
  variants: [],
});
