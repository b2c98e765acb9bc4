/** A campaign on its way, for the API's test files: contacts, a brief, and copy as a writer leaves it. */
import { channels } from "@chorus/channels/registry";
import { type MessageRef, openIdSeal } from "@chorus/core/id";
import { sendWithinMs } from "@chorus/core/message";
import { laneCount, urgentLaneCount, variantsNeeded } from "@chorus/core/plan";
import type { Contents } from "@chorus/core/variant";
import { placeVariants, readCampaign, readVariant, saveWriting } from "@chorus/db/copywriting";
import { expandPage } from "@chorus/db/expand";
import { lease } from "@chorus/db/lease";
import { permit } from "@chorus/db/permit";
import { recordResults } from "@chorus/db/result";
import { launchDue } from "@chorus/db/runs";
import { registerWorker } from "@chorus/db/workers";
import type { Json, TestApi } from "./test-api.ts";

/** Words in every channel that no check minds. */
export const soundContents: Contents = {
  email: {
    subject: "A quiet word about spring",
    preheader: "New in the shop",
    headline: "Spring has come to the shop",
    paragraphs: ["Hello {{contact:first_name|there}}, come and look at {{link:shop}}."],
    button: { label: "See the shop", link: "shop" },
  },
  sms: { text: "Spring has come to the shop: {{link:shop}}" },
};

export const campaignInput = (of: Json = {}): Json => ({
  name: "Spring",
  brief: {
    goal: "Tell people that spring has come to the shop",
    factSheet: {
      facts: [{ id: "price", kind: "money", value: { micros: 12_500_000, currency: "GBP" }, source: "price list" }],
      links: [{ id: "shop", url: "https://shop.example.com/spring?a=1&b=ü" }],
    },
  },
  channels: ["email", "sms"],
  locales: ["en"],
  ...of,
});

/** `count` contacts with both addresses and consent, named `of`-1, `of`-2 and so on; answers their public ids. */
export async function addContacts(api: TestApi, count: number, of: Json = {}): Promise<string[]> {
  const start = Number((await api.db.sql.query("select count(*) from contact")).rows[0]?.count);
  const contacts = Array.from({ length: count }, (_, i) => ({
    externalId: `c-${start + i}`,
    firstName: "Ada",
    country: "GB",
    locale: "en-GB",
    addresses: { email: `c${start + i}@example.com`, sms: `+4479460${String(10_000 + start + i)}` },
    consents: { email: "granted", sms: "granted" },
    consentSource: "test form",
    ...of,
  }));
  const answer = await api.ask("POST", "/v1/contacts", { body: { contacts } });
  if (answer.status >= 300) throw new Error(answer.text);
  return answer.body.items.map((item: Json) => item.id);
}

/** By the author unless another role makes it. */
export async function makeCampaign(api: TestApi, of: Json = {}, as: "author" | "owner" = "author"): Promise<Json> {
  const answer = await api.ask("POST", "/v1/campaigns", { as, body: campaignInput(of) });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
}

export const openRef = (api: TestApi, id: string): MessageRef => {
  const ref = openIdSeal(api.installationKey).openMessage(id);
  if (!ref) throw new Error(`${id} is no id of a message`);
  return ref;
};

export const openId = (api: TestApi, kind: "campaign" | "variant" | "copy" | "run" | "contact", id: string): string => {
  const opened = openIdSeal(api.installationKey).open(kind, id);
  if (!opened) throw new Error(`${id} is no id of a ${kind}`);
  return opened;
};

/** Plans it over HTTP and does what the worker does with the knock; answers the variants. */
export async function haveWritten(api: TestApi, campaign: Json, contents: Contents = soundContents): Promise<Json[]> {
  const planned = await api.ask("POST", `/v1/campaigns/${campaign.id}/plan`, { as: "author" });
  if (planned.status !== 202) throw new Error(planned.text);
  const id = openId(api, "campaign", campaign.id);
  const stored = await readCampaign(api.db, id);
  if (!stored) throw new Error("the campaign is gone");
  const facts = stored.brief.factSheet;
  const slots = variantsNeeded(stored).map((key) => ({ ...key, facts }));
  for (const variant of await placeVariants(api.db, id, slots)) await write(api, variant.id, contents);
  return (await api.ask("GET", `/v1/campaigns/${campaign.id}/variants`)).body.items;
}

/** As the template writer leaves it. */
export async function write(api: TestApi, variantId: string, contents: Contents): Promise<void> {
  const variant = await readVariant(api.db, variantId);
  if (!variant) throw new Error("the variant is gone");
  await saveWriting(api.db, variant, {
    ...{ contents, findings: [], writer: "template", model: "template", prompt: "template@1" },
    ...{ cost: null, fallbackReason: null },
    messages: [{ role: "user", content: "Write about spring" }],
  });
}

/** Approves what the preflight shows, by the approver. */
export async function approve(api: TestApi, campaign: Json): Promise<Json> {
  const { body } = await api.ask("GET", `/v1/campaigns/${campaign.id}/preflight`);
  const { contentHash, audienceSize } = body;
  const answer = await api.ask("POST", `/v1/campaigns/${campaign.id}/approve`, {
    as: "approver",
    body: { contentHash, audienceSize },
  });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body;
}

/** From nothing to a run with its whole ledger, as the launch and expand stages do it; answers the run's internal id. */
export async function haveLaunched(api: TestApi, campaign: Json): Promise<string> {
  await haveWritten(api, campaign);
  await approve(api, campaign);
  return await launchApproved(api, campaign);
}

export async function launchApproved(api: TestApi, campaign: Json): Promise<string> {
  const scheduled = await api.ask("POST", `/v1/campaigns/${campaign.id}/schedule`, { body: { at: "now" } });
  if (scheduled.status !== 200) throw new Error(scheduled.text);
  const launched = await launchDue(api.db, channels);
  const runId = launched[0]?.runId;
  if (!runId) throw new Error("nothing was launched");
  while ((await expandPage(api.db, runId)).is === "page");
  return runId;
}

/** What a worker does with all mail that is due, and a provider that takes it. */
export async function haveMailSent(api: TestApi): Promise<void> {
  const workerId = await registerWorker(api.db, "test");
  for (const [messageClass, lanes] of [
    ["marketing", laneCount],
    ["transactional", urgentLaneCount],
  ] as const)
    for (let lane = 0; lane < lanes; lane++) {
      const wish = { channel: "email", class: messageClass, lane, workerId, limit: 100 };
      const leased = await lease(api.db, wish);
      const permits = await permit(api.db, leased, sendWithinMs);
      const sent = leased.filter((_, i) => permits[i]?.is === "send");
      const settlement = { is: "accepted", providerMessageId: "x" } as const;
      await recordResults(
        api.db,
        workerId,
        sent.map((message) => ({ ...message, attempt: 1, settlement })),
      );
    }
}
