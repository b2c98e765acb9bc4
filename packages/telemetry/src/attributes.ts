/**
 * What a span may say. A closed list of words and numbers: no name, address, text or detail has a place here, and a
 * value that is not a plain word (a space, an @, a +) is withheld, whoever wrote it.
 */
export type Attributes = {
  readonly [Name in AttributeName]?: string | number | boolean | null | undefined;
};

type AttributeName =
  | "attempt"
  | "campaignId"
  | "carrierId"
  | "channel"
  | "class"
  | "delivery"
  | "job"
  | "lane"
  | "link"
  | "messageId"
  | "method"
  | "outcome"
  | "provider"
  | "reason"
  | "requestId"
  | "revision"
  | "route"
  | "runId"
  | "status"
  | "variantId"
  | "workerId";

/** Words, ids and routes ("/v1/messages/:id"). */
const plain = /^[\w.:/*-]{1,120}$/;
export const withheld = "withheld";

/** Under a prefix of our own, without what is not set. */
export function spelled(attributes: Attributes): Record<string, string | number | boolean> {
  const kept: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    kept[`chorus.${name}`] = typeof value === "string" && !plain.test(value) ? withheld : value;
  }
  return kept;
}
