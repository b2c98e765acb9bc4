/** A Mastodon account of our own, as @name@instance: a post goes to the timeline of the account whose token it is. */
import type { Normalized } from "@chorus/core/channel";
import { bad, ok } from "@chorus/core/problem";

const account = /^@?([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,60}[A-Za-z0-9_])?)@([a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?)$/i;

export function normalizeMastodonAccount(raw: string): Normalized {
  const [, name, instance] = account.exec(raw.trim()) ?? [];
  if (name && instance) return ok({ address: `@${name}@${instance}`.toLowerCase() });
  return bad({
    path: "",
    code: "mastodon.account",
    message: "Give the account with its instance, such as @shop@mastodon.example.",
  });
}
