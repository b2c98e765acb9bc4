/** Twilio's list of messages: filtered by To, From and DateSent, newest first, in pages. */
import { messageResource, type TextMessages } from "./twilio-messages.ts";

type Query = Readonly<Record<string, string | undefined>>;
type Listing = { messages: TextMessages; accountSid: string; query: Query };

const pageSizes = { usual: 50, most: 1000 };

export function listResource({ messages, accountSid, query }: Listing) {
  const size = Math.min(pageSizes.most, positive(query.PageSize) ?? pageSizes.usual);
  const page = positive(query.Page) ?? 0;
  const found = messages.find({ to: query.To, from: query.From, ...sentWithin(query) });
  const start = page * size;
  const shown = found.slice(start, start + size);
  const uri = (of: number) => pageUri({ accountSid, query, size, page: of });
  return {
    end: Math.max(start, start + shown.length - 1),
    first_page_uri: uri(0),
    messages: shown.map(messageResource),
    next_page_uri: found.length > start + size ? uri(page + 1) : null,
    page,
    page_size: size,
    previous_page_uri: page > 0 ? uri(page - 1) : null,
    start,
    uri: uri(page),
  };
}

function positive(text: string | undefined): number | null {
  const number = Number(text);
  return text !== undefined && Number.isInteger(number) && number >= 0 ? number : null;
}

/** A date alone means its whole day in GMT; `DateSent>` and `DateSent<` include their bound, as Twilio's do. */
function sentWithin(query: Query): { sentFrom?: Date | undefined; sentBefore?: Date | undefined } {
  const on = query.DateSent;
  if (on) return { sentFrom: instant(on, "start"), sentBefore: instant(on, "end") };
  return { sentFrom: instant(query["DateSent>"], "start"), sentBefore: instant(query["DateSent<"], "end") };
}

function instant(text: string | undefined, edge: "start" | "end"): Date | undefined {
  if (!text) return undefined;
  const day = /^\d{4}-\d\d-\d\d$/.test(text);
  const at = new Date(day ? `${text}T${edge === "start" ? "00:00:00.000" : "23:59:59.999"}Z` : text);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

function pageUri(of: { accountSid: string; query: Query; size: number; page: number }): string {
  const kept = ["To", "From", "DateSent", "DateSent<", "DateSent>"].flatMap((name): [string, string][] => {
    const value = of.query[name];
    return value === undefined ? [] : [[name, value]];
  });
  const query = new URLSearchParams([...kept, ["PageSize", String(of.size)], ["Page", String(of.page)]]);
  return `/2010-04-01/Accounts/${of.accountSid}/Messages.json?${query}`;
}
