/** What a prompt says about the side from which copy speaks, and about its tone. */
import type { AngleName, ToneName } from "@chorus/core/angle";

const sides: Readonly<Record<AngleName, string>> = {
  benefit: "Begin with what the reader gets out of it: what it is good for in a day of theirs.",
  price: "Begin with the price or the reduction, by its slot, and say plainly what it buys.",
  social_proof:
    "Begin with what others have said or done, by the slot that states it. Quote nobody, and count nothing yourself.",
  novelty: "Begin with what is new and since when, by the slot that states it.",
  values: "Begin with one value of the brand, and show how what is offered keeps to it.",
  curiosity: "Begin with a question that the message itself answers. Hide nothing and tease with nothing untrue.",
  urgency:
    "Begin with the day until which it is true, by its slot. Name the day and leave it at that: no countdown, no scarcity, no pressure.",
};

const tones: Readonly<Record<ToneName, string>> = {
  warm: "Friendly and personal, like a shop whose people know you.",
  plain: "Short sentences, everyday words, nothing to embellish.",
  playful: "Light, with a turn of phrase where it helps, and never at anybody's expense.",
  formal: "Courteous and complete; no contractions and no slang.",
};

export const angleCard = ({ angle, tone }: { angle: AngleName; tone: ToneName }) => ({
  ...{ angle, tone },
  approach: `${sides[angle]} ${tones[tone]}`,
});
