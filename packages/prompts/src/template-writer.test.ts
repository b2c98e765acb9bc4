import type { AngleName } from "@chorus/core/angle";
import type { Fact, FactSheet } from "@chorus/core/fact";
import { refusalsIn } from "@chorus/core/problem";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkContents } from "./check-contents.ts";
import { templateWriter } from "./template-writer.ts";
import { email, facts, post, sms, taskWith } from "./test-channels.ts";
import type { WritingTask } from "./writer.ts";

const signal = new AbortController().signal;
const write = (task: WritingTask) => templateWriter.write(task, { signal });

async function contentsOf(task: WritingTask): Promise<Record<string, unknown>> {
  const writing = await write(task);
  if (writing.is !== "written") throw new Error(`${writing.outcome}: ${writing.detail}`);
  return writing.contents;
}

/** mulberry32: the same cases on every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe("the template writer", () => {
  it("fills every channel by its roles, with slots for every figure, and calls it what it is", async () => {
    const writing = await write(taskWith());
    expect(writing).toMatchObject({ is: "written", writer: "template", model: "template (no model)" });
    await expect(JSON.stringify(writing, null, 2)).toMatchFileSnapshot("./template-writer.english.snapshot.txt");
  });

  it("writes Chinese as Chinese", async () => {
    const writing = await write(taskWith({ locale: "zh-CN" }));
    await expect(JSON.stringify(writing, null, 2)).toMatchFileSnapshot("./template-writer.chinese.snapshot.txt");
  });

  it("writes the same for the same task, and of other products for another segment", async () => {
    expect(await write(taskWith())).toEqual(await write(taskWith()));
    const other = taskWith({
      segment: { name: "Gardeners", description: "", generic: false },
      facts: { ...facts, facts: facts.facts.filter((fact) => !fact.id.startsWith("product_1")) },
    });
    const [one, two] = [await contentsOf(taskWith()), await contentsOf(other)].map((each) => JSON.stringify(each));
    expect(one).toContain("{{fact:product_1_name}}");
    expect(two).not.toContain("product_1");
    expect(two).toContain("{{fact:product_2_name}}");
  });

  it("introduces each reader's picks in a last paragraph of its own, where the brief asks for them and one person reads", async () => {
    const picky = { ...taskWith().brief, picks: true };
    for (const generic of [false, true]) {
      const segment = { name: "Gardeners", description: "", generic };
      const contents = await contentsOf(taskWith({ brief: picky, segment }));
      const { paragraphs } = contents.email as { paragraphs: string[] };
      expect(paragraphs.at(-1)).toBe(`${generic ? "Also in our shop" : "You may also like"}: {{picks}}`);
      expect(JSON.stringify(contents).split("{{picks}}")).toHaveLength(2);
    }
    expect(JSON.stringify(await contentsOf(taskWith()))).not.toContain("picks");
  });

  it("does not tell people who declined profiling that something was picked for them", async () => {
    for (let index = 0; index < 6; index++) {
      const everyone = { name: `Everyone else ${index}`, description: "", generic: true };
      const english = JSON.stringify(await contentsOf(taskWith({ segment: everyone })));
      expect(english).not.toMatch(/picked|you (?:may|might|will) like|for you/i);
      const chinese = JSON.stringify(await contentsOf(taskWith({ segment: everyone, locale: "zh-CN" })));
      expect(chinese).not.toMatch(/为您挑|您也许会喜欢|您会喜欢/);
    }
  });

  it("begins with what each angle speaks of, in both languages", async () => {
    const sheet: FactSheet = {
      facts: [
        ...facts.facts,
        { id: "rating", kind: "number", value: 4.6, label: { en: "Average rating", zh: "平均评分" }, source: "shop" },
        { id: "launched", kind: "date", value: "2027-01-02", source: "shop" },
      ],
      links: facts.links,
    };
    const about = {
      price: "product_1_price",
      social_proof: "rating",
      novelty: "launched",
      curiosity: "product_1_name",
    };
    for (const locale of ["en-GB", "zh-CN"])
      for (const [angle, id] of Object.entries(about)) {
        const task = taskWith({ facts: sheet, locale, angle: angle as AngleName });
        const { subject } = (await contentsOf(task)).email as { subject: string };
        expect(`${locale} ${angle}: ${subject}`).toContain(`{{fact:${id}}}`);
      }
  });

  it("says what a brand stands for in the brand's own words, where they are in the reader's language", async () => {
    const values = [{ id: "lasting", text: { en: "Things that last for years of use", zh: "修好再换" } }];
    const voice = { ...taskWith().voice, values };
    const of = async (locale: string) => contentsOf(taskWith({ voice, locale, angle: "values" }));
    expect(JSON.stringify((await of("en-GB")).email)).toContain("Things that last for years of use");
    expect(JSON.stringify((await of("zh-CN")).email)).toContain("修好再换");
  });

  it("says in every channel one of the words that the brand's voice wants there, in the reader's language only", async () => {
    const mustWords = [
      { locale: "en", oneOf: ["Hearth & Home", "Mended for life"] },
      { locale: "zh", oneOf: ["坏了就修"] },
    ];
    const voice = { ...taskWith().voice, mustWords };
    for (const content of Object.values(await contentsOf(taskWith({ voice })))) {
      expect(JSON.stringify(content)).toContain("Mended for life");
      expect(JSON.stringify(content)).not.toContain("坏了就修");
    }
  });

  it("greets by name where one contact reads, never in public", async () => {
    const contents = await contentsOf(taskWith());
    expect(JSON.stringify(contents.email)).toContain("{{contact:first_name|there}}");
    expect(JSON.stringify(contents.post)).not.toContain("contact:");
  });

  it("leaves out a product whose name the brand may not say", async () => {
    const cheap: Fact = { id: "product_1_name", kind: "text", value: "Cheap mug", source: "product 1" };
    const sheet = { ...facts, facts: [cheap, ...facts.facts.filter((fact) => fact.id !== cheap.id)] };
    expect(JSON.stringify(await contentsOf(taskWith({ facts: sheet })))).not.toContain("product_1_name");
  });

  it("calls no percentage a discount that is none", async () => {
    const share: Fact = {
      id: "recycled",
      kind: "percent",
      value: 80,
      label: { en: "Recycled cotton" },
      source: "mill",
    };
    const contents = await contentsOf(taskWith({ facts: { facts: [share], links: facts.links } }));
    expect(JSON.stringify(contents)).not.toContain("{{fact:recycled}} off");
    expect(JSON.stringify(contents.email)).toContain("Recycled cotton: {{fact:recycled}}.");
  });

  it("shortens a subject whose product name is too long, and keeps the rest", async () => {
    const long: Fact = { id: "product_1_name", kind: "text", value: "Set of very long names ".repeat(8), source: "p" };
    const sheet = { ...facts, facts: facts.facts.map((fact) => (fact.id === long.id ? long : fact)) };
    const contents = await contentsOf(taskWith({ facts: sheet, channels: [email] }));
    expect(contents.email).toMatchObject({ subject: "{{fact:offer}} off until {{fact:offer_ends}}" });
    expect(JSON.stringify(contents)).toContain("product_1_name");
  });

  it("says why it cannot write: no phrases for the language, no link, words that contradict the brief, an unknown field", async () => {
    expect(await write(taskWith({ locale: "sv-SE" }))).toMatchObject({ is: "not_written", outcome: "schema" });
    expect(await write(taskWith({ locale: "zh-TW" }))).toMatchObject({
      is: "not_written",
      detail: expect.stringContaining("zh-TW"),
    });
    expect(await write(taskWith({ facts: { facts: [], links: [] } }))).toMatchObject({
      detail: expect.stringContaining("needs a link"),
    });
    const { brief } = taskWith();
    expect(await write(taskWith({ brief: { ...brief, mustSay: ["Only £5"] } }))).toMatchObject({
      is: "not_written",
      outcome: "guard",
      detail: expect.stringContaining("claim.price"),
    });
    const odd = { ...sms, content: z.strictObject({ text: z.string().meta({ role: "riddle" }) }) };
    expect(await write(taskWith({ channels: [odd] }))).toMatchObject({ outcome: "schema" });
  });

  it("says a must-say with the slot of its figure", async () => {
    const { brief } = taskWith();
    const contents = await contentsOf(taskWith({ brief: { ...brief, mustSay: ["Up to 15% off"] } }));
    expect(contents.sms).toMatchObject({ text: expect.stringContaining("Up to {{fact:offer}} off") });
  });

  it("fills shapes it has never seen: several paragraphs, lists of objects, choices, optional fields", async () => {
    const words = (role: string) => z.string().min(1).max(900).meta({ role });
    const shape = {
      ...post,
      id: "shape",
      content: z.strictObject({
        first: words("paragraph"),
        second: words("paragraph"),
        last: z.array(words("paragraph")).min(2).max(2),
        sections: z.array(z.strictObject({ title: words("headline"), mood: z.enum(["calm", "bright"]) })).min(2),
        link: z.string().meta({ role: "link" }).nullable(),
        note: z.string().optional(),
        rank: z.int().min(3),
      }),
    };
    const { shape: content } = await contentsOf(taskWith({ channels: [shape] }));
    expect(content).toMatchObject({ sections: [{ mood: "calm" }, { mood: "calm" }], link: "shop", rank: 3 });
    expect(shape.content.safeParse(content).success).toBe(true);
    expect(content).not.toHaveProperty("note");
  });

  it("passes every check and guard for 48 random fact sheets in two languages", async () => {
    const next = random(20_261_122);
    for (let round = 0; round < 24; round++) {
      for (const locale of ["en-GB", "en-US", "zh-CN"].slice(round % 2, (round % 2) + 2)) {
        const task = taskWith({ ...randomSheet(next), locale });
        const writing = await write(task);
        expect(writing, `${round} ${locale}`).toMatchObject({ is: "written" });
        if (writing.is === "written") expect(refusalsIn(checkContents(writing.contents, task))).toEqual([]);
      }
    }
  });
});

const productNames = [
  "WHITE HANGING HEART T-LIGHT HOLDER",
  "SET/4 SKULL BADGES",
  "PACK OF 12 CIRCUS PARADE TISSUES",
  "NURSE'S BAG SOFT TOY",
  "DOORMAT “HEARTS”, 60 x 40 cm",
  "月光蓝陶瓷杯",
  "IF YOU CAN'T STAND THE HEAT MUG",
  "N°5 50% cotton throw & more <big>",
];

function randomSheet(next: () => number): Pick<WritingTask, "segment" | "facts"> {
  const some = (chance: number, ...found: Fact[]): Fact[] => (next() < chance ? found : []);
  const money = (): Fact & { kind: "money" } => ({
    id: "amount",
    kind: "money",
    value: {
      micros: Math.floor(next() * 500_000) * 10_000,
      currency: ["GBP", "CNY", "EUR", "JPY"][Math.floor(next() * 4)] ?? "GBP",
    },
    source: "random",
  });
  const source = "random";
  const products = Array.from({ length: Math.floor(next() * 5) }, (_each, index): Fact[] => [
    {
      id: `product_${index + 1}_name`,
      kind: "text",
      value: productNames[Math.floor(next() * productNames.length)] ?? "Mug",
      source,
    },
    ...some(0.8, { ...money(), id: `product_${index + 1}_price` }),
  ]).flat();
  const sheet: FactSheet = {
    facts: [
      ...some(0.7, {
        id: next() < 0.5 ? "offer" : "spring_discount",
        kind: "percent",
        value: Math.ceil(next() * 90),
        source,
      }),
      ...some(0.2, { ...money(), id: "saving" }),
      ...some(0.6, {
        id: "offer_ends",
        kind: "date",
        value: "2027-02-28",
        label: { en: "Offer ends", zh: "截止" },
        source,
      }),
      ...some(0.5, { id: "code", kind: "text", value: `CODE${Math.floor(next() * 1000)}`, source }),
      ...some(0.5, {
        id: "delivery",
        kind: "text",
        value: "Free delivery on orders over £30",
        byLocale: { zh: "订单满三十英镑免运费" },
        source,
      }),
      ...some(0.3, { id: "members", kind: "number", value: 48_000, label: { en: "Members", zh: "会员人数" }, source }),
      ...products,
    ],
    links: [{ id: next() < 0.8 ? "shop" : "spring", url: "https://shop.example.com/" }],
  };
  return {
    segment: { name: `Segment ${Math.floor(next() * 1e6)}`, description: "", generic: next() < 0.2 },
    facts: sheet,
  };
}
