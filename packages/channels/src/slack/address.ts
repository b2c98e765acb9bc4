/** A Slack channel of our own, by its id or its name. People are not posted to: this channel is public. */
import type { Normalized } from "@chorus/core/channel";
import { bad, ok } from "@chorus/core/problem";

export function normalizeSlackChannel(raw: string): Normalized {
  const text = raw.trim();
  if (/^[CG][A-Z0-9]{8,20}$/.test(text)) return ok({ address: text });
  if (/^[DUW][A-Z0-9]{8,20}$/.test(text))
    return bad({
      path: "",
      code: "slack.not_a_channel",
      message: "This is the id of a person or a direct message. Give a channel that the app was added to.",
    });
  const name = text.replace(/^#/, "").toLowerCase();
  if (/^[\p{Ll}\p{Lo}\p{N}_-]{1,80}$/u.test(name)) return ok({ address: `#${name}` });
  return bad({
    path: "",
    code: "slack.channel",
    message:
      "Give a channel's id, such as C0123456789, or its name, such as #shop-news: no spaces, at most 80 letters.",
  });
}
