/** A test of a variant's copy: a message to the workspace's own people that belongs to no run and says what it is. */
import { z } from "zod";
import type { Channel, FieldRole } from "./channel.ts";

/** The run that a test's public id names: the largest a link can hold, which no run ever has. */
export const testRunId = String(2 ** 48 - 1);

export const testMark = "[Test] ";

/** Where a reader looks first, on whichever channel. */
const markedRoles: readonly FieldRole[] = ["subject", "short_message", "headline"];

/**
 * The content with the mark before its first words. Null when it has no such field, or no room: copy of the longest
 * length cannot be tested, because without the mark a test could be taken for the campaign.
 */
export function markAsTest(channel: Pick<Channel, "content">, content: unknown): unknown {
  const { properties = {} } = z.toJSONSchema(channel.content, { io: "input", unrepresentable: "any" });
  const fieldOf = (role: FieldRole) =>
    Object.keys(properties).find((name) => (properties[name] as { role?: unknown }).role === role);
  const field = markedRoles.map(fieldOf).find((name) => name !== undefined);
  const words = field === undefined ? undefined : (content as Record<string, unknown>)[field];
  if (field === undefined || typeof words !== "string") return null;
  const marked = { ...(content as object), [field]: `${testMark}${words}` };
  return channel.content.safeParse(marked).success ? marked : null;
}
