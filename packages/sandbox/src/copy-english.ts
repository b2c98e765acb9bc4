/** The English phrase book. Plain punctuation only: one typographic mark would make a text message twice as dear. */
import type { Cast, Mood } from "./copy-cast.ts";
import { closed, type PhraseBook, say } from "./copy-words.ts";

const headlines: Record<Mood, string> = {
  new: "Lovely to have you here",
  away: "It has been a while",
  careful: "Take your time, it is all here",
  bulk: "For when you buy for many",
  loyal: "Thank you for coming back",
  taste: "More of what you like",
  general: "A few things worth a look",
};

const openings: Record<Mood, string> = {
  new: "Thank you for finding us. To help you look around, here is where we would start.",
  away: "Our shelves have changed since you last looked in, so we have put together a short list for you.",
  careful: "Choosing well is easier with the details in front of you, so here they are, without the small print.",
  bulk: "When you plan for a full table or a busy shop, it helps to choose everything together. We kept this list practical.",
  loyal: "You know our shop well, so we will keep this short: these are the things we thought of you for.",
  taste: "Going by what people with your eye choose, these should feel at home with what you have.",
  general: "We went through the shelves and set aside what we would be happy to give to a friend.",
};

const mustSay = (cast: Cast) => cast.mustSay.map((phrase) => closed(phrase, ".")).join(" ");
const product = (cast: Cast, index = 0) => cast.products[index];
const saving = (cast: Cast) => cast.offer && (cast.offerIsShare ? `${cast.offer} off` : `${cast.offer} saved`);

function subjects(cast: Cast): string[] {
  const first = product(cast);
  const general = [headlines[cast.mood], "A few things picked for you"];
  if (!first) return [say(" ", headlines[cast.mood], saving(cast) && `and ${saving(cast)}`), ...general];
  const byAngle = {
    price: first.price ? `${first.name}, now ${first.price}` : `${first.name}, at a good price`,
    novelty: `On our shelves: ${first.name}`,
    values: `${first.name}, picked with you in mind`,
    curiosity: `Have you seen ${first.name}?`,
    urgency: cast.deadline ? `Until ${cast.deadline}: ${first.name}` : subjectByMood(cast.mood, first.name),
    benefit: subjectByMood(cast.mood, first.name),
  };
  return [byAngle[cast.angle], `See ${first.name}`, ...general];
}

function subjectByMood(mood: Mood, name: string): string {
  switch (mood) {
    case "new":
      return `Welcome. Shall we start with ${name}?`;
    case "away":
      return `It has been a while: see ${name}`;
    case "careful":
      return `${name}, with the details up front`;
    case "bulk":
      return `Planning for many? ${name}`;
    case "loyal":
      return `We thought of you: ${name}`;
    case "taste":
      return `More of what you like: ${name}`;
    case "general":
      return `${name} and a few more ideas`;
  }
}

function offerSentence(cast: Cast): string | null {
  if (cast.day) return `It takes place on ${cast.day}.`;
  if (!cast.offer) return cast.deadline && `This selection is open until ${cast.deadline}.`;
  const until = cast.deadline && `until ${cast.deadline}`;
  return `${say(" ", `There is ${saving(cast)}`, cast.code && `with the code ${cast.code}`, until)}.`;
}

const listed = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
const productLines = ({ name, price, features }: Cast["products"][number]): string[] => [
  name,
  ...features.map((feature) => `${name}: ${feature}`),
  ...(price ? [`${name} for ${price}`] : []),
];

function productSentences(cast: Cast): string | null {
  const [first, second, third] = cast.products;
  if (!first) return null;
  const others = [second, third].flatMap((each) => (each ? [say(" at ", each.name, each.price)] : []));
  return say(
    " ",
    first.price ? `${first.name} is ${first.price}.` : `We would begin with ${first.name}.`,
    first.features.length > 0 && `Worth knowing: ${listed(first.features)}.`,
    others.length > 0 && `If you would like something to go with it, look at ${others.join(" or ")}.`,
  );
}

export const english: PhraseBook = {
  subject: subjects,
  preheader: (cast) => {
    const second = product(cast, 1) ?? product(cast);
    return [
      say(", ", second && `Also inside: ${second.name}`, saving(cast) && `and ${saving(cast)}`),
      say(" ", saving(cast) && `With ${saving(cast)}`, cast.deadline && `until ${cast.deadline}`),
      "A short list, chosen with care",
    ].filter((each) => each !== "");
  },
  headline: (cast) => [headlines[cast.mood]],
  greeting: (cast) => (cast.firstName ? `Hi ${cast.firstName("there")},` : "Hello,"),
  paragraphs: (cast) =>
    [
      openings[cast.mood],
      say(" ", productSentences(cast), offerSentence(cast)),
      say(" ", mustSay(cast), ...cast.notes.slice(0, 2)),
    ].filter((each) => each !== ""),
  picks: (slot) => `Also in our shop: ${slot}`,
  text: (cast, withLink) => {
    const first = product(cast);
    const link = withLink ? cast.link : null;
    const what = first?.price
      ? `${first.name} is ${first.price}.`
      : `We picked ${first?.name ?? "a few things"} for you.`;
    return [
      say(" ", what, saving(cast) && `There is ${saving(cast)}.`, mustSay(cast), link && `See it here: ${link}`),
      say(" ", what, mustSay(cast), link),
    ];
  },
  textRoom: 150,
  chat: (cast) => [
    say(" ", openings[cast.mood], productSentences(cast), offerSentence(cast), mustSay(cast)),
    say(" ", productSentences(cast) ?? openings[cast.mood], offerSentence(cast), mustSay(cast)),
  ],
  lines: (cast) => [
    ...new Set([...cast.products.flatMap(productLines), ...subjects(cast), saving(cast) ?? "See what is new"]),
  ],
  button: (cast) => (cast.mood === "bulk" ? ["See the list", "Have a look"] : ["Have a look", "See more"]),
  closing: (cast) => say("\n", "Warm regards,", cast.brand ?? "the people at the shop"),
  remark: "Stand-in copy: a phrase book wrote this, no model.",
};
