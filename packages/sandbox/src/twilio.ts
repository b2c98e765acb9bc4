/** Twilio's Messages API (2010-04-01): create, list, fetch, with its numbers for what is wrong, status callbacks and STOP. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { FaultOf } from "./faults.ts";
import { hangUp } from "./hang-up.ts";
import { carriedByCallback } from "./message-id.ts";
import { twilioAccountRoutes } from "./twilio-account.ts";
import { type DeliveryPace, deliver } from "./twilio-delivery.ts";
import { type TwilioCode, type TwilioRefusal, twilioRefusal } from "./twilio-errors.ts";
import type { Handsets } from "./twilio-handsets.ts";
import { listResource } from "./twilio-list.ts";
import { messageResource, type TextMessage, type TextMessages } from "./twilio-messages.ts";
import type { Webhooks } from "./twilio-webhook.ts";
import { record, type World } from "./world.ts";

export type TwilioParts = {
  readonly world: World;
  readonly messages: TextMessages;
  readonly webhooks: Webhooks;
  readonly handsets: Handsets;
  readonly pace: DeliveryPace;
};

type Fields = Readonly<Record<string, string | undefined>>;
type OfAccount = { Params: { sid: string } };
type OfMessage = { Params: { sid: string; message: string } };

export function twilioRoutes(app: FastifyInstance, parts: TwilioParts): void {
  const { world, messages } = parts;
  app.addHook("onRequest", async (request, reply) => {
    const refusal = authentication(request, world);
    if (refusal) return refuse(reply, refusal);
  });
  app.post<OfAccount>("/2010-04-01/Accounts/:sid/Messages.json", async (request, reply) =>
    create({ parts, fields: fieldsOf(request.body), request, reply }),
  );
  app.get<OfAccount>("/2010-04-01/Accounts/:sid/Messages.json", async (request) =>
    listResource({ messages, accountSid: request.params.sid, query: fieldsOf(request.query) }),
  );
  app.get<OfMessage>("/2010-04-01/Accounts/:sid/Messages/:message.json", async (request, reply) => {
    const message = messages.get(request.params.message);
    return message ? messageResource(message) : refuse(reply, twilioRefusal(20404, request.url));
  });
  twilioAccountRoutes(app, world);
  app.setNotFoundHandler((request, reply) => refuse(reply, twilioRefusal(20404, request.url)));
}

const refuse = (reply: FastifyReply, refusal: TwilioRefusal): FastifyReply =>
  reply.code(refusal.status).send(refusal.body);

function authentication(request: FastifyRequest, world: World): TwilioRefusal | null {
  const { twilioAccountSid, twilioAuthToken } = world.accounts;
  const expected = `Basic ${Buffer.from(`${twilioAccountSid}:${twilioAuthToken}`).toString("base64")}`;
  if (request.headers.authorization !== expected) return twilioRefusal(20003);
  const { sid } = request.params as { sid?: string };
  return sid === undefined || sid === twilioAccountSid ? null : twilioRefusal(20404, request.url);
}

/** A field that is repeated counts by its last value. */
function fieldsOf(form: unknown): Fields {
  const entries = Object.entries((form ?? {}) as Record<string, string | string[]>);
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.at(-1) : value]));
}

type Creating = { parts: TwilioParts; fields: Fields; request: FastifyRequest; reply: FastifyReply };

function create({ parts, fields, request, reply }: Creating): FastifyReply {
  const { world, handsets } = parts;
  const sender = fields.From ?? fields.MessagingServiceSid ?? "";
  const wrong = whatIsWrong(fields) ?? (handsets.hasOptedOut(fields.To ?? "", sender) ? { code: 21610 } : null);
  if (wrong) return refuse(reply, logRefusal(world, fields, { code: wrong.code as TwilioCode, about: wrong.about }));
  const early = world.faults.pick("twilio", ["invalid_number", "rate_limited", "server_error"], whom(fields));
  if (early) {
    if (early.is === "rate_limited") reply.header("retry-after", early.retryAfterSeconds);
    return refuse(reply, logRefusal(world, fields, { code: codeOfFault[early.is], fault: early.is }));
  }
  return accept({ parts, fields, request, reply });
}

