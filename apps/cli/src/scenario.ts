/**
 * `npm run demo -- --scenario FILE`: a kind of reader and what is offered to them, taken through the public API: copy of
 * every kind, one message on every channel, and why each of them was sent.
 */
import { readFileSync } from "node:fs";
import { channels } from "@chorus/channels/registry";
import { brief } from "@chorus/core/brief";
import { ageBand, type ConsumerProfile, type CopyKindName, consumerProfile, copyKinds } from "@chorus/core/copy";
import { fact } from "@chorus/core/fact";
import { withProducts } from "@chorus/core/product-facts";
import type { Rule } from "@chorus/core/segment";
import { campaignView } from "@chorus/core/wire-campaigns";
import { savedContacts } from "@chorus/core/wire-contact";
import { type CopyView, copyProduct } from "@chorus/core/wire-copies";
import { messagePage } from "@chorus/core/wire-messages";
import { segmentBody } from "@chorus/core/wire-segment";
import { type VariantView, variantView } from "@chorus/core/wire-variants";
import { whyView } from "@chorus/core/wire-why";
import { z } from "zod";
import { approveAndSend, makePlaces, type Preflight, readPreflight, watchRun, writeCopy } from "./campaign.ts";
import type { Client } from "./client.ts";
import { showCopy, wordsOf, writeCopies } from "./copy.ts";
import { openMeters } from "./progress.ts";
import { showPreflight } from "./report.ts";

const scenario = z.strictObject({
  title: z.string().min(1).max(200),
  reader: consumerProfile,
  contacts: z
    .array(
      z.strictObject({
        firstName: z.string().max(100),
        locale: z.string(),
        country: z.string().length(2),
        email: z.email(),
        phone: z.string().regex(/^\+\d{6,15}$/, "a number such as +447700900123"),
      }),
    )
    .min(1)
    .max(20),
  products: z
    .array(copyProduct.required({ name: true, url: true }))
    .min(1)
    .max(5),
  brief: brief.omit({ mainLink: true }),
  event: z.array(fact).max(10).default([]).describe("what only an invitation and its follow-up speak of"),
});
export type Scenario = z.infer<typeof scenario>;

/** Those that come along, by their names. */
const ours: Readonly<Record<string, URL>> = {
  "camera-bag": new URL("../scenarios/camera-bag.json", import.meta.url),
  kettle: new URL("../scenarios/kettle.json", import.meta.url),
};

/** By the name of one of ours, or from a file. Throws with what is wrong with it. */
export function readScenario(named: string): Scenario {
  const read = scenario.safeParse(parse(named));
  if (read.success) return read.data;
  const wrong = read.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
  throw new Error(`The scenario ${named} cannot be played:\n${wrong.join("\n")}`);
}

function parse(named: string): unknown {
  try {
    return JSON.parse(readFileSync(ours[named] ?? named, "utf8"));
  } catch (error) {
    const why = error instanceof SyntaxError ? `holds no JSON (${error.message})` : "could not be read";
    throw new Error(`${named} ${why}. --scenario takes ${Object.keys(ours).join(" or ")}, or a file of the same form.`);
  }
}

export type Played = {
  readonly campaignId: string;
  readonly copies: readonly CopyView[];
  readonly variants: readonly VariantView[];
  readonly preflight: Preflight;
  readonly messages: readonly { readonly id: string; readonly why: z.infer<typeof whyView> }[];
};

type Playing = {
  readonly scenario: Scenario;
  readonly author: Client;
  readonly approver: Client;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
};

export async function playScenario(of: Playing): Promise<Played> {
  const { scenario, author, say } = of;
  say(`\n${scenario.title}\n`);
  const copies = await writeKinds(of);
  const { campaignId, variants } = await writeMessages(of);
  const preflight = await readPreflight(author, campaignId);
  say("\nBefore anybody says yes:\n");
  for (const line of showPreflight(preflight)) say(line);
  await approveAndSend({ ...of, campaignId, seen: preflight });
  say("\nApproved by a second person, and sent:\n");
  const meters = openMeters(process.stdout);
  await watchRun({ client: author, campaignId, signal: of.signal, preflight, meters }).finally(() => meters.end());
  const messages = await readReasons(of);
  say("\nWhy each of them was sent:\n");
  for (const { why } of messages)
    say(`  ${why.who.channel.padEnd(9)} ${why.sentence ?? "to nobody in particular: a post of our own"}`);
  return { campaignId, copies, variants, preflight, messages };
}

