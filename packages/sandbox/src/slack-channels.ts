/** The channels of the stand-in's Slack workspace, and what was posted in them. */
import { createHash } from "node:crypto";

export type SlackPost = {
  readonly ts: string;
  readonly text: string;
  readonly blocks: readonly unknown[];
  readonly metadata: unknown;
  readonly username: string | null;
  readonly threadTs: string | null;
  /** The inbox's number of the message. */
  readonly arrival: number;
};

export type SlackChannel = {
  readonly id: string;
  readonly name: string;
  readonly isMember: boolean;
  readonly createdAt: number;
  /** Oldest first; the newest 10,000 are kept. */
  readonly posts: SlackPost[];
};

export type SlackChannels = {
  add(name: string, isMember?: boolean): SlackChannel;
  /** By id, "#name" or "name". */
  find(idOrName: string): SlackChannel | null;
  all(): readonly SlackChannel[];
  post(channel: SlackChannel, of: Omit<SlackPost, "ts">, ts: string): SlackPost;
  /** A time stamp that no message of the workspace had: seconds and microseconds. */
  nextTs(): string;
};

const postsKept = 10_000;

export function openSlackChannels(names: readonly string[]): SlackChannels {
  const channels: SlackChannel[] = [];
  let lastMicros = 0;
  const add = (name: string, isMember = true): SlackChannel => {
    const known = channels.findIndex((each) => each.name === name);
    const posts = channels[known]?.posts ?? [];
    const channel = { id: channelId(name), name, isMember, createdAt: Math.floor(Date.now() / 1000), posts };
    if (known >= 0) channels[known] = channel;
    else channels.push(channel);
    return channel;
  };
  for (const name of names) add(name);
  return {
    add,
    find: (idOrName) =>
      channels.find((each) => each.id === idOrName || each.name === idOrName.replace(/^#/, "")) ?? null,
    all: () => channels,
    post(channel, of, ts) {
      const post = { ...of, ts };
      channel.posts.push(post);
      if (channel.posts.length > postsKept) channel.posts.shift();
      return post;
    },
    nextTs() {
      lastMicros = Math.max(lastMicros + 1, Date.now() * 1000);
      return `${Math.floor(lastMicros / 1e6)}.${String(lastMicros % 1e6).padStart(6, "0")}`;
    },
  };
}

/** The same name has the same id in every run, so that settings can name it. */
const channelId = (name: string): string =>
  `C0${createHash("sha256").update(name).digest("hex").slice(0, 9).toUpperCase()}`;
