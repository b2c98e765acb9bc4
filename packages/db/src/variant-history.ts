/** Every wording that a variant had up to one, and what a machine's and what a person's share in it is. */
import { type Edit, editsBetween, shareEdited } from "@chorus/core/edits";
import type { FactSheet } from "@chorus/core/fact";
import type { Id } from "@chorus/core/id";
import type { Problem } from "@chorus/core/problem";
import type { Contents, WriterName } from "@chorus/core/variant";
import type { Db } from "./open.ts";

export type Revision = {
  readonly revision: number;
  readonly contents: Contents;
  readonly facts: FactSheet;
  readonly hash: string;
  readonly writer: WriterName;
  readonly model: string | null;
  readonly prompt: string | null;
  readonly fallbackReason: string | null;
  readonly findings: readonly Problem[];
  readonly person: { readonly id: Id; readonly name: string } | null;
  readonly at: Date;
};

/** In their order, up to and with that revision. */
export async function revisionsOf(db: Db, of: { variantId: Id; upTo: number }): Promise<Revision[]> {
  const { rows } = await db.sql.query<Revision>(
    `select r.revision, r.contents, r.facts, r.hash, r.writer, r.model, r.prompt, r.fallback_reason as "fallbackReason", r.findings, r.at,
            case when p.id is not null then jsonb_build_object('id', p.id::text, 'name', p.name) end as person
       from variant_revision r left join person p on p.id = r.person_id
      where r.variant_id = $1 and r.revision <= $2 order by r.revision`,
    [of.variantId, of.upTo],
  );
  return rows;
}

export type Origin = {
  /** A model wrote the words that these go back to, and some of them are left. */
  readonly aiGenerated: boolean;
  /** Whose writing they go back to, before any edit of a person's. */
  readonly wroteFirst: WriterName;
  readonly model: string | null;
  readonly prompt: string | null;
  /** Of the words, how many people have changed since: 0 to 1. */
  readonly editedShare: number;
  readonly edits: readonly (Pick<Revision, "revision" | "person" | "at"> & { readonly changed: readonly Edit[] })[];
};

/** Of the last of these revisions, in one channel or in all. Null: there is none. */
export function originOf(revisions: readonly Revision[], channel?: string): Origin | null {
  const wordsOf = ({ contents }: Revision) => (channel === undefined ? contents : contents[channel]);
  const start = revisions.findLastIndex((each) => each.writer !== "person");
  const [first, ...edited] = revisions.slice(Math.max(start, 0));
  if (!first) return null;
  const last = edited.at(-1) ?? first;
  const editedShare = shareEdited(wordsOf(first), wordsOf(last));
  return {
    aiGenerated: first.writer === "openai" && editedShare < 1,
    ...{ wroteFirst: first.writer, model: first.model, prompt: first.prompt, editedShare },
    edits: edited.map(({ revision, person, at, ...words }, place) => ({
      ...{ revision, person, at },
      changed: editsBetween(wordsOf(edited[place - 1] ?? first), wordsOf({ revision, person, at, ...words })),
    })),
  };
}
