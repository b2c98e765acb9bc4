/** Mail may say it comes from a domain of the workspace and from no other: the rest would fail every receiver's checks. */
import type { Channel } from "@chorus/core/channel";
import type { Problem } from "@chorus/core/problem";
import type { SendFrom } from "@chorus/core/wire-sends";
import type { Workspace } from "@chorus/db/workspaces";

const domainOf = (address: string): string => address.slice(address.lastIndexOf("@") + 1).toLowerCase();

/** Null when the sender may be used. */
export function senderProblem(workspace: Workspace, channel: Channel, from: SendFrom): Problem | null {
  if (channel.traits.markup !== "html")
    return { path: "from", code: "sender.unused", message: `${channel.label} has no sender address. Leave it out.` };
  const own = domainOf(workspace.sender.email);
  const domain = domainOf(from.email);
  if (domain === own) return null;
  return {
    path: "from.email",
    code: "sender.unverified",
    message: `This workspace sends from ${own}. For ${domain}, add these records and make it the workspace's: ${recordsOf(domain)}`,
  };
}

/** RFC 7208, RFC 6376 and RFC 7489, which Gmail, Yahoo and Microsoft all ask of whoever sends in bulk. */
const recordsOf = (domain: string): string =>
  [
    `${domain} TXT "v=spf1 include:<your mail server's> -all"`,
    `<selector>._domainkey.${domain} TXT "v=DKIM1; p=<your mail server's public key>"`,
    `_dmarc.${domain} TXT "v=DMARC1; p=none; adkim=r; aspf=r"`,
  ].join(" · ");
