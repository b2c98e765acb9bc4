/** The servers of public posts that are stood in for. Each is a file of its own and a line here; nothing else knows it by name. */
import type { FastifyInstance } from "fastify";
import { blueskyStandIn } from "./bluesky.ts";
import { mastodonStandIn } from "./mastodon.ts";
import type { Medium } from "./media.ts";
import type { World } from "./world.ts";

export type PostStandIn = Medium & {
  /** Served under `/CHANNEL`. */
  readonly routes: (app: FastifyInstance, world: World) => void;
  /** The account that posts there, as a destination's address. */
  readonly address: string;
  /** Variables that send a process there: where it is first, then as whom. */
  readonly environment: (url: string) => Readonly<Record<string, string>>;
};

export const postStandIns: readonly PostStandIn[] = [blueskyStandIn, mastodonStandIn];
