/** What every stand-in for public posts does with a post that it may take: play the faults, log, show, answer. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { hangUp } from "./hang-up.ts";
import type { Mark } from "./inbox.ts";
import { record, type World } from "./world.ts";

export type Post = {
  readonly channel: string;
  /** The account's own address: here a post goes nowhere else. */
  readonly to: string;
  readonly messageId: string | null;
  readonly text: string;
};
export type Call = { readonly world: World; readonly request: FastifyRequest; readonly reply: FastifyReply };

export type Early =
  | { readonly is: "rate_limited"; readonly retryAfterSeconds: number }
  | { readonly is: "server_error" };

const shownInList = 200;
const entryOf = ({ channel, to, messageId }: Post) => ({ provider: channel, channel, to, messageId });

/** The fault that keeps this post from being taken; what is answered then is the stand-in's own matter. */
export function earlyFault({ world }: Call, post: Post): Early | null {
  const fault = world.faults.pick(post.channel, ["rate_limited", "server_error"], { names: [post.to] });
  if (!fault) return null;
  const event = fault.is === "rate_limited" ? "rate_limited" : "failed";
  note(world, post, { event, code: fault.is === "rate_limited" ? "429" : "500", fault: fault.is });
  return fault;
}

export const refuse = ({ world }: Call, post: Post, code: string): void =>
  note(world, post, { event: "refused", code });

type Noted = { readonly event: "refused" | "rate_limited" | "failed"; readonly code: string; readonly fault?: string };

function note(world: World, post: Post, noted: Noted): void {
  record(world, { ...entryOf(post), ...noted }, { from: post.to, title: post.text.slice(0, shownInList), body: null });
}

type Taken = { readonly providerMessageId: string; readonly marks: readonly Mark[]; readonly answer: unknown };

/** Logged before it is answered; then the answer, late or never where a fault says so. */
export function take({ world, request, reply }: Call, post: Post, taken: Taken): unknown {
  const late = world.faults.pick(post.channel, ["accept_then_hang_up", "hang"], { names: [post.to] });
  const { providerMessageId, marks, answer } = taken;
  record(
    world,
    { ...entryOf(post), event: "accepted", providerMessageId, fault: late?.is },
    { from: post.to, title: post.text.slice(0, shownInList), body: { is: "post", text: post.text, marks } },
  );
  if (late?.is === "accept_then_hang_up") return hangUp(request, reply);
  if (late?.is !== "hang") return answer;
  world.timers.after(late.ms, () => void reply.send(answer));
  return reply;
}
