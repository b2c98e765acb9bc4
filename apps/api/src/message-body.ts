/** A message as the outside sees it. */
import type { IdSeal } from "@chorus/core/id";
import type { messageView } from "@chorus/core/wire-messages";
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
