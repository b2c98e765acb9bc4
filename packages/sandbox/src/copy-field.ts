/** One text field of a form: what it is, judged by its name and description, and words of the wanted length for it. */
import type { CopyRequest } from "./copy-request.ts";
import { say } from "./copy-words.ts";
import type { Filling, Place, Schema } from "./fill-schema.ts";
import { postStandIns } from "./post-stand-ins.ts";

export function copyField(schema: Schema, place: Place, by: Filling): string {
  if (Array.isArray(schema.enum)) return choose(schema.enum.map(String), place, by);
  const description = typeof schema.description === "string" ? schema.description : "";
  const role = namedRoles[String(schema.role)] ?? roleOf(place, description);
  const wordings = wordingsFor(role, { place, description, by });
  if (place.list !== null && isLine(schema.role)) return linesFor(schema, by)[place.index] ?? "";
  const most = bound(schema, description);
  const allowed = wordings.filter((each) => !saysForbidden(each, by.request));
  const fitting = allowed.find((each) => shownLength(each, by.request) <= most);
  return fitting ?? [...wordings].sort((a, b) => a.length - b.length)[0] ?? "";
}

const roles = {
  subject: /subject/,
  preheader: /pre.?header|preview/,
  greeting: /greeting|salutation|hello/,
  closing: /closing|sign.?off|signature|farewell/,
  remark: /reason|rationale|explanation|remark|note|comment|why/,
  linkId: /link.?id|link$|href|url|target|destination/,
  button: /button|cta|call.?to.?action|label/,
  price: /price/,
  product: /product|item|alt/,
  feature: /feature/,
  headline: /head|title|hook/,
  locale: /locale|language|lang$/,
  segment: /segment/,
  body: /body|text|paragraph|message|content|copy|intro|main|section|description|post/,
} as const;
type Role = keyof typeof roles;

/** Chorus's own schemas say what a field is for (core's FieldRole). */
const namedRoles: Readonly<Record<string, Role>> = {
  subject: "subject",
  preheader: "preheader",
  headline: "headline",
  paragraph: "body",
  short_message: "body",
  button: "button",
  link: "linkId",
  feature: "feature",
};

/** Lines of a list stand alone, each with something of its own to say. */
export const isLine = (role: unknown): boolean => role === "headline" || role === "preheader" || role === "subject";
/** Those there is room for. */
export const linesFor = ({ description }: Schema, { cast, book, request }: Filling): string[] =>
  book.lines(cast).filter((line) => shownLength(line, request) <= bound({}, String(description ?? "")));
/** As many as were asked for in words such as "15 headlines". */
export const wantedLines = ({ description }: Schema): number => Number(/^\d+/.exec(String(description))?.[0] ?? 1);

/** The field's own name decides, then what its description says, then the names around it. */
function roleOf(place: Place, description: string): Role {
  const own = (place.names.at(-1) ?? "").toLowerCase();
  const all = Object.keys(roles) as Role[];
  const around = place.names.slice(0, -1).reverse().join(" ").toLowerCase();
  if (/cta|button|action/.test(around.split(" ")[0] ?? "") && /text|label|title/.test(own)) return "button";
  return (
    all.find((role) => roles[role].test(own)) ??
    all.find((role) => roles[role].test(description.toLowerCase())) ??
    all.find((role) => roles[role].test(around)) ??
    "body"
  );
}

type Wanted = { place: Place; description: string; by: Filling };

function wordingsFor(role: Role, { place, description, by }: Wanted): string[] {
  const { cast, book, request } = by;
  switch (role) {
    case "greeting":
      return [book.greeting(cast)];
    case "closing":
      return [book.closing(cast)];
    case "remark":
      return [book.remark];
    case "linkId":
      return [wantsSlot(place, description) ? (cast.link ?? "") : (cast.linkIds[0] ?? "")];
    case "price":
      return [cast.products[place.index]?.price ?? ""];
    case "product":
      return [cast.products[place.index]?.name ?? book.headline(cast)[0] ?? ""];
    case "locale":
      return [request.locale];
    case "segment":
      return [request.segmentNames[0] ?? ""];
    case "feature":
      return [cast.products[0]?.features[place.index] ?? cast.products[0]?.name ?? book.remark];
    case "subject":
    case "preheader":
    case "headline":
      return book[role](cast);
    case "button":
      return book.button(cast);
    case "body":
      return bodyFor(place, by);
  }
}

