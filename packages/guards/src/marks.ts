/** The marks that a brand keeps a budget of, as a reader counts them: pictures, and marks that shout. */

/** Emoji that only shout are counted as what they are; signs of trade are letters, whatever form they take. */
const noPicture = "[‼⁉❗❕❢©®™ℹ]\\uFE0F?";
/** A whole sequence is one picture: a family, a flag, a skin tone, a figure in a box. Joined to no sequence, each is one. */
const picture =
  "(?:\\p{RGI_Emoji}|(?=\\p{Emoji})(?!\\p{Emoji_Presentation})(?![\\u2190-\\u21FF\\d#*])\\p{Extended_Pictographic})(?:\\u200D[♀♂⚕⚖✈]\\uFE0F?)?|[\\d#*]\\u20E3";
const pictures = new RegExp(`${noPicture}|(${picture})`, "gv");

/** Each emoji of a text as it was written, before anything is folded. */
export const emojisIn = (text: string): string[] => [...text.matchAll(pictures)].flatMap(([, found]) => found ?? []);

/** Each exclamation mark of a folded text, in which full-width and double ones are plain; emoji that shout are among them. */
export const exclamationsIn = (folded: string): string[] => folded.match(/[!❗❕❢ǃ]/gu) ?? [];
