import { usualAngles } from "@chorus/core/angle";
import { brief } from "@chorus/core/brief";
import type { FactSheet } from "@chorus/core/fact";
import { variantsNeeded } from "@chorus/core/plan";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { approveCampaign, lastApproval } from "./approvals.ts";
import {
  type Campaign,
  changeCampaign,
  createCampaign,
  getCampaign,
  listCampaigns,
  stepCampaign,
} from "./campaigns.ts";
import { placeVariants, readVariant, saveWriting } from "./copywriting.ts";
import type { Db } from "./open.ts";
import { cancelCampaign, readSchedule, scheduleCampaign } from "./schedules.ts";
import { openTestLedger, testWorkspace } from "./test-run.ts";
import { askRewrite, saveEdit } from "./variant-save.ts";
import { listVariants, type Variant } from "./variants.ts";

let ledger: Awaited<ReturnType<typeof openTestLedger>>;
let db: Db;
let workspaceId: string;
let author: string;

const facts: FactSheet = { facts: [], links: [{ id: "shop", url: "https://shop.example.com/" }] };

beforeAll(async () => {
  ledger = await openTestLedger();
  db = ledger.db;
  ({ id: workspaceId, authorId: author } = await testWorkspace(db));
});

afterAll(() => ledger.close());

const makeCampaign = (): Promise<Campaign> =>
  createCampaign(db, {
    workspaceId,
    authorId: author,
    name: "Spring",
    brief: brief.parse({ goal: "Sell", factSheet: facts }),
    audience: { is: "everyone" },
    segmentIds: [],
    channels: ["email"],
    locales: ["en", "zh"],
    angles: usualAngles,
  });

const of = (campaign: Campaign) => ({ workspaceId, id: campaign.id, personId: author });

async function present(campaign: Campaign): Promise<Campaign> {
  const found = await getCampaign(db, { workspaceId, id: campaign.id });
  if (!found) throw new Error("the campaign is gone");
  return found;
}

/** Plans it and writes every variant, as the worker does. */
async function inReview(): Promise<{ campaign: Campaign; variants: Variant[] }> {
  const made = await makeCampaign();
  await stepCampaign(db, { ...of(made), version: made.version, action: "plan" });
  const slots = variantsNeeded(made).map((key) => ({ ...key, facts }));
  for (const { id } of await placeVariants(db, made.id, slots)) await write(id);
  const campaign = await present(made);
  return { campaign, variants: await listVariants(db, { workspaceId, campaignId: made.id }) };
}

async function write(variantId: string): Promise<string> {
  const variant = await readVariant(db, variantId);
  if (!variant) throw new Error("the variant is gone");
  return await saveWriting(db, variant, {
    contents: { email: { subject: `Hello ${variant.locale}` } },
    findings: [],
    writer: "template",
    model: "template",
    prompt: "template@1",
    cost: null,
    fallbackReason: null,
    messages: [],
  });
}

const approve = (campaign: Campaign) =>
  approveCampaign(db, {
    workspaceId,
    campaignId: campaign.id,
    version: campaign.version,
    personId: author,
    contentHash: "a".repeat(64),
    segmentVersions: {},
    audienceSize: 3,
  });

async function approved(): Promise<{ campaign: Campaign; variants: Variant[] }> {
  const { campaign, variants } = await inReview();
  expect((await approve(campaign)).is).toBe("approved");
  return { campaign: await present(campaign), variants };
}

const edit = (variant: Variant, revision = variant.revision) =>
  saveEdit(db, {
    workspaceId,
    id: variant.id,
    revision,
    personId: author,
    contents: { email: { subject: "By hand" } },
    ...{ findings: [], voiceVersion: 1 },
  });

