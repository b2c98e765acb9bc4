/** Twilio's Account and IncomingPhoneNumbers resources (2010-04-01): as much as whoever connects an account asks for. */
import type { FastifyInstance } from "fastify";
import type { World } from "./world.ts";

type OfAccount = { Params: { sid: string }; Querystring: { PhoneNumber?: string } };

/** Under the prefix of the other Twilio routes, behind their look at user and password. */
export function twilioAccountRoutes(app: FastifyInstance, { accounts }: Pick<World, "accounts">): void {
  const uri = `/2010-04-01/Accounts/${accounts.twilioAccountSid}`;
  app.get("/2010-04-01/Accounts/:sid.json", async () => ({
    sid: accounts.twilioAccountSid,
    friendly_name: "Chorus sandbox",
    status: "active",
    type: "Full",
    uri: `${uri}.json`,
  }));
  app.get<OfAccount>("/2010-04-01/Accounts/:sid/IncomingPhoneNumbers.json", async (request) => {
    const wanted = request.query.PhoneNumber;
    const numbers = accounts.twilioNumbers.filter((number) => wanted === undefined || number.includes(wanted));
    return {
      incoming_phone_numbers: numbers.map((number, i) => ({
        sid: `PN${String(i).padStart(32, "0")}`,
        account_sid: accounts.twilioAccountSid,
        phone_number: number,
        friendly_name: number,
        capabilities: { sms: true, mms: false, voice: false, fax: false },
      })),
      ...{ page: 0, page_size: 50, start: 0, end: Math.max(0, numbers.length - 1) },
      ...{
        uri: `${uri}/IncomingPhoneNumbers.json`,
        first_page_uri: null,
        next_page_uri: null,
        previous_page_uri: null,
      },
    };
  });
}
