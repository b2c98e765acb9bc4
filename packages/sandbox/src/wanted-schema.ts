/** Which JSON the caller wants: as the prompt itself says it, else as `response_format` does, else a channel's usual fields. */
import { type CopyRequest, textOfMessage } from "./copy-request.ts";
import type { Schema } from "./fill-schema.ts";
import { isRecord } from "./message-id.ts";

type Body = Readonly<Record<string, unknown>>;

export const wantedSchema = (body: Body, asked: CopyRequest): Schema =>
  promptSchema(body) ?? formatSchema(body) ?? usualSchema(asked);

function formatSchema(body: Body): Schema | null {
  const format = body.response_format;
  const wanted = isRecord(format) ? format.json_schema : null;
  const schema = isRecord(wanted) ? wanted.schema : null;
  return isRecord(schema) ? schema : null;
}

/** On a line of its own. It may say more than strict servers take: what a field is for. */
function promptSchema(body: Body): Schema | null {
  const messages = Array.isArray(body.messages) ? body.messages.filter(isRecord) : [];
  const lines = messages.flatMap((message) => textOfMessage(message.content).split("\n"));
  for (const line of lines) {
    const start = line.indexOf("{");
    if (start < 0 || !line.includes('"properties"')) continue;
    const schema = parseRecord(line.slice(start));
    if (schema && isRecord(schema.properties)) return schema;
  }
  return null;
}

function parseRecord(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function usualSchema(asked: CopyRequest): Schema {
  const texts = (names: string[]) => ({
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, { type: "string" }])),
  });
  const shapes: Readonly<Record<string, Schema>> = {
    email: texts(["subject", "preheader", "headline", "body", "button"]),
    sms: texts(["text"]),
  };
  const fallback = texts(["headline", "text", "button"]);
  return {
    type: "object",
    properties: Object.fromEntries(asked.channels.map((channel) => [channel, shapes[channel] ?? fallback])),
  };
}