const whom = (fields: Fields) => ({ names: [fields.To ?? ""] });
const codeOfFault = { invalid_number: 21211, rate_limited: 20429, server_error: 20500 } as const;
const bodyLimit = 1600;

type Wrong = { readonly code: TwilioCode; readonly about?: string };

function whatIsWrong(fields: Fields): Wrong | null {
  const { To: to, From: from, MessagingServiceSid: service, Body: body } = fields;
  if (!to) return { code: 21604 };
  if (!/^\+[1-9]\d{7,14}$/.test(to)) return { code: 21211, about: to };
  if (!from && !service) return { code: 21603 };
  if (from && !isSender(from)) return { code: 21212, about: from };
  if (from === to) return { code: 21266 };
  if (!body) return { code: 21602 };
  return body.length > bodyLimit ? { code: 21617 } : null;
}

/** E.164, a short code, or an alphanumeric sender id of up to 11 characters with a letter. */
const isSender = (from: string): boolean =>
  /^\+[1-9]\d{7,14}$/.test(from) || /^\d{3,8}$/.test(from) || /^(?=.*[A-Za-z])[A-Za-z0-9 &_+-]{1,11}$/.test(from);

type Refusing = { code: TwilioCode; about?: string | undefined; fault?: string };

function logRefusal(world: World, fields: Fields, { code, about, fault }: Refusing): TwilioRefusal {
  const to = fields.To ?? "";
  const refusal = twilioRefusal(code, about ?? to);
  if (to === "") return refusal; // it concerns nobody
  const event = code === 20429 ? "rate_limited" : code === 20500 ? "failed" : "refused";
  record(
    world,
    {
      provider: "twilio",
      channel: "sms",
      event,
      ...carriedByCallback(fields.StatusCallback),
      to,
      code: String(code),
      fault,
    },
    {
      from: fields.From ?? "",
      title: (fields.Body ?? "").slice(0, 200),
      body: null,
      detail: `${code} ${refusal.body.message}`,
    },
  );
  return refusal;
}

function accept({ parts, fields, request, reply }: Creating): FastifyReply {
  const { world, webhooks, pace, handsets } = parts;
  const message = keep(parts, fields);
  const carried = carriedByCallback(message.statusCallback ?? undefined);
  const late = world.faults.pick("twilio", ["accept_then_hang_up", "hang"], whom(fields));
  const fate = world.faults.pick("twilio", ["hard_bounce", "undelivered"], whom(fields));
  const answer = world.faults.pick("twilio", ["reply"], whom(fields));
  const { number: arrival } = record(
    world,
    {
      provider: "twilio",
      channel: "sms",
      event: "accepted",
      ...carried,
      to: message.to,
      providerMessageId: message.sid,
      fault: late?.is ?? fate?.is ?? answer?.is,
    },
    { from: message.from ?? "", title: message.body.slice(0, 200), body: { is: "text", text: message.body } },
  );
  deliver({ message, carried, arrival, errorCode: fateCode(fate), fault: fate?.is }, { world, webhooks, pace });
  const sender = message.from ?? message.messagingServiceSid ?? "";
  if (answer) {
    const saying = { handset: message.to, sender, text: answer.text, answers: carried.messageId };
    world.timers.after(answer.afterMs, () => handsets.say(saying));
  }
  if (late?.is === "accept_then_hang_up") return hangUp(request, reply);
  const send = () => void reply.code(201).send(messageResource({ ...message, status: "queued" }));
  if (late?.is === "hang") world.timers.after(late.ms, send);
  else send();
  return reply;
}

type Fate = Extract<FaultOf<"twilio">, { is: "hard_bounce" | "undelivered" }> | null;
const unknownHandset = 30005;
const fateCode = (fate: Fate): number | null =>
  fate === null ? null : fate.is === "undelivered" ? fate.code : unknownHandset;

function keep(parts: TwilioParts, fields: Fields): TextMessage {
  return parts.messages.add({
    accountSid: parts.world.accounts.twilioAccountSid,
    direction: "outbound-api",
    to: fields.To ?? "",
    from: fields.From ?? null,
    messagingServiceSid: fields.MessagingServiceSid ?? null,
    body: fields.Body ?? "",
    statusCallback: fields.StatusCallback ?? null,
    status: "queued",
  });
}
