/** Asks providers that can be asked what became of a message in doubt. */
import { answerDoubt, type Doubt, type DoubtAnswer, takeDoubtsToAsk } from "@chorus/db/doubts";
import type { World } from "../world.ts";

const askedAtOnce = 20;

export async function askAboutDoubts(world: World): Promise<void> {
  const doubts = await takeDoubtsToAsk(world.db, askedAtOnce);
  await Promise.all(
    doubts.map(async (doubt) => {
      const answer = await ask(world, doubt);
      world.log.info({ messageId: doubt.messageId, attempt: doubt.attempt, answer: answer.is }, "doubt.asked");
      await answerDoubt(world.db, { runId: doubt.runId, messageId: doubt.messageId, attempt: doubt.attempt, answer });
    }),
  );
}

/** The provider is asked about the very body it was given, so the message is rendered again. */
async function ask(world: World, doubt: Doubt): Promise<DoubtAnswer> {
  try {
    const { carrier } = await world.carriers.get(doubt.workspaceId, doubt.channel);
    if (!carrier.lookUp || doubt.address === null) return { is: "cannot_tell" };
    const messageId = world.seal.sealMessage(doubt);
    const compiled = await world.rendering.of(doubt);
    const to = { address: doubt.address, locale: doubt.locale, firstName: doubt.firstName, fields: doubt.fields };
    const { body } = compiled(to, { id: messageId, at: doubt.since });
    return await carrier.lookUp(body, { messageId, attempt: doubt.attempt, sentAround: doubt.since });
  } catch (error) {
    world.log.warn({ messageId: doubt.messageId, error: String(error) }, "doubt.unanswered");
    return { is: "cannot_tell" };
  }
}