describe("a change of a campaign", () => {
  it("row 23: of two made from the same version only one is saved, however close they come", async () => {
    const campaign = await makeCampaign();
    const change = (name: string) =>
      changeCampaign(db, { ...of(campaign), version: campaign.version, change: { name } });
    const outcomes = await Promise.all([change("One"), change("Two"), change("Three")]);
    expect(outcomes.map((each) => each.is).sort()).toEqual(["changed", "stale", "stale"]);
    expect((await present(campaign)).version).toBe(campaign.version + 1);
  });

  it("leads back to draft and voids the approval, save for a new name", async () => {
    const { campaign } = await approved();
    const renamed = await changeCampaign(db, {
      ...of(campaign),
      version: campaign.version,
      change: { name: "Renamed" },
    });
    expect(renamed).toMatchObject({ is: "changed", campaign: { state: "approved", name: "Renamed" } });
    expect(await lastApproval(db, { workspaceId, campaignId: campaign.id })).toMatchObject({ voidedAt: null });
    const version = campaign.version + 1;
    const moved = await changeCampaign(db, { ...of(campaign), version, change: { locales: ["en"] } });
    expect(moved).toMatchObject({ is: "changed", campaign: { state: "draft", locales: ["en"] } });
    const voided = await lastApproval(db, { workspaceId, campaignId: campaign.id });
    expect(voided).toMatchObject({ voidedAt: expect.any(Date), voidedBecause: "change" });
  });

  it("is refused with the state once the campaign is scheduled, and nothing is written", async () => {
    const { campaign } = await approved();
    const scheduled = await scheduleCampaign(db, { ...of(campaign), version: campaign.version, at: new Date() });
    expect(scheduled.is).toBe("scheduled");
    const { version } = await present(campaign);
    const refused = await changeCampaign(db, { ...of(campaign), version, change: { channels: ["email"] } });
    expect(refused).toMatchObject({ is: "refused", state: "scheduled" });
    expect((await present(campaign)).version).toBe(version);
  });

  it("is not to be had from another workspace", async () => {
    const campaign = await makeCampaign();
    const other = await testWorkspace(db);
    const where = { workspaceId: other.id, id: campaign.id };
    expect(await getCampaign(db, where)).toBeNull();
    const change = { ...where, version: campaign.version, personId: other.authorId, change: { name: "Mine" } };
    expect(await changeCampaign(db, change)).toEqual({ is: "missing" });
    expect(await listCampaigns(db, { workspaceId: other.id, limit: 10 })).toEqual([]);
  });
});

describe("copy", () => {
  it("is in review when the last variant is written, whichever of two at once that is", async () => {
    const made = await makeCampaign();
    await stepCampaign(db, { ...of(made), version: made.version, action: "plan" });
    const placed = await placeVariants(
      db,
      made.id,
      variantsNeeded(made).map((key) => ({ ...key, facts })),
    );
    await Promise.all(placed.map(({ id }) => write(id)));
    expect((await present(made)).state).toBe("in_review");
  });

  it("edited by hand leaves a revision with its author, voids the approval and is in review again", async () => {
    const { campaign, variants } = await approved();
    const [variant] = variants;
    if (!variant) throw new Error("no variant");
    const saved = await edit(variant);
    expect(saved).toMatchObject({ is: "saved", variant: { revision: 2, writer: "person", model: null } });
    expect(saved.is === "saved" && saved.variant.hash).not.toBe(variant.hash);
    expect((await present(campaign)).state).toBe("in_review");
    const revisions = await db.prisma.variantRevision.findMany({ where: { variantId: BigInt(variant.id) } });
    expect(revisions.map((each) => [each.revision, each.writer, each.personId])).toEqual([
      [1, "template", null],
      [2, "person", BigInt(author)],
    ]);
    expect(await lastApproval(db, { workspaceId, campaignId: campaign.id })).toMatchObject({
      voidedBecause: "edit_copy",
    });
  });

  it("is not overwritten by an edit of an older revision", async () => {
    const { variants } = await inReview();
    const [variant] = variants;
    if (!variant) throw new Error("no variant");
    const outcomes = await Promise.all([edit(variant), edit(variant)]);
    expect(outcomes.map((each) => each.is).sort()).toEqual(["other_revision", "saved"]);
  });

  it("cannot be edited or rewritten once the campaign is scheduled", async () => {
    const { campaign, variants } = await approved();
    const [variant] = variants;
    if (!variant) throw new Error("no variant");
    await scheduleCampaign(db, { ...of(campaign), version: campaign.version, at: new Date() });
    expect(await edit(variant)).toMatchObject({ is: "refused", state: "scheduled" });
    const asked = await askRewrite(db, { workspaceId, id: variant.id, personId: author });
    expect(asked).toMatchObject({ is: "refused", state: "scheduled" });
  });

  it("sent back to the writer is in review again only with its new words", async () => {
    const { campaign, variants } = await approved();
    const [variant] = variants;
    if (!variant) throw new Error("no variant");
    const asked = await askRewrite(db, { workspaceId, id: variant.id, personId: author });
    expect(asked).toMatchObject({ is: "asked", variant: { state: "waiting", revision: 1 } });
    expect((await present(campaign)).state).toBe("writing");
    expect(await edit(variant)).toEqual({ is: "being_written" });
    await write(variant.id);
    expect((await present(campaign)).state).toBe("in_review");
  });

  it("that no writer could make can be written by a person, and the campaign goes on", async () => {
    const { campaign, variants } = await inReview();
    const [variant] = variants;
    if (!variant) throw new Error("no variant");
    await askRewrite(db, { workspaceId, id: variant.id, personId: author });
    await db.prisma.variant.update({ where: { id: BigInt(variant.id) }, data: { state: "failed" } });
    expect(await edit(variant)).toMatchObject({ is: "saved", variant: { state: "written" } });
    expect((await present(campaign)).state).toBe("in_review");
  });
});

