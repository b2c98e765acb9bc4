/** What a chat request asks copy for: the JSON object in its last user message that names segment and slots. */
import { isRecord } from "./message-id.ts";

export type CopySlot = {
  /** "fact:price", "link:shop", "contact:first_name". */
  readonly id: string;
  readonly kind: string;
  readonly example: string;
  readonly label: string;
};

export type CopyRequest = {
  /** Every name and id the segment goes by. */
  readonly segmentNames: readonly string[];
  /** All the words said about the segment. */
  readonly about: string;
  readonly locale: string;
  readonly angle: string;
  readonly channels: readonly string[];
  /** Those among them that reach nobody in particular. */
  readonly publicChannels: readonly string[];
  readonly slots: readonly CopySlot[];
  readonly mainLink: string | null;
  readonly mustSay: readonly string[];
  readonly mustNotSay: readonly string[];
};

/** null when no user message holds such an object: then it is an ordinary chat. */
export function readCopyRequest(messages: unknown): CopyRequest | null {
  const texts = (Array.isArray(messages) ? messages : [])
    .filter((message) => isRecord(message) && message.role === "user")
    .map((message) => textOfMessage(message.content));
  for (const text of texts.reverse()) {
    const asked = parseObject(text);
    if (asked && "segment" in asked && Array.isArray(asked.slots)) return toRequest(asked);
  }
  return null;
}

/** Content is a text, or a list of parts. */
export function textOfMessage(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (isRecord(part) && typeof part.text === "string" ? part.text : "")).join("\n");
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function toRequest(asked: Record<string, unknown>): CopyRequest {
  const { segment, angle, brief } = asked;
  const briefing = isRecord(brief) ? brief : {};
  return {
    segmentNames: isRecord(segment)
      ? [segment.name, segment.id, segment.slug].filter(isText)
      : [segment].filter(isText),
    about: allText(segment),
    locale: isText(asked.locale) ? asked.locale : "en",
    angle: allText(angle).toLowerCase(),
    channels: listOfNames(asked.channels),
    publicChannels: listOfNames(listOf(asked.channels).filter((each) => isRecord(each) && each.reach === "public")),
    slots: (asked.slots as unknown[]).filter(isRecord).map(toSlot),
    mainLink: isText(briefing.mainLink) ? briefing.mainLink : null,
    mustSay: listOfTexts(briefing.mustSay),
    mustNotSay: listOfTexts(briefing.mustNotSay),
  };
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const listOfTexts = (value: unknown): string[] => (Array.isArray(value) ? value.filter(isText) : []);

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

function toSlot(slot: Record<string, unknown>): CopySlot {
  const text = (key: string) =>
    typeof slot[key] === "string" || typeof slot[key] === "number" ? String(slot[key]) : "";
  return {
    id: text("id").replace(/[{}]/g, "").trim(),
    kind: text("kind"),
    example: text("example"),
    label: text("label"),
  };
}

/** Channels come as ids, or as objects with one. */
function listOfNames(value: unknown): string[] {
  if (!Array.isArray(value)) return isRecord(value) ? Object.keys(value) : [];
  return value.map((each) => (isRecord(each) ? String(each.id ?? each.name ?? "") : String(each)));
}

function allText(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(allText).join(" ");
  return isRecord(value) ? Object.values(value).map(allText).join(" ") : "";
}
