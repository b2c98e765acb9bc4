/** Workspaces and the people who work in them. */
import type { BrandVoice, Sender } from "@chorus/core/brand-voice";
import type { Id } from "@chorus/core/id";
import type { Role } from "@chorus/core/role";
import { asJson } from "./audit.ts";
import type { Db } from "./open.ts";

export type NewPerson = { readonly name: string; readonly email: string; readonly role: Role };

export type NewWorkspace = {
  readonly name: string;
  /** For life: a sandbox workspace can never reach a real provider. */
  readonly kind: "live" | "sandbox";
  readonly locale: string;
  /** IANA name; for whoever has none of their own. */
  readonly timeZone: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly sender: Sender;
  readonly voice: BrandVoice;
  readonly people: readonly NewPerson[];
};

export type Workspace = Omit<NewWorkspace, "people"> & { readonly id: Id; readonly voiceVersion: number };

/** Answers the ids of the people in the order they were given. */
export async function createWorkspace(db: Db, of: NewWorkspace): Promise<{ id: Id; people: Id[] }> {
  const row = await db.prisma.$transaction(async (tx) => {
    const { people, sender, voice, ...rest } = of;
    const workspace = await tx.workspace.create({ data: { ...rest, sender: asJson(sender), voice: asJson(voice) } });
    const { id: workspaceId, voiceVersion: version } = workspace;
    await tx.brandVoiceVersion.create({ data: { workspaceId, version, voice: asJson(voice) } });
    const created = [];
    for (const person of people)
      created.push(await tx.person.create({ data: { ...person, workspaceId: workspace.id } }));
    return { workspace, people: created };
  });
  return { id: row.workspace.id.toString(), people: row.people.map((person) => person.id.toString()) };
}

/** Whether this installation has been used at all. */
export const hasWorkspace = async (db: Db): Promise<boolean> =>
  (await db.prisma.workspace.findFirst({ select: { id: true } })) !== null;

export async function getWorkspace(db: Db, id: Id): Promise<Workspace | null> {
  const { rows } = await db.ledger.query<Workspace>({
    name: "workspace", // of every single send
    text: `select id, name, kind, locale, time_zone as "timeZone", currency, sender, voice, voice_version as "voiceVersion" from workspace where id = $1`,
    values: [id],
  });
  return rows[0] ?? null;
}
