/** What a single send says, as it was taken: read beside the message wherever it is rendered. */
import type { FactSheet } from "@chorus/core/fact";
import type { SendFrom } from "@chorus/core/wire-sends";

/** Content of the message's channel, the facts and links that its slots name, and who it comes from when not the workspace. */
export type SendCopy = { readonly content: unknown; readonly facts: FactSheet; readonly sender: SendFrom | null };

/** For a query that has joined `send s`: null for what a campaign planned. */
export const sendColumn = `case when s.message_id is not null
  then jsonb_build_object('content', s.content, 'facts', s.facts, 'sender', s.sender) end as send`;
