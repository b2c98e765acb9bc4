import { expect, it } from "vitest";
import { openTally } from "./tally.ts";

it("counts permits by workspace, channel, class and lane, and begins anew when they are taken", () => {
  const tally = openTally();
  const sms = { workspaceId: "1", channel: "sms", class: "security", lane: 3 } as const;
  for (const message of [sms, sms, { ...sms, lane: 4 }, { ...sms, workspaceId: "2" }]) tally.count(message);
  expect(tally.take()).toEqual([
    { ...sms, permits: 2 },
    { ...sms, lane: 4, permits: 1 },
    { ...sms, workspaceId: "2", permits: 1 },
  ]);
  expect(tally.take()).toEqual([]);
});
