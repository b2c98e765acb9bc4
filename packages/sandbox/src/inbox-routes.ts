/** The inbox over HTTP: the page, the same as JSON, a mail's source, and answering from a handset. */
import type { FastifyInstance } from "fastify";
import { inboxJson } from "./inbox-json.ts";
import { inboxUrl, readInboxQuery } from "./inbox-query.ts";
import { listPeople, openConversation } from "./inbox-view.ts";
import { readMail } from "./mail.ts";
import { isRecord } from "./message-id.ts";
import { page } from "./page.ts";
import type { Handsets } from "./twilio-handsets.ts";
import type { World } from "./world.ts";

type Parts = { world: World; handsets: Handsets };

/** No script runs on this page, and a mail's own HTML inherits that: nothing is loaded from anywhere either. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export function inboxRoutes(app: FastifyInstance, { world, handsets }: Parts): void {
  const { inbox } = world;
  app.get("/", async (request, reply) => {
    const query = readInboxQuery(asRecord(request.query));
    const people = listPeople(inbox, query);
    const conversation = openConversation(inbox, query, people.rows[0]);
    const body = conversation?.chosen.body;
    const mail = body?.is === "mail" ? await readMail(body.raw) : null;
    reply
      .header("content-security-policy", policy)
      .header("referrer-policy", "no-referrer")
      .header("x-content-type-options", "nosniff")
      .type("text/html; charset=utf-8");
    const counts = world.wire.count();
    return page({ query, people, conversation, mail, counts, faults: world.faults.list(), dropped: inbox.dropped() });
  });
  app.get("/inbox.json", async (request) => inboxJson(inbox, asRecord(request.query)));
  app.get<{ Params: { number: string } }>("/messages/:number/source", async (request, reply) => {
    const body = inbox.get(Number(request.params.number))?.body;
    reply.type("text/plain; charset=utf-8");
    return body?.is === "mail" ? body.raw : reply.code(404).send("There is no such mail, or its body was dropped.");
  });
  app.post("/reply", async (request, reply) => {
    const given = asRecord(request.body);
    const query = readInboxQuery(given);
    const arrival = inbox.get(query.message ?? 0);
    const said = [given.text].flat().at(-1); // the typed text, and after it what a button says instead
    const text = typeof said === "string" ? said.trim().slice(0, 1600) : "";
    if (arrival?.channel === "sms" && text)
      handsets.say({ handset: arrival.address, sender: arrival.from, text, answers: arrival.messageId });
    return reply.redirect(inboxUrl({ ...query, message: null }), 303);
  });
}

const asRecord = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});
