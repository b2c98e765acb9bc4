/** Another service that asks for posts while the run goes out, and trusts each 202. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { SendingPlace } from "@chorus/cli/sending-place";
import { destinationBody } from "@chorus/core/wire-channel";
import { sendTaken } from "@chorus/core/wire-sends";

const destinationCount = 6;
const everyMs = 500;

/** The ids that a 202 was given for. One is asked for after the other, until told that it is over. */
export async function askForPosts({
  place,
  isOver,
}: {
  place: SendingPlace;
  isOver: () => boolean;
}): Promise<string[]> {
  const destinations = await Promise.all(
    Array.from({ length: destinationCount }, (_, no) => addDestination(place, `storm-${no + 1}`)),
  );
  const taken: string[] = [];
  for (let no = 0; !isOver(); no++, await sleep(everyMs)) {
    const id = await ask(place, { destination: destinations[no % destinationCount] ?? "", no, isOver });
    if (id) taken.push(id);
  }
  return taken;
}

async function addDestination({ client, sandbox }: SendingPlace, name: string): Promise<string> {
  const body = JSON.stringify({ name });
  const headers = { "content-type": "application/json" };
  await fetch(new URL("/control/slack-channels", sandbox.http), { method: "POST", headers, body });
  const asked = { channel: "slack", name, address: `#${name}` };
  return (await client.post("/v1/destinations", asked, destinationBody)).id;
}

type Post = { readonly destination: string; readonly no: number; readonly isOver: () => boolean };

/** The same key until it is answered: whoever gets none cannot know whether it was heard. */
async function ask({ apiUrl, apiKey }: SendingPlace, { destination, no, isOver }: Post): Promise<string | null> {
  const headers = {
    authorization: `Bearer ${apiKey}`,
    "content-type": "application/json",
    "idempotency-key": randomUUID(),
  };
  const content = { headline: `Order ${no}`, text: "It is on its way." };
  const body = JSON.stringify({ channel: "slack", class: "transactional", to: { destination }, content });
  for (; !isOver(); await sleep(everyMs)) {
    const answer = await fetch(new URL("/v1/messages", apiUrl), { method: "POST", headers, body }).catch(() => null);
    const text = await answer?.text();
    if (answer?.status === 202) return sendTaken.parse(JSON.parse(text ?? "")).id;
    if (answer && answer.status < 500 && answer.status !== 409 && answer.status !== 429)
      throw new Error(`A post was not taken: ${answer.status} ${text}`);
  }
  return null;
}
