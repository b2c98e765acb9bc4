/** Writes without a model: phrases around the facts, the same every time. For every channel, by what its fields are for. */
import type { Form } from "@chorus/core/channel";
import { languageOf } from "@chorus/core/fact";
import { type Problem, refusalsIn } from "@chorus/core/problem";
import type { Contents } from "@chorus/core/variant";
import { checkContents, placeIn, summary } from "./check-contents.ts";
import { contentSchema } from "./content-schema.ts";
import {
  type Filled,
  type Filling,
  fillContent,
  type Levels,
  rolesIn,
  type WordRole,
  wordingsOf,
} from "./fill-content.ts";
import type { PhraseBook } from "./phrase-book.ts";
import { phraseBookOf } from "./phrases-as-data.ts";
import { chinese } from "./phrases-chinese.ts";
import { english } from "./phrases-english.ts";
import { french } from "./phrases-french.ts";
import { german } from "./phrases-german.ts";
import { gatherMaterial, type Material } from "./template-material.ts";
import type { Writer, Writing, WritingTask } from "./writer.ts";

export const templatePrompt = { id: "template_campaign_message", version: 2 };
/** Shown wherever the copy's origin is: there is none. */
export const noModel = "template (no model)";

const books: Readonly<Record<string, PhraseBook>> = {
  en: english,
  zh: chinese,
  de: phraseBookOf(german),
  fr: phraseBookOf(french),
};
const noCost = { tokensIn: 0, tokensCached: 0, tokensOut: 0, latencyMs: 0, requestId: null };

/** Promises copy that passes every check and guard, or says which one it could not satisfy. */
export const templateWriter: Writer = {
  name: "template",
  async write(task): Promise<Writing> {
    const book = books[languageOf(task.locale)];
    if (!book || isTraditional(task.locale)) return notWritten("schema", noPhrases(task.locale));
    const material = gatherMaterial(task);
    const contents: Contents = {};
    for (const channel of task.channels) {
      const written = writeChannel(channel, { task, book, material });
      if (written.is === "bad") return notWritten(written.outcome, written.detail);
      contents[channel.id] = written.content;
    }
    return {
      is: "written",
      contents,
      writer: "template",
      model: noModel,
      promptId: templatePrompt.id,
      promptVersion: templatePrompt.version,
      cost: noCost,
    };
  },
};

const notWritten = (outcome: "schema" | "guard", detail: string): Writing => ({
  is: "not_written",
  outcome,
  detail,
  cost: null,
});

const noPhrases = (locale: string): string =>
  `The template writer has no phrases for ${locale}: it writes ${Object.keys(books).join(", ")} (Chinese in simplified letters).`;

const isTraditional = (locale: string): boolean => new Intl.Locale(locale).maximize().script === "Hant";

type Given = { readonly task: WritingTask; readonly book: PhraseBook; readonly material: Material };
type Written =
  | { readonly is: "ok"; readonly content: unknown }
  | { readonly is: "bad"; readonly outcome: "schema" | "guard"; readonly detail: string };

/**
 * Takes the fullest wording of every role, and a shorter one of each role that something minds, until nothing does.
 * Where only warnings stay, the wordings with the fewest of them are taken.
 */
function writeChannel(channel: Form, { task, book, material }: Given): Written {
  const schema = contentSchema(channel.content);
  const roles = new Set(rolesIn(schema));
  let best: { content: unknown; warnings: number } | null = null;
  let levels: Levels = {};
  for (;;) {
    const filling: Filling = { book, material, levels, greet: channel.traits.reach === "one_contact" };
    const filled = fillContent(schema, filling);
    if (!filled) return { is: "bad", outcome: "schema", detail: unfillable(channel, material) };
    const problems = problemsOf(channel, filled, task);
    if (problems.length === 0) return { is: "ok", content: filled.content };
    if (refusalsIn(problems).length === 0 && problems.length < (best?.warnings ?? Number.POSITIVE_INFINITY))
      best = { content: filled.content, warnings: problems.length };
    const next = shorten(levels, { minded: mindedRoles(problems, filled, channel), roles, filling });
    if (next) levels = next;
    else if (best) return { is: "ok", content: best.content };
    else return { is: "bad", outcome: outcomeOf(problems), detail: summary(problems) };
  }
}

const unfillable = (channel: Form, { link }: Material): string =>
  link
    ? `The ${channel.label} channel has a required field whose role has no phrases.`
    : `The ${channel.label} channel needs a link, and the fact sheet has none.`;

function problemsOf(channel: Form, { content }: Filled, task: WritingTask): Problem[] {
  const read = channel.content.safeParse(content);
  if (read.success) return checkContents({ [channel.id]: read.data }, { ...task, channels: [channel] });
  return read.error.issues.map((issue) => ({
    path: placeIn(channel.id, issue.path.join(".")),
    code: `schema.${issue.code}`,
    message: issue.message,
  }));
}

/** The roles whose words a problem is about; none when it is about the whole content. */
function mindedRoles(problems: readonly Problem[], { places }: Filled, channel: Form): Set<WordRole> {
  const named = [...places].filter(([path]) => problems.some((problem) => problem.path === placeIn(channel.id, path)));
  return new Set(named.map(([, role]) => role));
}

type Shortening = { minded: ReadonlySet<WordRole>; roles: ReadonlySet<WordRole>; filling: Filling };

/** One step down for every role that is minded, or for all when nobody knows which; null when nothing is left to try. */
function shorten(levels: Levels, { minded, roles, filling }: Shortening): Levels | null {
  const step = (among: ReadonlySet<WordRole>): Levels | null => {
    const open = [...among].filter((role) => (levels[role] ?? 0) < wordingsOf(role, filling) - 1);
    if (open.length === 0) return null;
    return { ...levels, ...Object.fromEntries(open.map((role) => [role, (levels[role] ?? 0) + 1])) };
  };
  return minded.size > 0 ? step(minded) : step(roles);
}

/** A length is the channel's matter, anything else a guard's. */
const outcomeOf = (problems: readonly Problem[]): "schema" | "guard" =>
  refusalsIn(problems).some(({ code }) => /^(?:claim|wording|voice|language|slot)\./.test(code)) ? "guard" : "schema";
