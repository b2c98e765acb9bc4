/** The brand's voice of a workspace, and every version it had. A version never changes; the newest is the one in use. */
import type { BrandVoice } from "@chorus/core/brand-voice";
import type { Id } from "@chorus/core/id";
import type pg from "pg";
import { type Db, inTransaction } from "./open.ts";

export type VoiceVersion = {
  readonly version: number;
  readonly voice: BrandVoice;
  /** Null: it was there with the workspace. */
  readonly by: { readonly id: Id; readonly name: string } | null;
  readonly at: Date;
};

/** Newest first, those below `before`. */
export async function listVoiceVersions(
  sql: Pick<pg.PoolClient, "query">,
  of: { workspaceId: Id; limit: number; before: string | null },
): Promise<VoiceVersion[]> {
  const { rows } = await sql.query<VoiceVersion>(
    `select b.version, b.voice, b.at, case when p.id is not null then jsonb_build_object('id', p.id::text, 'name', p.name) end as by
       from brand_voice_version b left join person p on p.id = b.person_id
      where b.workspace_id = $1 and ($2::int is null or b.version < $2::int) order by b.version desc limit $3`,
    [of.workspaceId, of.before, of.limit],
  );
  return rows;
}

export async function getVoice(sql: Pick<pg.PoolClient, "query">, workspaceId: Id): Promise<VoiceVersion> {
  const [newest] = await listVoiceVersions(sql, { workspaceId, limit: 1, before: null });
  if (!newest) throw new Error(`Workspace ${workspaceId} has no voice.`);
  return newest;
}

export type VoiceChanged = { is: "changed"; current: VoiceVersion } | { is: "stale"; version: number };

/** The same voice again is no new version. The audit's line is written with the change, or there is neither. */
export async function changeVoice(
  db: Db,
  of: { workspaceId: Id; personId: Id; replaces: number; voice: BrandVoice },
): Promise<VoiceChanged> {
  return await inTransaction(db, async (sql): Promise<VoiceChanged> => {
    const { rows } = await sql.query<{ version: number; isSame: boolean }>(
      `select voice_version as version, voice = $2::jsonb as "isSame" from workspace where id = $1 for update`,
      [of.workspaceId, JSON.stringify(of.voice)],
    );
    const version = rows[0]?.version ?? 0;
    if (version !== of.replaces) return { is: "stale", version };
    if (!rows[0]?.isSame)
      await sql.query(
        `with changed as (
           update workspace set voice = $3, voice_version = voice_version + 1 where id = $1 returning id, voice, voice_version
         ),
         kept as (
           insert into brand_voice_version (workspace_id, version, voice, person_id)
           select id, voice_version, voice, $2 from changed returning workspace_id, version
         )
         insert into audit (workspace_id, person_id, action, subject, detail)
         select workspace_id, $2, 'brand_voice.change', 'workspace:' || workspace_id, jsonb_build_object('version', version) from kept`,
        [of.workspaceId, of.personId, JSON.stringify(of.voice)],
      );
    return { is: "changed", current: await getVoice(sql, of.workspaceId) };
  });
}
