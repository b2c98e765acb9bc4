/**
 * How long Mastodon finds a post: in graphemes, every link as long as its instance reserves for one, 23 where nothing else
 * is said (docs.joinmastodon.org/entities/Instance, configuration.statuses, 2026-11-28).
 */
import { countGraphemes } from "@chorus/core/measure";

export const usualInstance: InstanceLimits = { characters: 500, perLink: 23 };
export type InstanceLimits = { readonly characters: number; readonly perLink: number };

/** A link ends before the punctuation that closes a sentence. */
const links = /\bhttps?:\/\/[\w\-.~:/?#@!$&'()*+,;=%[\]]*[\w\-~/#@$&*+=%]/g;

export const linksIn = (text: string): readonly string[] => text.match(links) ?? [];

export const asCounted = (text: string, perLink = usualInstance.perLink): string =>
  text.replace(links, "x".repeat(perLink));

export const countPost = (text: string, perLink: number): number => countGraphemes(asCounted(text, perLink));
