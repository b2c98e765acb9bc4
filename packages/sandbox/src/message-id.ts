/** Finds our own public message id (`msg_…`) where each provider's protocol carries it, so that the wire log can name it. */

export type Carried = { readonly messageId: string | null; readonly attempt?: number | undefined };

const publicId = /msg_[0-9a-z]{26}/;
const nothing: Carried = { messageId: null };

/** From a mail's `Message-ID: <msg_…@domain>`; null for other clients' mails. */
export function carriedByMail(messageIdHeader: string | null): Carried {
  const found = messageIdHeader ? /^<(msg_[0-9a-z]{26})@/.exec(messageIdHeader.trim()) : null;
  return { messageId: found?.[1] ?? null };
}

/** From `?m=msg_…&a=2` of the address that a text message's status is reported to. */
export function carriedByCallback(statusCallback: string | undefined): Carried {
  if (!statusCallback || !URL.canParse(statusCallback)) return nothing;
  const query = new URL(statusCallback).searchParams;
  return { messageId: publicId.exec(query.get("m") ?? "")?.[0] ?? null, attempt: positive(query.get("a")) };
}

/** From `metadata.event_payload.m` (and `.a`) of a Slack post. */
export function carriedByMetadata(metadata: unknown): Carried {
  const payload = isRecord(metadata) ? metadata.event_payload : undefined;
  if (!isRecord(payload) || typeof payload.m !== "string") return nothing;
  return { messageId: publicId.exec(payload.m)?.[0] ?? null, attempt: positive(payload.a) };
}

/** From the id of a request, which names its message and nothing else. */
export const carriedByRequestId = (id: unknown): Carried => ({
  messageId: typeof id === "string" ? (/^msg_[0-9a-z]{26}$/.exec(id)?.[0] ?? null) : null,
});

function positive(value: unknown): number | undefined {
  const number = Number(value);
  return value !== null && Number.isInteger(number) && number > 0 ? number : undefined;
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
