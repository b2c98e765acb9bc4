/** Looks at doubts whose time has come: who can be asked is asked, and what its class allows goes out once more. */
import { doubtStep } from "@chorus/core/doubt";
import type { Doubt, DoubtAnswer } from "@chorus/db/doubts";
import type { OpenedCarrier } from "../carriers.ts";
import type { World } from "../world.ts";

const takenAtOnce = 20;

export async function askAboutDoubts(world: World): Promise<void> {
  const doubts = await world.ledger.doubts.take(takenAtOnce);
  await Promise.all(
    doubts.map(async (doubt) => {
      const answer = await answerOf(world, doubt);
      const { runId, messageId, attempt } = doubt;
      world.log.info({ messageId, attempt, answer: answer?.is ?? "cannot_tell" }, "doubt.looked_at");
      if (answer) await world.ledger.doubts.answer({ runId, messageId, attempt, answer });
    }),
  );
}

/** null: the provider cannot tell yet, or could not be reached through an account, and is asked again later. */
async function answerOf(world: World, doubt: Doubt): Promise<DoubtAnswer | null> {
  const found = await world.carriers.get(doubt.workspaceId, doubt.channel).catch(() => null);
  const carrier = found?.is === "opened" ? found : null;
  const canAsk = (carrier === null || carrier.carrier.lookUp !== undefined) && doubt.address !== null;
  switch (doubtStep({ ...doubt, canAsk })) {
    case "ask":
      return carrier && (await ask(world, doubt, carrier));
    case "wait":
      return null;
    case "resend":
      return { is: "resent" };
    case "expire":
      return { is: "expired" };
    case "leave":
      return { is: "final" };
  }
}

/** The provider is asked about the very body it was given, so the message is rendered again. */
async function ask(world: World, doubt: Doubt, { carrier }: OpenedCarrier): Promise<DoubtAnswer | null> {
  try {
    const messageId = world.seal.sealMessage(doubt);
    const compiled = await world.rendering.of(doubt);
    const { body } = compiled(world.rendering.filling(doubt), { id: messageId, at: doubt.at });
    const found = await carrier.lookUp?.(body, { messageId, attempt: doubt.attempt, sentAround: doubt.permittedAt });
    return found && found.is !== "cannot_tell" ? found : null;
  } catch (error) {
    world.log.warn({ messageId: doubt.messageId, error: String(error) }, "doubt.unanswered");
    return null;
  }
}
