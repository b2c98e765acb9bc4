/** Slack's own limits on a message (docs.slack.dev/reference/block-kit, checked 2026-11-22), said in Slack's words. */
import { isRecord } from "./message-id.ts";

export type BlockVerdict =
  | { is: "fine"; blocks: readonly unknown[] }
  | { is: "wrong"; error: "invalid_blocks" | "invalid_blocks_format" | "msg_blocks_too_long"; messages: string[] };

const limits = {
  blocks: 50,
  header: 150,
  section: 3000,
  sectionField: 2000,
  sectionFields: 10,
  button: 75,
  url: 3000,
  contextElements: 10,
  actionElements: 25,
  markdown: 12_000,
  /** Undocumented; seen at about this size in slackapi/bolt-js#2509. */
  allText: 13_200,
};

/** `blocks` comes as an array in JSON bodies and as JSON text in forms. */
export function checkBlocks(raw: unknown): BlockVerdict {
  const blocks = typeof raw === "string" ? parseJson(raw) : raw;
  if (!Array.isArray(blocks) || !blocks.every(isRecord))
    return { is: "wrong", error: "invalid_blocks_format", messages: [] };
  const messages = [
    ...atMost({ count: blocks.length, max: limits.blocks, at: "/blocks" }),
    ...blocks.flatMap((block, index) => checkBlock(block, `/blocks/${index}`)),
  ];
  if (messages.length > 0) return { is: "wrong", error: "invalid_blocks", messages };
  if (lengthOfText(blocks) > limits.allText) return { is: "wrong", error: "msg_blocks_too_long", messages: [] };
  return { is: "fine", blocks };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

type Block = Record<string, unknown>;

function checkBlock(block: Block, at: string): string[] {
  switch (block.type) {
    case "header":
      return checkText(block.text, { at: `${at}/text`, max: limits.header, plain: true });
    case "section":
      return checkSection(block, at);
    case "context":
      return checkElements(block.elements, { at: `${at}/elements`, max: limits.contextElements });
    case "actions":
      return checkElements(block.elements, { at: `${at}/elements`, max: limits.actionElements });
    case "image":
      return block.alt_text ? [] : [`[ERROR] missing required field: alt_text [json-pointer:${at}]`];
    case "markdown":
      return tooLong({ text: block.text, max: limits.markdown, at: `${at}/text` });
    case "divider":
    case "rich_text":
    case "video":
      return [];
    default:
      return [`[ERROR] unsupported type: ${String(block.type)} [json-pointer:${at}/type]`];
  }
}

function checkSection(block: Block, at: string): string[] {
  const fields = Array.isArray(block.fields) ? block.fields : [];
  if (block.text === undefined && fields.length === 0)
    return [`[ERROR] missing required field: text [json-pointer:${at}]`];
  const accessory = isRecord(block.accessory) ? checkElement(block.accessory, `${at}/accessory`) : [];
  return [
    ...(block.text === undefined ? [] : checkText(block.text, { at: `${at}/text`, max: limits.section })),
    ...atMost({ count: fields.length, max: limits.sectionFields, at: `${at}/fields` }),
    ...fields.flatMap((field, index) => checkText(field, { at: `${at}/fields/${index}`, max: limits.sectionField })),
    ...accessory,
  ];
}

function checkElements(elements: unknown, { at, max }: { at: string; max: number }): string[] {
  if (!Array.isArray(elements) || elements.length === 0)
    return [`[ERROR] missing required field: elements [json-pointer:${at}]`];
  return [
    ...atMost({ count: elements.length, max, at }),
    ...elements.flatMap((each, index) => (isRecord(each) ? checkElement(each, `${at}/${index}`) : [])),
  ];
}

function checkElement(element: Block, at: string): string[] {
  if (element.type !== "button") return [];
  return [
    ...checkText(element.text, { at: `${at}/text`, max: limits.button, plain: true }),
    ...tooLong({ text: element.url, max: limits.url, at: `${at}/url` }),
  ];
}

function checkText(text: unknown, of: { at: string; max: number; plain?: boolean }): string[] {
  if (!isRecord(text) || typeof text.text !== "string")
    return [`[ERROR] must be a text object [json-pointer:${of.at}]`];
  if (of.plain && text.type !== "plain_text")
    return [`[ERROR] must be of type plain_text [json-pointer:${of.at}/type]`];
  if (text.text === "") return [`[ERROR] must be more than 0 characters [json-pointer:${of.at}/text]`];
  return tooLong({ text: text.text, max: of.max, at: `${of.at}/text` });
}

const tooLong = ({ text, max, at }: { text: unknown; max: number; at: string }): string[] =>
  typeof text === "string" && text.length > max
    ? [`[ERROR] must be less than ${max + 1} characters [json-pointer:${at}]`]
    : [];

const atMost = ({ count, max, at }: { count: number; max: number; at: string }): string[] =>
  count > max ? [`[ERROR] no more than ${max} items allowed [json-pointer:${at}]`] : [];

function lengthOfText(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + lengthOfText(each), 0);
  if (!isRecord(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, each]) => sum + (key === "text" && typeof each === "string" ? each.length : lengthOfText(each)),
    0,
  );
}
