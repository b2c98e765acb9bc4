/**
 * The Twilio SDK over our own HTTP: the SDK writes the request and reads the answer, and we know how far it came.
 * One client belongs to one hand-over, so that its exchange is that hand-over's and nobody else's.
 */
import type { Twilio } from "twilio";
import type { Exchange, Http, Permit } from "../http-exchange.ts";
import type { TwilioSettings } from "./twilio-settings.ts";

export type Connected = {
  readonly client: Twilio;
  /** What came of the client's last call; null before the first. */
  readonly exchange: () => Exchange | null;
};

type Options = Parameters<InstanceType<typeof import("twilio").RequestClient>["request"]>[0];

/** Loads the SDK with the first call: it is large, and most processes send no text. */
export async function connectTwilio(settings: TwilioSettings, http: Http, permit: Permit): Promise<Connected> {
  const { default: twilio } = await import("twilio");
  let last: Exchange | null = null;
  const request = async (options: Options) => {
    last = await http.exchange(
      {
        method: options.method.toUpperCase(),
        url: rebased(options, settings.baseUrl),
        headers: {
          ...options.headers,
          Authorization: `Basic ${Buffer.from(`${options.username}:${options.password}`).toString("base64")}`,
        },
        body: options.data ? form(options.data) : "",
      },
      permit,
    );
    if (last.is !== "answered") throw new Error(last.cause);
    return { statusCode: last.status, body: last.body, headers: last.headers };
  };
  const httpClient = Object.assign(Object.create(twilio.RequestClient.prototype), { request });
  return { client: twilio(settings.accountSid, settings.authToken, { httpClient }), exchange: () => last };
}

/** The SDK knows one address; ours may be a server of our own, under a path of its own. */
function rebased({ uri, params }: Options, baseUrl: string): string {
  const { pathname, search } = new URL(uri);
  const query = params ? form(params) : "";
  const joint = search && query ? "&" : query ? "?" : "";
  return `${baseUrl.replace(/\/+$/, "")}${pathname}${search}${joint}${query}`;
}

function form(fields: object): string {
  const pairs = Object.entries(fields).flatMap(([name, value]): [string, string][] =>
    [value]
      .flat()
      .filter((each) => each !== undefined)
      .map((each) => [name, String(each)]),
  );
  return new URLSearchParams(pairs).toString();
}
