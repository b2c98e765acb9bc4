/**
 * A database in which everything is ready and nothing is sent: contacts imported through the API, a campaign written and
 * approved. Each measurement starts on a fresh copy of it, so that no round finds what another has left.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { channels } from "@chorus/channels/registry";
import { demoBrief } from "@chorus/cli/brief";
import { createWithKeys } from "@chorus/cli/workspace";
import type { Rule } from "@chorus/core/segment";
import { approvalView, campaignView, preflightView } from "@chorus/core/wire-campaigns";
import { importBody } from "@chorus/core/wire-import";
import { segmentBody } from "@chorus/core/wire-segment";
import { migrate } from "@chorus/db/migrate";
import { openDb } from "@chorus/db/open";
import type { House } from "./house.ts";
import { type Installation, startChorus } from "./installation.ts";
import { contactRows } from "./people.ts";

export type Stage = {
  readonly database: string;
  readonly key: string;
  readonly authorKey: string;
  readonly approverKey: string;
  readonly campaignId: string;
  readonly contacts: number;
};

type Wish = {
  readonly contacts: number;
  readonly channel: "email" | "sms";
  readonly accounts: Readonly<Record<string, string>>;
  /** Rules that everybody is held against, in order. */
  readonly segments?: readonly { readonly name: string; readonly description: string; readonly rule: Rule }[];
  readonly audience?: Rule;
  readonly declines?: number | undefined;
};

export async function setStage(house: House, of: Wish): Promise<Stage> {
  const empty = await setEmptyStage(house, `stage_${of.channel}_${of.contacts}`);
  const { database, key, ...keys } = empty;
  const databaseUrl = house.urlOf(database);
  const chorus = await startChorus(house, { ...of, databaseUrl, queueUrl: databaseUrl, key, workers: 1 });
  await takeContacts(house, chorus, { ...of, ...keys });
  const campaignId = await approvedCampaign(house, chorus, { ...of, ...keys });
  await chorus.stop();
  await house.query(database, "delete from engine_identity"); // a copy is a beginning here, and no restored past
  await house.query(database, "vacuum (analyze)");
  return { ...empty, campaignId, contacts: of.contacts };
}

export type EmptyStage = Pick<Stage, "database" | "key" | "authorKey" | "approverKey">;

/** A workspace with two people and nothing else. */
export async function setEmptyStage(house: House, database: string): Promise<EmptyStage> {
  const databaseUrl = await house.createDatabase(database);
  await migrate(databaseUrl);
  return { database, key: randomBytes(32).toString("base64"), ...(await makeWorkspace(databaseUrl)) };
}

/** Whoever wrote a large campaign may not approve it, so there are two. */
async function makeWorkspace(url: string): Promise<{ authorKey: string; approverKey: string }> {
  const db = await openDb({ url, channels: channels.map(({ id }) => id), connections: 1 });
  const people = ["Ada", "Abel"].map((name) => ({ name, email: `${name}@shop.example`, role: "owner" as const }));
  const made = createWithKeys(db, { name: "Bench", kind: "sandbox", people });
  const [authorKey = "", approverKey = ""] = await made.finally(() => db.close());
  return { authorKey, approverKey };
}

async function takeContacts(house: House, chorus: Installation, of: Wish & Keys): Promise<void> {
  const taken = await house.meter({ label: "contacts", total: of.contacts }, (set) => {
    const rows = countingRows(contactRows(of.contacts, of.declines), set);
    return chorus.client(of.authorKey).upload("/v1/imports/contacts", rows, { answer: importBody });
  });
  if (taken.accepted !== of.contacts) throw new Error(`Contacts were rejected: ${JSON.stringify(taken.notes)}`);
}

async function* countingRows(pieces: AsyncIterable<string>, set: (rows: number) => void): AsyncGenerator<string> {
  let rows = -1;
  for await (const piece of pieces) {
    yield piece;
    rows += piece.split("\n").length - 1;
    set(rows);
  }
}

type Keys = { readonly authorKey: string; readonly approverKey: string };

async function approvedCampaign(house: House, chorus: Installation, of: Wish & Keys): Promise<string> {
  const author = chorus.client(of.authorKey);
  const segments = [];
  for (const segment of of.segments ?? []) segments.push((await author.post("/v1/segments", segment, segmentBody)).id);
  const campaign = {
    ...{ name: "A week of savings", brief: demoBrief(new Date()), channels: [of.channel], locales: ["en"], segments },
    ...(of.audience ? { audience: of.audience } : {}),
  };
  const { id } = await author.post("/v1/campaigns", campaign, campaignView);
  await author.post(`/v1/campaigns/${id}/plan`, undefined, campaignView);
  while ((await author.get(`/v1/campaigns/${id}`, campaignView)).state !== "in_review")
    await sleep(100, undefined, { signal: house.halt.signal });
  const { contentHash, audienceSize } = await author.get(`/v1/campaigns/${id}/preflight`, preflightView);
  await chorus.client(of.approverKey).post(`/v1/campaigns/${id}/approve`, { contentHash, audienceSize }, approvalView);
  return id;
}
