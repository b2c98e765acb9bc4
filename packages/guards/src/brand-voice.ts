/**
 * Holds copy against the brand's voice. What can be counted without doubt stops an approval: a word that must or must
 * not be there, a budget of marks. What is an estimate is shown to whoever approves: long sentences and a hard text.
 */
import { type BrandVoice, isMeantFor } from "@chorus/core/brand-voice";
import { type FactSheet, languageOf } from "@chorus/core/fact";
import type { Problem } from "@chorus/core/problem";
import { type CopyText, messageOf } from "./copy-text.ts";
import { undisguise } from "./disguise.ts";
import { finder, shownTo } from "./find-words.ts";
import { fold, outsideSlots, phrasePattern } from "./fold.ts";
import { emojisIn, exclamationsIn } from "./marks.ts";
import { readingGrade } from "./reading-grade.ts";
import { isUnspaced, lengthOf, sentencesOf } from "./sentences.ts";

type Held = { readonly facts: FactSheet; readonly locale: string; readonly voice: BrandVoice };

/** Budgets and words that must be there are a message's, for each stands alone before its reader. */
export function checkVoice(texts: readonly CopyText[], on: Held): Problem[] {
  const messages = [...new Set(texts.map(messageOf))].map((path) => ({
    path,
    texts: texts.filter((each) => messageOf(each) === path),
  }));
  return [
    ...banned(texts, on),
    ...messages.flatMap((message) => [
      ...missing(message, on),
      ...overBudget(message.texts, on),
      ...tooHard(message, on),
    ]),
    ...longSentences(texts, on),
  ];
}

/** Looked for as the copy stands, and with the usual disguises undone. */
function banned(texts: readonly CopyText[], on: Held): Problem[] {
  const phrases = on.voice.bannedWords.map((phrase) => ({ phrase, letters: lettersOf(fold(phrase).text) }));
  if (phrases.length === 0) return [];
  return texts.flatMap(({ path, text }) => {
    const shown = shownTo(text, on);
    const looks = [fold(shown), undisguise(shown)].map((plain) => ({
      find: finder(shown, plain),
      letters: lettersOf(plain.text),
    }));
    return phrases
      .flatMap(({ phrase, letters }) => {
        const worthwhile = looks.filter((look) => look.letters.includes(letters));
        return worthwhile.flatMap(({ find }) => patternsOf(phrase).flatMap(find)).slice(0, 1);
      })
      .map((got) => ({
        ...{ path, code: "voice.banned_word", got },
        message: `Take "${got}" out: the brand voice bans it.`,
      }));
  });
}

/** Two hundred patterns for every text are slow; few of them have their letters in it at all. */
const lettersOf = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, "").toUpperCase();

/** As it is, with hyphens for its spaces and the other way round; a word of characters also with marks among them. */
function patternsOf(phrase: string): RegExp[] {
  const spellings = new Set([phrase, phrase.replace(/[\s-]+/g, " "), phrase.replace(/[\s-]+/g, "-")]);
  return [...[...spellings].map(phrasePattern), ...spread(fold(phrase).text)];
}

/** At most three marks that end no clause; a letter or figure among them makes it another word. */
const amongCharacters = "[^\\p{L}\\p{N}。!?,;:、]{0,3}";
const spread = (word: string): RegExp[] =>
  /^\p{Script=Han}{2,}$/u.test(word) ? [new RegExp([...word].join(amongCharacters), "gu")] : [];

type Message = { readonly path: string; readonly texts: readonly CopyText[] };

function missing({ path, texts }: Message, on: Held): Problem[] {
  const wanted = on.voice.mustWords.filter(({ locale }) => isMeantFor(on.locale, locale));
  if (wanted.length === 0) return [];
  const seen = fold(texts.map(({ text }) => shownTo(text, on)).join("\n")).text;
  return wanted
    .filter(({ oneOf }) => !oneOf.some((phrase) => patternsOf(phrase).some((pattern) => pattern.test(seen))))
    .map(({ oneOf }) => ({
      ...{ path, code: "voice.must_word_missing" },
      message: `Say ${oneOf.map((phrase) => `"${phrase}"`).join(" or ")}: the brand voice wants it in every message.`,
    }));
}

function overBudget(texts: readonly CopyText[], { voice }: Held): Problem[] {
  const own = texts.map(({ path, text }) => ({ path, text: byItsWriter(text, voice) }));
  const marks = (marksIn: (text: string) => string[]) =>
    own.flatMap(({ path, text }) => marksIn(text).map((mark) => ({ path, mark })));
  const { exclamations, emojis } = voice.limits;
  return [
    { is: "exclamations", most: exclamations, found: marks((text) => exclamationsIn(fold(text).text)) },
    { is: "emojis", most: emojis, found: marks(emojisIn) },
  ].flatMap(({ is, most, found }): Problem[] => {
    const over = most === null ? [] : found.slice(most);
    if (over.length === 0) return [];
    const [named, got] = [is === "emojis" ? "emoji" : "exclamation marks", over.map(({ mark }) => mark).join("")];
    const message = `Take out ${over.length} of ${found.length} ${named}: the brand voice has room for ${most} in a message.`;
    return [{ path: over[0]?.path ?? "", code: `voice.${is}`, message, got: got.slice(0, 80) }];
  });
}

/** A product's name and the brand's own are as they are. */
const byItsWriter = (text: string, { brand }: BrandVoice): string =>
  outsideSlots(text, { figures: new Set(), names: [brand] });

function longSentences(texts: readonly CopyText[], { voice, locale }: Held): Problem[] {
  const { sentenceWords, sentenceCharacters } = voice.limits;
  const [most, unit] = isUnspaced(locale) ? [sentenceCharacters, "characters"] : [sentenceWords, "words"];
  if (most === null) return [];
  return texts.flatMap(({ path, text }) => {
    const folded = fold(byItsWriter(text, voice));
    return sentencesOf(folded.text).flatMap((sentence): Problem[] => {
      const length = lengthOf(sentence.text, locale);
      if (length <= most) return [];
      const got = text.slice(...folded.place(sentence.from, sentence.to));
      const message = `Make two sentences of this one: it has ${length} ${unit}, and the brand voice wants ${most} at most.`;
      return [{ path, code: "voice.long_sentence", message, got, severity: "warning" }];
    });
  });
}

function tooHard({ path, texts }: Message, { voice, locale }: Held): Problem[] {
  const { readingGrade: most } = voice.limits;
  if (most === null || languageOf(locale) !== "en") return [];
  const grade = readingGrade(texts.map(({ text }) => fold(byItsWriter(text, voice)).text));
  if (grade === null || Math.round(grade) <= most) return [];
  const message = `Use shorter words and sentences: this takes ${Math.round(grade)} years of school to read (Flesch-Kincaid), and the brand voice wants ${most} at most.`;
  return [{ path, code: "voice.reading_grade", message, severity: "warning" }];
}