describe("an approval", () => {
  it("does not stand when the campaign changed between the look and the yes", async () => {
    const { campaign, variants } = await inReview();
    const [variant] = variants;
    if (!variant) throw new Error("no variant");
    await edit(variant);
    expect(await approve(campaign)).toMatchObject({ is: "stale" });
    expect(await lastApproval(db, { workspaceId, campaignId: campaign.id })).toBeNull();
  });

  it("may be given anew, and then only the newest counts", async () => {
    const { campaign } = await approved();
    expect((await approve(campaign)).is).toBe("approved");
    const rows = await db.prisma.approval.findMany({
      where: { campaignId: BigInt(campaign.id) },
      orderBy: { id: "asc" },
    });
    expect(rows.map((row) => row.voidedBecause)).toEqual(["approved anew", null]);
  });

  it("leaves a line of who did what", async () => {
    const { campaign } = await approved();
    const lines = await db.prisma.audit.findMany({
      where: { subject: `campaign:${campaign.id}` },
      orderBy: { id: "asc" },
    });
    expect(lines.map((line) => line.action)).toEqual(["campaign.create", "campaign.plan", "campaign.approve"]);
    expect(lines.every((line) => line.personId === BigInt(author))).toBe(true);
  });
});

describe("a schedule", () => {
  it("can be moved until it fires, and is gone when the campaign is cancelled", async () => {
    const { campaign } = await approved();
    const where = { workspaceId, campaignId: campaign.id };
    const at = new Date("2027-03-01T08:00:00Z");
    await scheduleCampaign(db, { ...of(campaign), version: campaign.version, at });
    expect(await readSchedule(db, where)).toMatchObject({ nextRuns: [at], timeZone: "Europe/London" });
    const later = new Date("2027-03-02T08:00:00Z");
    const moved = await scheduleCampaign(db, { ...of(campaign), version: campaign.version + 1, at: later });
    expect(moved).toEqual({ is: "scheduled", at: later });
    expect(await cancelCampaign(db, of(campaign))).toEqual({ is: "cancelled", state: "cancelled" });
    expect(await readSchedule(db, where)).toMatchObject({ nextRuns: [] });
    expect(await cancelCampaign(db, of(campaign))).toMatchObject({ is: "refused", state: "cancelled" });
  });

  it("is refused to a campaign that nobody approved", async () => {
    const { campaign } = await inReview();
    const outcome = await scheduleCampaign(db, { ...of(campaign), version: campaign.version, at: new Date() });
    expect(outcome).toMatchObject({ is: "refused", state: "in_review" });
  });
});
