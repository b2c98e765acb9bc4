/** The decision record of a message as the outside sees it. */
import type { OptOut } from "@chorus/core/channel";
import type { Id, IdSeal } from "@chorus/core/id";
import { explain } from "@chorus/core/why-sentence";
import type { whyView } from "@chorus/core/wire-why";
import type { MessageWhy } from "@chorus/db/message-why";
import type { z } from "zod";
import { historyBody } from "./message-body.ts";
import { originBody } from "./variant-body.ts";
import type { World } from "./world.ts";

type View = z.infer<typeof whyView>;

export function whyBody({ seal, channels }: Pick<World, "seal" | "channels">, why: MessageWhy): View {
  const { frame, reasons } = why;
  const { message } = frame;
  const offered = channels.find((channel) => channel.id === message.channel)?.traits.optOuts ?? [];
  return {
    sentence: reasons && explain(reasons).sentence,
    who: whoBody(seal, why),
    segment: segmentBody(seal, why),
    channelAndTime: channelBody(why),
    choice: why.choice && { ...why.choice, angles: [...why.choice.angles], by: "hash of run and reader" },
    copy: copyBody(seal, why),
    guards: guardsBody(seal, why),
    personalData: {
      merged: typeof why.merged === "string" ? why.merged : (why.merged?.map((each) => ({ ...each })) ?? null),
      sentToModel: [],
    },
    outcome: outcomeBody(seal, why, message.class === "marketing" ? offered : []),
  };
}

function whoBody(seal: IdSeal, { frame, permission }: MessageWhy): View["who"] {
  const { message, campaignId, permittedAt } = frame;
  const { consent, cap } = permission;
  return {
    messageId: seal.sealMessage({ runId: message.runId, messageId: message.id }),
    contactId: sealed(seal, "contact", message.contactId),
    destinationId: sealed(seal, "destination", message.destinationId),
    campaignId: sealed(seal, "campaign", campaignId),
    runId: seal.seal("run", message.runId),
    ...{ channel: message.channel, class: message.class, locale: message.locale },
    ...{ state: message.state, reason: message.reason, cap },
    plannedAt: message.createdAt.toISOString(),
    permittedAt: permittedAt?.toISOString() ?? null,
    settledAt: message.settledAt?.toISOString() ?? null,
    consent: consent === null || consent === "erased" ? consent : { ...consent, at: consent.at.toISOString() },
  };
}

function segmentBody(seal: IdSeal, { segment }: MessageWhy): View["segment"] {
  if (!segment) return null;
  const { id, passedOver, values, ...rest } = segment;
  return {
    ...rest,
    id: sealed(seal, "segment", id),
    passedOver: passedOver.map((each) => ({ id: seal.seal("segment", each.id), version: each.version })),
    values: typeof values === "string" ? values : values.map((each) => ({ ...each })),
  };
}

function channelBody({ frame, permission }: MessageWhy): View["channelAndTime"] {
  const { rules } = permission;
  return {
    rules: rules && {
      ...{ needsConsent: rules.needsConsent, hours: rules.hours, cap: rules.cap },
      ...{ holds: rules.holds, timeZone: rules.timeZone },
    },
    channels: permission.channels.map((each) => ({ ...each })),
    hold: frame.message.hold,
    scheduledFor: frame.firedFor?.toISOString() ?? null,
    launchedAt: frame.runStartedAt.toISOString(),
  };
}

function copyBody(seal: IdSeal, { copy }: MessageWhy): View["copy"] {
  if (copy === "since_changed") return copy;
  const { approval, facts, links } = copy;
  return {
    variantId: sealed(seal, "variant", copy.variantId),
    ...{ revision: copy.revision, hash: copy.hash },
    origin: copy.origin && originBody(seal, copy.origin),
    facts: facts === "erased" ? facts : facts.map((each) => ({ ...each })),
    links: links === "erased" ? links : links.map((each) => ({ ...each })),
    approval: approval && {
      id: seal.seal("approval", approval.id),
      by: personBody(seal, approval.by),
      at: approval.at.toISOString(),
    },
  };
}

function guardsBody(seal: IdSeal, { copy }: MessageWhy): View["guards"] {
  if (copy === "since_changed") return copy;
  return {
    findings: copy.findings?.map((each) => ({ ...each })) ?? null,
    overrides: copy.shown.map((each) => ({
      ...each,
      by: each.by && personBody(seal, each.by),
      at: each.at.toISOString(),
    })),
  };
}

function outcomeBody(seal: IdSeal, { history, permission }: MessageWhy, optOuts: readonly OptOut[]): View["outcome"] {
  const { delivery, attempts, events, doubts, clicks } = historyBody(seal, history);
  return {
    ...{ delivery, attempts, events, doubts, clicks },
    optOuts: [...optOuts],
    consentWithdrawnAt: permission.withdrawnAt?.toISOString() ?? null,
  };
}

const personBody = (seal: IdSeal, { id, name }: { id: Id; name: string }) => ({ id: seal.seal("person", id), name });

const sealed = (seal: IdSeal, kind: "contact" | "destination" | "campaign" | "segment" | "variant", id: Id | null) =>
  id && seal.seal(kind, id);
