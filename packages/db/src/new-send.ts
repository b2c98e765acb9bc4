/** What a request to send is made of, before the ledger has it. */
import type { Channel } from "@chorus/core/channel";
import type { FactSheet } from "@chorus/core/fact";
import type { Id } from "@chorus/core/id";
import type { MessageClass } from "@chorus/core/message";
import type { SendFrom } from "@chorus/core/wire-sends";
import type { SendingWorkspace } from "./run-of-day.ts";

/** One message, with everything about it found and checked. */
export type NewSend = {
  readonly channel: string;
  readonly class: MessageClass;
  readonly contactId: Id | null;
  readonly destinationId: Id | null;
  /** Of an address that is no contact's. */
  readonly address: { readonly value: string; readonly hash: Uint8Array } | null;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly locale: string;
  readonly variantId: Id | null;
  readonly content: unknown;
  readonly facts: FactSheet;
  readonly sender: SendFrom | null;
  readonly notBefore: Date | null;
  readonly expiresAt: Date | null;
};

export type Sending = {
  readonly workspace: SendingWorkspace;
  readonly channels: readonly Channel[];
  readonly key: string;
  /** Over the request as it was understood. */
  readonly bodyHash: Uint8Array;
  readonly sends: readonly NewSend[];
};
