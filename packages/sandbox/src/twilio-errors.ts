/** Twilio's refusals, with the numbers and HTTP statuses its error dictionary gives them (twilio.com/docs/api/errors). */

const refusals = {
  20003: { status: 401, message: () => "Authenticate" },
  20404: { status: 404, message: (what: string) => `The requested resource ${what} was not found` },
  20429: { status: 429, message: () => "Too Many Requests" },
  20500: { status: 500, message: () => "Internal Server Error" },
  21211: { status: 400, message: (to: string) => `Invalid 'To' Phone Number: ${to}` },
  21212: { status: 400, message: (from: string) => `Invalid From Number (caller ID): ${from}` },
  21266: { status: 400, message: () => "'To' and 'From' number cannot be the same" },
  21602: { status: 400, message: () => "Message body is required." },
  21603: { status: 400, message: () => "A 'From' phone number is required." },
  21604: { status: 400, message: () => "A 'To' phone number is required." },
  21610: { status: 400, message: () => "Attempt to send to unsubscribed recipient" },
  21617: { status: 400, message: () => "The concatenated message body exceeds the 1600 character limit" },
} as const;
export type TwilioCode = keyof typeof refusals;

export type TwilioRefusal = {
  readonly status: number;
  readonly body: {
    readonly code: number;
    readonly message: string;
    readonly more_info: string;
    readonly status: number;
  };
};

export function twilioRefusal(code: TwilioCode, about = ""): TwilioRefusal {
  const { status, message } = refusals[code];
  return {
    status,
    body: { code, message: message(about), more_info: `https://www.twilio.com/docs/errors/${code}`, status },
  };
}

/** What carriers report afterwards, by the code in the status callback. */
export const carrierErrors: Readonly<Record<number, string>> = {
  30003: "Unreachable destination handset",
  30004: "Message blocked",
  30005: "Unknown destination handset",
  30006: "Landline or unreachable carrier",
  30007: "Carrier violation",
  30008: "Unknown error",
};
