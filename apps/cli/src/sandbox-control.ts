/** The sandbox's own switches and its inbox, over HTTP. */
import type { FaultRule } from "@chorus/sandbox/faults";
import { z } from "zod";

export type SandboxControl = {
  addFaults(rules: readonly FaultRule[]): Promise<void>;
  /** So that the inbox shows a person's mail and texts together. */
  introduce(people: readonly { name: string; email?: string; phone?: string }[]): Promise<void>;
  /** Where texts from handsets go. */
  setInboundUrl(url: string): Promise<void>;
  reply(of: { from: string; to: string; text: string }): Promise<void>;
  /** The oldest that arrived on a channel. */
  arrivals(channel: "email" | "sms", limit: number): Promise<Arrival[]>;
};

const arrival = z.object({
  to: z.string(),
  from: z.string(),
  messageId: z.string().nullable(),
  direction: z.enum(["to_person", "from_person"]),
  body: z.object({ text: z.string().nullish() }).nullable(),
});
export type Arrival = z.infer<typeof arrival>;

export function openSandboxControl(of: { url: string; signal: AbortSignal }): SandboxControl {
  const ask = async (path: string, body?: unknown): Promise<unknown> => {
    const request =
      body === undefined
        ? {}
        : { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const response = await fetch(new URL(path, of.url), { ...request, signal: of.signal });
    const text = await response.text();
    if (!response.ok) throw new Error(`The sandbox answered ${path} with ${response.status}: ${text.slice(0, 1000)}`);
    return JSON.parse(text);
  };
  return {
    async addFaults(rules) {
      if (rules.length > 0) await ask("/control/faults", rules);
    },
    async introduce(people) {
      await ask("/control/people", { people });
    },
    async setInboundUrl(url) {
      await ask("/control/twilio-inbound", { url });
    },
    async reply(reply) {
      await ask("/control/twilio-replies", reply);
    },
    async arrivals(channel, limit) {
      const answer = await ask(`/inbox.json?channel=${channel}&limit=${limit}`);
      return z.object({ messages: z.array(arrival) }).parse(answer).messages;
    },
  };
}
