/** Reads what another service wants sent: finds whom and what it names, and holds its words against the channel. */
import type { Channel } from "@chorus/core/channel";
import type { Id } from "@chorus/core/id";
import type { Problem } from "@chorus/core/problem";
import { readSendAt } from "@chorus/core/schedule";
import type { SendInput } from "@chorus/core/wire-sends";
import type { Caller } from "@chorus/db/keys";
import type { NewSend } from "@chorus/db/new-send";
import { databaseNow } from "@chorus/db/open";
import { type ApprovedVariant, findApprovedVariant, findRecipients, type Recipients } from "@chorus/db/send-sources";
import { getWorkspace, type Workspace } from "@chorus/db/workspaces";
import { readTo, wantedOf } from "./send-recipient.ts";
import { readWords } from "./send-words.ts";
import { senderProblem } from "./sender-domain.ts";
import type { World } from "./world.ts";

export type ReadSends = { readonly sends: readonly NewSend[]; readonly problems: readonly Problem[] };

/** In the order of the request; with any problem nothing of it may be sent. */
export async function readSends(world: World, caller: Caller, inputs: readonly SendInput[]): Promise<ReadSends> {
  const workspace = await getWorkspace(world.db, caller.workspace.id);
  if (!workspace) throw new Error("A key opened a workspace that is not there.");
  const recipients = await findRecipients(world.db, { workspaceId: workspace.id, ...wantedOf(world, caller, inputs) });
  const isTimed = inputs.some((input) => input.sendAt ?? input.expiresAt);
  const now = isTimed ? await databaseNow(world.db.sql) : null;
  const within = { world, caller, workspace, recipients, now, variantOf: openVariants(world, workspace) };
  const sends: NewSend[] = [];
  const problems: Problem[] = [];
  for (const [index, input] of inputs.entries()) {
    const read = await readSend(within, input);
    if ("send" in read) sends.push(read.send);
    else problems.push(...read.problems.map((each) => under(inputs.length > 1 ? `messages[${index}]` : "", each)));
  }
  return { sends, problems };
}

/** Who sends, and everybody that the request names. */
export type Sending = {
  world: World;
  caller: Caller;
  workspace: Workspace;
  recipients: Recipients;
  now: Date | null;
  /** Null when the workspace has no such variant. */
  variantOf: (id: Id) => Promise<ApprovedVariant | null>;
};
type Read = { send: NewSend } | { problems: readonly Problem[] };

/** Five hundred sends of one variant read it once. */
function openVariants(world: World, workspace: Workspace): Sending["variantOf"] {
  const read = new Map<Id, Promise<ApprovedVariant | null>>();
  return (id) => {
    const reading = read.get(id) ?? findApprovedVariant(world.db, { workspaceId: workspace.id, id });
    read.set(id, reading);
    return reading;
  };
}

async function readSend(within: Sending, input: SendInput): Promise<Read> {
  const channel = within.world.channels.find((each) => each.id === input.channel);
  if (!channel) return { problems: [noSuchChannel(within.world.channels, input.channel)] };
  const to = readTo(within, channel, input);
  const sender = input.from ? senderProblem(within.workspace, channel, input.from) : null;
  const found = [...("problem" in to ? [to.problem] : []), ...(sender ? [sender] : []), ...timeProblems(within, input)];
  if ("problem" in to || found.length > 0) return { problems: found };
  const locale = input.locale ?? to.locale ?? within.workspace.locale;
  const words = await readWords(within, channel, input, locale);
  if ("problems" in words) return words;
  return {
    send: {
      ...{ channel: channel.id, class: input.class, sender: input.from ?? null },
      ...{ contactId: to.contactId, destinationId: to.destinationId, address: to.address },
      fields: to.firstName ? { first_name: to.firstName, ...input.fields } : input.fields,
      ...words,
      notBefore: input.sendAt ? new Date(input.sendAt) : null,
      expiresAt: input.expiresAt ? new Date(input.expiresAt) : null,
    },
  };
}

function timeProblems({ now }: Sending, { sendAt, expiresAt }: SendInput): Problem[] {
  const at = sendAt === undefined || !now ? null : readSendAt(sendAt, now);
  if (at?.is === "bad") return at.problems.map((each) => ({ ...each, path: "sendAt" }));
  const starts = at?.value ?? now;
  if (!expiresAt || !starts || new Date(expiresAt) > starts) return [];
  return [{ path: "expiresAt", code: "time.order", message: "It must lie in the future, and after sendAt." }];
}

const under = (place: string, problem: Problem): Problem =>
  place ? { ...problem, path: problem.path ? `${place}.${problem.path}` : place } : problem;

const noSuchChannel = (channels: readonly Channel[], got: string): Problem => ({
  path: "channel",
  code: "channel.unknown",
  message: `Give one of: ${channels.map((each) => each.id).join(", ")}.`,
  got,
});
