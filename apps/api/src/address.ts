/** An address that stands alone in a request, in the form in which it is stored and hashed. */
import type { Channel } from "@chorus/core/channel";
import type { Checked } from "@chorus/core/problem";
import { bad, ok } from "@chorus/core/problem";

export function readAddress(channels: readonly Channel[], of: { channel: string; address: string }): Checked<string> {
  const channel = channels.find((each) => each.id === of.channel);
  if (!channel) {
    const message = `Give one of: ${channels.map((each) => each.id).join(", ")}.`;
    return bad({ path: "channel", code: "channel.unknown", message, got: of.channel });
  }
  const normal = channel.normalizeAddress(of.address);
  if (normal.is === "bad") return bad(...normal.problems.map((each) => ({ ...each, path: "address" })));
  return ok(normal.value.address);
}
