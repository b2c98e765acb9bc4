/** Every channel there is. A new one is a folder of its own and a line here. */
import type { Channel } from "@chorus/core/channel";
import { bluesky } from "./bluesky/channel.ts";
import { email } from "./email/channel.ts";
import { mastodon } from "./mastodon/channel.ts";
import { slack } from "./slack/channel.ts";
import { sms } from "./sms/channel.ts";

export const channels: readonly Channel[] = [email, sms, slack, bluesky, mastodon];

export const channelById = (id: string): Channel | null => channels.find((channel) => channel.id === id) ?? null;
