import { channels } from "@chorus/channels/registry";
import type { CopyKindName } from "@chorus/core/copy";
import type { Id } from "@chorus/core/id";
import { type CopyWish, createCopies, getCopy } from "@chorus/db/copies";
import { setCopyCaps } from "@chorus/db/model-calls";
import type { Db } from "@chorus/db/open";
import { openTestLedger, testWorkspace } from "@chorus/db/test-run";
import { openOpenAiWriter } from "@chorus/prompts/openai-writer";
import { bag, copyTask, designer } from "@chorus/prompts/test-bag";
import { type ModelAnswer, type ModelServer, openModelServer, says } from "@chorus/prompts/test-model-server";
import pino from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { writeCopy } from "./write-copy.ts";

let db: Db;
let close: () => Promise<void>;
let workspaceId: Id;
let personId: Id;
let server: ModelServer | null = null;
beforeAll(async () => {
  ({ db, close } = await openTestLedger());
});
afterAll(() => close());
beforeEach(async () => {
  workspaceId = (await testWorkspace(db)).id;
  const { rows } = await db.sql.query<{ id: Id }>("select id from person where workspace_id = $1", [workspaceId]);
  personId = rows[0]?.id ?? "";
});
afterEach(async () => {
  await server?.close();
  server = null;
});

function wishFor(kind: CopyKindName, locale = "en-GB"): CopyWish {
  const { brief, facts, angle, tone } = copyTask(kind);
  const product = { ...bag, imageUrl: null, available: true };
  return {
    kind,
    locale,
    angle,
    tone,
    brief,
    facts,
    channels: [],
    products: [product],
    reader: designer,
    segmentId: null,
  };
}

/** Answers the copy as it is after its one door was knocked on. */
async function write(wish: CopyWish, answers: readonly ModelAnswer[]) {
  const [copy] = await createCopies(db, { workspaceId, personId, wishes: [wish] });
  if (!copy) throw new Error("No copy was made.");
  await knock(copy, answers);
  return await getCopy(db.sql, { workspaceId, id: copy.id });
}

async function knock(copy: { id: Id; revision: number }, answers: readonly ModelAnswer[]): Promise<void> {
  server ??= answers.length > 0 ? await openModelServer(...answers) : null;
  const { baseUrl } = server ?? {};
  const model = async () => (baseUrl ? await openOpenAiWriter({ baseUrl, apiKey: "key", model: "small" }) : null);
  const world = { db, model, prices: { small: { in: 1, out: 1 } }, channels, log: pino({ level: "silent" }) };
  const { signal } = new AbortController();
  await writeCopy(world, { copyId: copy.id, revision: copy.revision }, { signal });
}

const ad = (text: string) =>
  says(JSON.stringify({ ad: { headline: "Carry it all", text, button: "Have a look", link: "product_1" } }));

describe("copy outside a campaign", () => {
  it("is written by its kind's own prompt, for a kind of reader, and kept as its first wording", async () => {
    const copy = await write(wishFor("ad"), [ad("{{fact:product_1_name}} is {{fact:product_1_feature_1}}.")]);
    expect(copy).toMatchObject({
      ...{ state: "written", revision: 1, writer: "openai", prompt: "ad@1", aiGenerated: true, findings: [] },
      contents: { ad: { text: "{{fact:product_1_name}} is {{fact:product_1_feature_1}}." } },
    });
    const said = JSON.parse(server?.requests[0]?.messages[1]?.content ?? "");
    expect(said.reader).toEqual({
      ...{ ageBand: "25-34", gender: "female", occupation: "designer" },
      interests: ["fashion", "travel", "photography"],
    });
    const { rows } = await db.sql.query("select revision, writer from copy_revision where copy_id = $1", [copy?.id]);
    expect(rows).toEqual([{ revision: 1, writer: "openai" }]);
  });

  it("with a price that no fact states is mended, and where that fails phrases stand in and say why", async () => {
    const copy = await write(wishFor("ad"), ["Now only £9!", "For £8 today.", "Yours at £7."].map(ad));
    expect(server?.requests).toHaveLength(3);
    expect(copy).toMatchObject({
      state: "written",
      writer: "template",
      fallbackReason: expect.stringMatching(/^guard: /),
    });
    expect(JSON.stringify(copy?.contents)).toContain("{{fact:product_1_feature_1}}");
  });

  it("of a kind that phrases cannot make is not made up without a model: it fails, and says what to do", async () => {
    const copy = await write(wishFor("buying_guide"), []);
    expect(copy).toMatchObject({
      state: "failed",
      fallbackReason: expect.stringMatching(/takes a model.+OPENAI_BASE_URL/),
    });
  });

  it("as a guide is planned first and written section by section, each told of the others", async () => {
    const outline = { title: "Choosing a bag", opening: "What to look for.", headings: ["How dry?", "How light?"] };
    const section = { paragraphs: ["Look for {{fact:product_1_feature_1}}."] };
    const copy = await write(wishFor("buying_guide"), [
      says(JSON.stringify({ outline })),
      says(JSON.stringify({ section })),
    ]);
    expect(copy?.contents).toEqual({
      buying_guide: {
        ...{ title: "Choosing a bag", opening: "What to look for." },
        sections: outline.headings.map((heading) => ({ heading, ...section })),
      },
    });
    const parts = server?.requests.slice(1).map(({ messages }) => JSON.parse(messages[1]?.content ?? "").part);
    expect(parts?.map(({ heading }) => heading)).toEqual(outline.headings);
    expect(copy?.cost?.tokensIn).toBe(300);
  });

  it("as a brand's story says which of its values it speaks of, and only those it has", async () => {
    await db.sql.query(
      `update workspace set voice = voice || '{"values": [{"id": "lasting", "text": {"en": "Made to last"}}]}' where id = $1`,
      [workspaceId],
    );
    const story = (values: string[]) =>
      says(
        JSON.stringify({ brand_story: { title: "Mended", paragraphs: ["We mend first.", "Then we make."], values } }),
      );
    const copy = await write(wishFor("brand_story"), [story(["value_7"]), story(["lasting"])]);
    expect(server?.requests).toHaveLength(2);
    expect(copy).toMatchObject({ state: "written", contents: { brand_story: { values: ["lasting"] } } });
  });

  it("is held to the workspace's budget", async () => {
    await setCopyCaps(db, workspaceId, { month: 1, campaign: null, callsPerMinute: null });
    const copy = await write(wishFor("ad"), [ad("unasked")]);
    expect(server?.requests).toHaveLength(0);
    expect(copy).toMatchObject({ writer: "template", fallbackReason: expect.stringMatching(/^budget: /) });
  });

  it("that is written already is not written again by a late knock", async () => {
    const copy = await write(wishFor("ad"), [ad("It is {{fact:product_1_feature_3}}.")]);
    await knock({ id: copy?.id ?? "", revision: 0 }, []);
    expect(server?.requests).toHaveLength(1);
  });
});
