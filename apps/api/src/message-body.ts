/** A message as the outside sees it, alone and with its history. */
import type { IdSeal } from "@chorus/core/id";
import type { messageHistoryView, messageView } from "@chorus/core/wire-messages";
import type { MessageHistory } from "@chorus/db/message-history";
import type { Message } from "@chorus/db/messages";
import type { z } from "zod";

export const messageBody = (seal: IdSeal, message: Message): z.infer<typeof messageView> => ({
  id: seal.sealMessage({ runId: message.runId, messageId: message.id }),
  runId: seal.seal("run", message.runId),
  contactId: message.contactId && seal.seal("contact", message.contactId),
  destinationId: message.destinationId && seal.seal("destination", message.destinationId),
  segmentId: message.segmentId && seal.seal("segment", message.segmentId),
  variantId: message.variantId && seal.seal("variant", message.variantId),
  channel: message.channel,
  class: message.class,
  locale: message.locale,
  state: message.state,
  reason: message.reason,
  hold: message.hold,
  attempt: message.attempt,
  delivery: message.delivery,
  providerMessageId: message.providerMessageId,
  cost: message.cost,
  createdAt: message.createdAt.toISOString(),
  settledAt: message.settledAt?.toISOString() ?? null,
});

export const historyBody = (seal: IdSeal, history: MessageHistory): z.infer<typeof messageHistoryView> => ({
  ...messageBody(seal, history.message),
  maybeTwice: history.doubts.some((doubt) => doubt.resolution === "resent"),
  due: history.due && {
    notBefore: history.due.notBefore.toISOString(),
    expiresAt: history.due.expiresAt.toISOString(),
  },
  attempts: history.attempts.map(({ at, ...attempt }) => ({ ...attempt, at: at.toISOString() })),
  events: history.events.map(({ receivedAt, ...event }) => ({ ...event, receivedAt: receivedAt.toISOString() })),
  doubts: history.doubts.map(({ since, resolvedAt, ...doubt }) => ({
    ...doubt,
    since: since.toISOString(),
    resolvedAt: resolvedAt?.toISOString() ?? null,
  })),
  clicks: history.clicks.map(({ link, at }) => ({ link, at: at.toISOString() })),
  picks: [...history.picks],
});
