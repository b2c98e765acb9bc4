/** A Bluesky account of our own, by its handle or its DID: a post goes to the feed of the account that signs in. */
import type { Normalized } from "@chorus/core/channel";
import { bad, ok } from "@chorus/core/problem";

/** atproto.com/specs/handle and atproto.com/specs/did, as of 2026-11. */
const handle = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const did = /^did:[a-z]+:[A-Za-z0-9._:%-]{1,240}[A-Za-z0-9._-]$/;

export function normalizeBlueskyAccount(raw: string): Normalized {
  const text = raw.trim();
  if (did.test(text)) return ok({ address: text });
  const name = text.replace(/^@/, "").toLowerCase();
  if (handle.test(name)) return ok({ address: name });
  return bad({
    path: "",
    code: "bluesky.account",
    message: "Give the account's handle, such as shop.example.com or shop.bsky.social, or its DID.",
  });
}
