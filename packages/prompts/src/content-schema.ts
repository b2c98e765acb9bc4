/** A channel's content as JSON Schema: in full for the writer that fills it in, pared down for providers. */
import type { BrandVoice } from "@chorus/core/brand-voice";
import type { Form } from "@chorus/core/channel";
import type { FactSheet } from "@chorus/core/fact";
import { z } from "zod";

/** The part of JSON Schema that zod writes for contents, and that is read here. */
export type ContentSchema = {
  readonly type?: string | undefined;
  readonly role?: string | undefined;
  readonly description?: string | undefined;
  readonly properties?: Readonly<Record<string, ContentSchema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly additionalProperties?: boolean | undefined;
  readonly items?: ContentSchema | undefined;
  readonly anyOf?: readonly ContentSchema[] | undefined;
  readonly oneOf?: readonly ContentSchema[] | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly const?: unknown;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly minimum?: number | undefined;
};

/** What is written into the content, so before defaults and trimming. `.meta({ role })` comes along as `role`. */
export const contentSchema = (content: z.ZodType): ContentSchema =>
  z.toJSONSchema(content, { io: "input", reused: "inline", cycles: "throw", unrepresentable: "any" }) as ContentSchema;

/**
 * One object with the content of every channel, in the subset that all strict servers take: every field required, a
 * nullable one in place of an optional one, nothing additional, no bound on a length or a number (they are checked
 * here). A link's id can only be one that the fact sheet has, and a value's one of the brand's. `roles: false` leaves out `role`, a word of ours that a
 * server may refuse to know.
 */
export function providerSchema(
  channels: readonly Form[],
  how: { facts: FactSheet; voice: BrandVoice; roles: boolean },
): Record<string, unknown> {
  const linkIds = how.facts.links.map((link) => link.id);
  const valueIds = how.voice.values.map(({ id }) => id);
  const strict = (schema: ContentSchema): Record<string, unknown> => {
    const choices = schema.anyOf ?? schema.oneOf;
    const kept = {
      ...(schema.description === undefined ? {} : { description: schema.description }),
      ...(how.roles && schema.role !== undefined ? { role: schema.role } : {}),
    };
    if (choices) return { ...kept, anyOf: choices.map(strict) };
    if (schema.properties) return { ...kept, ...strictObject(schema, strict) };
    if (schema.items) return { ...kept, type: "array", items: strict(schema.items) };
    if (schema.const !== undefined) return { ...kept, type: schema.type, enum: [schema.const] };
    if (schema.enum) return { ...kept, type: schema.type, enum: schema.enum };
    if (schema.role === "value" && valueIds.length > 0) return { ...kept, type: "string", enum: valueIds };
    if (schema.role === "link" && linkIds.length > 0) return { ...kept, type: "string", enum: linkIds };
    return { ...kept, type: schema.type ?? "string" };
  };
  const each = channels.map((channel): [string, ContentSchema] => [channel.id, contentSchema(channel.content)]);
  return strictObject({ properties: Object.fromEntries(each), required: each.map(([id]) => id) }, strict);
}

function strictObject(
  schema: ContentSchema,
  strict: (schema: ContentSchema) => Record<string, unknown>,
): Record<string, unknown> {
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => [
    name,
    schema.required?.includes(name) ? strict(property) : { anyOf: [strict(property), { type: "null" }] },
  ]);
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    required: Object.keys(schema.properties ?? {}),
    additionalProperties: false,
  };
}

/** Takes out the nulls that a strict server had to give for optional fields. */
export function withoutNulls(value: unknown, schema: ContentSchema): unknown {
  if (Array.isArray(value)) return value.map((each) => (schema.items ? withoutNulls(each, schema.items) : each));
  if (value === null || typeof value !== "object" || !schema.properties) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, each]) => each !== null || !schema.properties?.[name] || schema.required?.includes(name))
      .map(([name, each]) => [name, withoutNulls(each, schema.properties?.[name] ?? {})]),
  );
}