/** A field for an address gets the link as a slot, a field for a link its bare id. */
const wantsSlot = (place: Place, description: string): boolean =>
  /url|href/i.test(place.names.at(-1) ?? "") || /\{\{|slot/i.test(description);

const short = /sms|whatsapp|text_?message/;
const chat = new RegExp(`slack|chat|telegram|discord|teams|post|${postStandIns.map((each) => each.channel).join("|")}`);
/** What a public post of any kind has room for, in characters. */
const postRoom = 240;

/** A mail has paragraphs, a phone a line or two, a channel a short post. */
function bodyFor(place: Place, by: Filling): string[] {
  const { cast, book, request } = by;
  const channel = channelOf(place, request);
  const linkHasField = place.siblings.some((name) => roles.linkId.test(name.toLowerCase()));
  if (short.test(channel)) {
    const texts = book.text(cast, !linkHasField);
    const roomy = texts.filter((each) => shownLength(each, request) <= book.textRoom);
    return roomy.length > 0 ? roomy : texts.slice(-1);
  }
  if (isParagraphList(place.list)) return [paragraphsAt(place, by)[place.index] ?? ""];
  if (!chat.test(channel)) return [paragraphsAt(place, by).join("\n\n")];
  if (linkHasField) return book.chat(cast);
  const posts = book.chat(cast).map((each) => say(" ", each, cast.link));
  return [...posts.filter((each) => shownLength(each, request) <= postRoom), ...book.text(cast, true)];
}

export const isParagraphList = (name: string | null): boolean =>
  /body|paragraph|section|content|block/i.test(name ?? "");

/** With a greeting first where it is to one person and has no field of its own. */
export function paragraphsAt(place: Place, { cast, book, request }: Filling): string[] {
  const greets = place.siblings.some((name) => roles.greeting.test(name.toLowerCase()));
  const channel = channelOf(place, request);
  const isPost = chat.test(channel) || request.publicChannels.includes(channel);
  const greeting = greets || isPost ? null : book.greeting(cast);
  const [first = "", ...rest] = book.paragraphs(cast);
  if (isPost || !cast.picks) return [...(greeting ? [greeting] : []), first, ...rest];
  const gap = /\p{Script=Han}/u.test(first) ? "" : " ";
  return [say(gap, greeting, first), ...rest, book.picks(cast.picks)]; // a mail has few paragraphs, and this is one more
}

function channelOf(place: Place, request: CopyRequest): string {
  const around = place.names.join(" ").toLowerCase();
  const named = request.channels.find((channel) => around.includes(channel.toLowerCase()));
  if (named) return named.toLowerCase();
  if (short.test(around) || chat.test(around) || /mail/.test(around)) return around;
  return request.channels.length === 1 ? (request.channels[0] ?? "").toLowerCase() : "email";
}

/** A bound in the schema, or in words such as "at most 60 characters". */
function bound(schema: Schema, description: string): number {
  if (typeof schema.maxLength === "number") return schema.maxLength;
  const said = /(?:at most|within|max(?:imum)?(?: of)?|up to|≤|<=|under)\s*(\d{1,5})/i.exec(description)?.[1];
  return said ? Number(said) : Number.POSITIVE_INFINITY;
}

const saysForbidden = (text: string, { mustNotSay }: CopyRequest): boolean =>
  mustNotSay.some((phrase) => text.toLowerCase().includes(phrase.toLowerCase()));

/** As long as the text is once its slots show their examples. */
function shownLength(text: string, request: CopyRequest): number {
  const shown = text.replace(/\{\{([a-z]+:[a-z0-9_]+)(?:\|[^}]*)?\}\}/g, (_, id: string) => {
    const slot = request.slots.find((each) => each.id === id || each.id.startsWith(`${id}|`));
    return slot?.example ?? "";
  });
  return shown.length;
}

/** Of fixed choices: the main link, a used product, else the first. */
function choose(values: readonly string[], place: Place, { cast, request }: Filling): string {
  const { linkIds } = cast;
  const link = linkIds.flatMap((id) => [id, `link:${id}`, `{{link:${id}}}`]).find((each) => values.includes(each));
  const own = values.find((each) => [request.locale, request.angle, ...request.segmentNames].includes(each));
  const product = cast.products[place.index]?.name.replace(/[{}]/g, "");
  const fact = values.find((each) => each === product || `fact:${each}` === product);
  return link ?? own ?? fact ?? values[0] ?? "";
}
