/** What a schema cannot know about a campaign: which channels and segments there are, and where links may lead. */
import { BlockList, isIP } from "node:net";
import { groundlessAngles } from "@chorus/core/angle";
import type { BrandVoice } from "@chorus/core/brand-voice";
import type { Brief } from "@chorus/core/brief";
import type { Id } from "@chorus/core/id";
import type { Problem } from "@chorus/core/problem";
import { type Campaign, segmentNames } from "@chorus/db/campaigns";
import type { Caller } from "@chorus/db/keys";
import { nearestOf } from "./nearest.ts";
import type { World } from "./world.ts";

export function checkChannels(world: World, channels: readonly string[]): Problem[] {
  const known = world.channels.map((channel) => channel.id);
  return channels.flatMap((id, place): Problem[] => {
    if (known.includes(id)) return [];
    const nearest = nearestOf(id, known);
    const message = nearest ? `Did you mean "${nearest}"?` : `There are: ${known.join(", ")}.`;
    return [
      { path: `channels[${place}]`, code: "channel.unknown", message: `There is no such channel. ${message}`, got: id },
    ];
  });
}

/** Opens sealed segment ids. A problem names the place of each that the workspace does not have. */
export async function openSegments(
  world: World,
  caller: Caller,
  sealed: readonly string[],
): Promise<{ ids: Id[]; problems: Problem[] }> {
  const opened = sealed.map((text) => world.seal.open("segment", text));
  const ids = opened.filter((id) => id !== null);
  const known = await segmentNames(world.db, { workspaceId: caller.workspace.id, ids });
  const problems = opened.flatMap((id, place): Problem[] =>
    id !== null && known.has(id)
      ? []
      : [
          {
            path: `segments[${place}]`,
            code: "segment.unknown",
            message: "This workspace has no such segment. GET /v1/segments lists them.",
            got: sealed[place]?.slice(0, 64),
          },
        ],
  );
  return { ids, problems };
}

/** A live workspace's readers are outside: a link to our own network is a mistake, or somebody probing it. */
export function checkLinks(brief: Brief, kind: "live" | "sandbox"): Problem[] {
  if (kind === "sandbox") return [];
  return brief.factSheet.links.flatMap(({ url }, place): Problem[] =>
    isInside(new URL(url).hostname)
      ? [
          {
            path: `brief.factSheet.links[${place}].url`,
            code: "link.private",
            message: "This address is inside a private network; no reader can open it. Give a public one.",
          },
        ]
      : [],
  );
}

/** Before anything is written: the button needs somewhere to lead, and an angle something to speak of. */
export function checkReadyToPlan(
  { brief, angles }: Pick<Campaign, "brief" | "angles">,
  { values }: Pick<BrandVoice, "values">,
): Problem[] {
  return [...checkMainLink(brief), ...groundlessAngles(angles, { facts: brief.factSheet.facts, values })];
}

function checkMainLink(brief: Brief): Problem[] {
  const links = brief.factSheet.links.map((link) => link.id);
  if (links.includes(brief.mainLink)) return [];
  const listed = links.length > 0 ? `It has: ${links.join(", ")}.` : "It has none.";
  return [
    {
      path: "brief.mainLink",
      code: "brief.main_link_unknown",
      message: `The fact sheet has no link "${brief.mainLink}" for the call to action. ${listed} Add it, or name another as mainLink.`,
      got: brief.mainLink,
    },
  ];
}

/** Private, loopback, link-local and unspecified ranges (RFC 1918, 6598, 3927, 4193, 4291). */
const inside = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const)
  inside.addSubnet(net, bits, "ipv4");
for (const [net, bits] of [
  ["::", 127],
  ["fc00::", 7],
  ["fe80::", 10],
] as const)
  inside.addSubnet(net, bits, "ipv6");

function isInside(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const version = isIP(bare);
  if (version === 0) return !bare.includes(".") || /\.(localhost|local|internal|invalid|test)$/.test(bare);
  return inside.check(bare, version === 4 ? "ipv4" : "ipv6");
}