/** Everything but the message, which goes out below. */
async function writeKinds({ scenario, author, signal, say }: Playing): Promise<CopyView[]> {
  const { reader, products } = scenario;
  const locales = localesOf(scenario);
  const written: CopyView[] = [];
  for (const kind of copyKinds.filter((each) => each !== "campaign_message")) {
    const copies = await writeCopies(author, {
      wish: { kind, reader, products, brief: briefOf(scenario, kind), locales },
      signal,
    });
    for (const copy of copies) for (const line of showCopy(copy)) say(line);
    written.push(...copies);
  }
  return written;
}

function briefOf({ brief, event }: Scenario, kind: CopyKindName): Scenario["brief"] {
  if (kind !== "invitation" && kind !== "follow_up") return brief;
  return { ...brief, factSheet: { ...brief.factSheet, facts: [...brief.factSheet.facts, ...event] } };
}

const localesOf = ({ contacts }: Scenario): string[] => [...new Set(contacts.map(({ locale }) => locale))];

/** One segment of such readers, one message on every channel, in the language of each. */
async function writeMessages({ scenario, author, signal, say }: Playing) {
  const { contacts, reader, products, brief } = scenario;
  await author.post(
    "/v1/contacts",
    { contacts: contacts.map((each, place) => contactOf(each, place, reader)) },
    savedContacts,
  );
  const segment = { name: scenario.title.slice(0, 120), description: describe(reader), rule: ruleOf(reader) };
  const { id: segmentId } = await author.post("/v1/segments", segment, segmentBody);
  await makePlaces(author, localesOf(scenario)[0] ?? "en");
  const stated = products.map((each) => ({ ...each, price: each.price ?? null }));
  const campaign = {
    name: scenario.title.slice(0, 120),
    brief: { ...brief, factSheet: withProducts(brief.factSheet, stated), mainLink: "product_1" },
    segments: [segmentId],
    audience: ruleOf(reader),
    channels: channels.map((channel) => channel.id),
    locales: localesOf(scenario),
  };
  const { id: campaignId } = await author.post("/v1/campaigns", campaign, campaignView);
  const meters = openMeters(process.stdout);
  const lines = await writeCopy({ client: author, campaignId, signal, meters }).finally(() => meters.end());
  const variants: VariantView[] = [];
  for (const { id, segment } of lines) if (segment) variants.push(await author.get(`/v1/variants/${id}`, variantView));
  for (const variant of variants) for (const line of showVariant(variant)) say(line);
  return { campaignId, variants };
}

function contactOf(of: Scenario["contacts"][number], place: number, reader: ConsumerProfile) {
  const { firstName, locale, country, email, phone } = of;
  const { age, gender, occupation, interests } = reader;
  return {
    ...{ externalId: `reader-${place + 1}`, firstName, locale, country },
    addresses: { email, sms: phone },
    consents: { email: "granted", sms: "granted" },
    consentSource: "form of the scenario",
    fields: {
      ...(age && { age }),
      ...(gender && { gender }),
      ...(occupation && { occupation }),
      interests: interests.join(", "),
    },
  };
}

/** Who such readers are: by what is known of them, and everybody where nothing is. */
function ruleOf({ age, gender, occupation }: ConsumerProfile): Rule {
  const of: Rule[] = [
    ...(age === undefined ? [] : [{ is: "field", field: "age", op: "eq", value: age } as const]),
    ...(gender === undefined ? [] : [{ is: "field", field: "gender", op: "eq", value: gender } as const]),
    ...(occupation === undefined ? [] : [{ is: "field", field: "occupation", op: "eq", value: occupation } as const]),
  ];
  return of.length > 0 ? { is: "all", of } : { is: "everyone" };
}

const describe = ({ age, gender, occupation, interests }: ConsumerProfile): string =>
  [age && `aged ${ageBand(age)}`, gender, occupation, interests.length > 0 && `likes ${interests.join(", ")}`]
    .filter(Boolean)
    .join(", ");

function showVariant({ locale, model, prompt, contents, previews, findings }: VariantView): string[] {
  const words = Object.keys(contents).flatMap((channel) => [
    `  ${channel}`,
    ...wordsOf({ text: previews[channel]?.text ?? contents[channel] }, ""),
  ]);
  const minded = findings.map(({ path, message }) => `  noted at ${path}: ${message}`);
  return [`\nmessage, ${locale} (${model}, ${prompt})`, ...words, ...minded];
}

async function readReasons({ author }: Playing): Promise<Played["messages"]> {
  const { items } = await author.get("/v1/messages?limit=200", messagePage);
  const messages = [];
  for (const { id } of items) messages.push({ id, why: await author.get(`/v1/messages/${id}/why`, whyView) });
  return messages;
}
