/** The sandbox's own switches, which no provider has: faults, people's names, inbound numbers, replies, the wire log. */
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { faultRules } from "./faults.ts";
import { peopleList } from "./people.ts";
import type { SlackChannels } from "./slack-channels.ts";
import type { Handsets } from "./twilio-handsets.ts";
import type { World } from "./world.ts";

type Parts = { world: World; handsets: Handsets; channels: SlackChannels };

const phone = z.string().regex(/^\+[1-9]\d{7,14}$/, "a number such as +14155550100");
const inboundSetting = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).nullable(),
  number: z.string().optional(),
});
const reply = z.strictObject({ from: phone, to: z.string().min(3), text: z.string().min(1).max(1600) });
const newChannel = z.strictObject({
  name: z.string().regex(/^[a-z0-9_-]{1,80}$/),
  isMember: z.boolean().default(true),
});

export function controlRoutes(app: FastifyInstance, { world, handsets, channels }: Parts): void {
  app.post("/control/faults", async (request, answer) =>
    checked({ schema: faultRules, body: request.body, answer }, (rules) => ({ rules: world.faults.add(rules) })),
  );
  app.get("/control/faults", async () => ({ rules: world.faults.list() }));
  app.delete("/control/faults", async () => {
    world.faults.remove();
    return { rules: [] };
  });
  app.delete<{ Params: { id: string } }>("/control/faults/:id", async (request, answer) =>
    world.faults.remove(request.params.id)
      ? { rules: world.faults.list() }
      : answer.code(404).send({ error: `There is no fault ${request.params.id}.` }),
  );
  app.post("/control/twilio-inbound", async (request, answer) =>
    checked({ schema: inboundSetting, body: request.body, answer }, ({ url, number }) => {
      handsets.setInboundUrl(url, number);
      return { url };
    }),
  );
  app.post("/control/twilio-replies", async (request, answer) =>
    checked({ schema: reply, body: request.body, answer }, ({ from, to, text }) => {
      handsets.say({ handset: from, sender: to, text });
      return { said: text };
    }),
  );
  app.post("/control/slack-channels", async (request, answer) =>
    checked({ schema: newChannel, body: request.body, answer }, ({ name, isMember }) => {
      const { id } = channels.add(name, isMember);
      return { id, name, isMember };
    }),
  );
  app.post("/control/people", async (request, answer) =>
    checked({ schema: peopleList, body: request.body, answer }, ({ people }) => {
      world.inbox.people.introduce(people);
      return { introduced: people.length };
    }),
  );
  wireRoutes(app, world);
}

function wireRoutes(app: FastifyInstance, world: World): void {
  app.get<{ Querystring: { since?: string } }>("/wire", async (request, answer) => {
    const since = request.query.since === undefined ? undefined : new Date(request.query.since);
    if (since && Number.isNaN(since.getTime()))
      return answer.code(400).send({ error: "since is an ISO 8601 instant, such as 2026-11-22T10:00:00Z." });
    return answer.type("application/x-ndjson; charset=utf-8").send(world.wire.stream(since));
  });
  app.get("/wire/count", async () => world.wire.count());
  app.get("/healthz", async () => ({ ok: true }));
}

type Checking<T> = { schema: z.ZodType<T>; body: unknown; answer: FastifyReply };

function checked<T>({ schema, body, answer }: Checking<T>, act: (value: T) => unknown): unknown {
  const read = schema.safeParse(body);
  if (read.success) return act(read.data);
  const errors = read.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message }));
  return answer.code(400).send({ error: "The sandbox does not understand this.", errors });
}
