/** The baselines for texts: a plain loop over undici, or over Twilio's own SDK as it is shipped. They record nothing. */
import twilio from "twilio";
import { Pool } from "undici";
import { answerOrder, type Contact, inLanes, type LoopReport, readContacts } from "./loop.ts";
import { sinkAccount } from "./twilio-sink.ts";
import { fillWords } from "./words.ts";

export type SmsOrder = {
  readonly databaseUrl: string;
  readonly sinkUrl: string;
  /** The fields of a text as Chorus sends it, with places for what is each person's own. */
  readonly fields: Readonly<Record<string, string>>;
  readonly over: "undici" | "twilio";
  readonly connections: number;
  readonly limit: number;
};

answerOrder(run);

async function run(order: SmsOrder): Promise<LoopReport> {
  const send = order.over === "undici" ? overUndici(order) : overTwilio(order);
  return await inLanes(order.connections, readContacts({ ...order, channel: "sms" }), send);
}

const filled = ({ fields }: SmsOrder, to: Contact): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, fillWords(value, to.firstName)])),
  To: to.address,
});

function overUndici(order: SmsOrder): (to: Contact) => Promise<unknown> {
  const pool = new Pool(order.sinkUrl, { connections: order.connections });
  const login = Buffer.from(`${sinkAccount.sid}:${sinkAccount.token}`).toString("base64");
  const headers = { authorization: `Basic ${login}`, "content-type": "application/x-www-form-urlencoded" };
  const path = `/2010-04-01/Accounts/${sinkAccount.sid}/Messages.json`;
  return async (to) => {
    const body = new URLSearchParams(filled(order, to)).toString();
    const answer = await pool.request({ method: "POST", path, headers, body });
    const { sid } = (await answer.body.json()) as { sid?: string };
    if (answer.statusCode !== 201 || !sid) throw new Error(`A text was answered with ${answer.statusCode}.`);
  };
}

/** The SDK knows one address only; everything else of its HTTP client stays as it is. */
function overTwilio(order: SmsOrder): (to: Contact) => Promise<unknown> {
  const shipped = new twilio.RequestClient({ keepAlive: true, maxSockets: order.connections });
  const request: typeof shipped.request = (options) =>
    shipped.request({ ...options, uri: options.uri.replace("https://api.twilio.com", order.sinkUrl) });
  const httpClient = Object.assign(Object.create(twilio.RequestClient.prototype), { request });
  const client = twilio(sinkAccount.sid, sinkAccount.token, { httpClient });
  return (to) => {
    const { To = "", Body = "", From = "", StatusCallback = "", ValidityPeriod = "" } = filled(order, to);
    const rest = { statusCallback: StatusCallback, validityPeriod: Number(ValidityPeriod) };
    return client.messages.create({ to: To, body: Body, from: From, ...rest });
  };
}
