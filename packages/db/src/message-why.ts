/**
 * Why somebody got a message, or did not: what was true when it was decided, read from what does not change. Where that
 * cannot be known any more, a part says so in a word, and nothing is guessed.
 */
import type { Contact } from "@chorus/core/contact";
import type { Id, MessageRef } from "@chorus/core/id";
import type { MessageState } from "@chorus/core/message";
import { leavesOf, shownValue } from "@chorus/core/rule-text";
import { lookedAtBy, type Reasons } from "@chorus/core/why-sentence";
import { type MessageHistory, messageHistory } from "./message-history.ts";
import type { Db } from "./open.ts";
import { type WhyChoice, whyChoice } from "./why-choice.ts";
import { type WhyCopy, whyCopy } from "./why-copy.ts";
import { type Frame, readFrame, type Unknown } from "./why-frame.ts";
import { type WhyPermission, whyPermission } from "./why-permission.ts";
import { type WhySegment, whySegment } from "./why-segment.ts";

export type MessageWhy = {
  readonly frame: Frame;
  readonly segment: WhySegment | null;
  readonly permission: WhyPermission;
  readonly choice: WhyChoice | null;
  readonly copy: WhyCopy | "since_changed";
  /** Null: it was not rendered, or not yet. */
  readonly merged: readonly Merged[] | Unknown | null;
  readonly history: MessageHistory;
  /** For a sentence to whoever got it; null: nobody in particular did. */
  readonly reasons: Reasons | null;
};

/** A field of the contact that was filled in, as it is shown to an auditor. "default": there was none. */
export type Merged = {
  readonly field: string;
  readonly value: string | number | boolean | null;
  readonly used: "value" | "default";
};

/** Null when the workspace has no such message. */
export async function messageWhy(db: Db, of: { workspaceId: Id; ref: MessageRef }): Promise<MessageWhy | null> {
  const frame = await readFrame(db, of);
  const history = frame && (await messageHistory(db, of));
  if (!frame || !history) return null;
  const [segment, permission, choice, copy] = await Promise.all([
    whySegment(db, frame),
    whyPermission(db, frame),
    whyChoice(db, frame),
    whyCopy(db, frame),
  ]);
  const reasons = reasonsOf(frame, { permission, copy });
  return { frame, segment, permission, choice, copy, merged: mergedInto(frame, copy), history, reasons };
}

const neverLeft: readonly MessageState[] = ["skipped", "expired", "cancelled"];
const leftStates: readonly MessageState[] = ["sending", "accepted", "failed", "in_doubt", "in_doubt_final"];

function mergedInto(frame: Frame, copy: WhyCopy | "since_changed"): MessageWhy["merged"] {
  if (!leftStates.includes(frame.message.state)) return null;
  if (copy === "since_changed") return copy;
  if (frame.isErased) return "erased";
  const fields = [...new Set(copy.contactSlots.map((slot) => slot.field))];
  const { rendered, send } = frame;
  const isGiven = (field: string) => send !== null && field in send.fields;
  if (typeof rendered === "string" && !fields.every(isGiven)) return rendered;
  const own = typeof rendered === "string" ? null : rendered;
  return fields.map((field) => {
    const value = isGiven(field) ? (send?.fields[field] ?? null) : ownValue(own, field);
    const isThere = value !== null && String(value).trim() !== "";
    return { field, value: shownValue({ name: field, value }), used: isThere ? "value" : "default" };
  });
}

const ownValue = (contact: Contact | null, field: string): string | number | boolean | null =>
  (field === "first_name" ? contact?.firstName : contact?.fields[field]) ?? null;

/** Names what was looked at and never what was seen there, so that it can be said of anybody, erased or not. */
function reasonsOf(frame: Frame, of: { permission: WhyPermission; copy: WhyCopy | "since_changed" }): Reasons | null {
  const { message, plan, brand } = frame;
  if (message.destinationId !== null || neverLeft.includes(message.state)) return null;
  const { consent, rules } = of.permission;
  const granted = consent !== "erased" && consent?.state === "granted" ? consent.at : null;
  const isByModel = of.copy !== "since_changed" && of.copy.origin?.aiGenerated === true;
  return {
    ...{ brand, locale: message.locale, writtenBy: isByModel ? "model" : null },
    basis:
      message.class !== "marketing"
        ? { is: "account" }
        : rules?.needsConsent
          ? { is: "agreed", at: granted }
          : { is: "listed" },
    version: frame.campaignId === null ? null : versionOf(frame, plan),
  };
}

function versionOf({ message, planned }: Frame, plan: Frame["plan"]): Reasons["version"] {
  const segment = plan.segments.find((each) => each.id === message.segmentId);
  if (segment) return { is: "by", lookedAt: leavesOf(segment.rule).map(lookedAtBy) };
  const declined = planned !== null && typeof planned !== "string" && !planned.profiling;
  return { is: declined ? "declined" : "everyone" };
}
