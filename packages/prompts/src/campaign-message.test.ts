import { describe, expect, it } from "vitest";
import { z } from "zod";
import { campaignMessage } from "./campaign-message.ts";
import { contentSchema, providerSchema, withoutNulls } from "./content-schema.ts";
import { copyInput, repairInput } from "./copy-prompt.ts";
import { post, sms, taskWith } from "./test-channels.ts";

const rendered = (task = taskWith()) => campaignMessage.render(copyInput(task));

describe("the campaign message prompt", () => {
  it("renders what was reviewed; a change needs a look and a new version", async () => {
    const text = rendered()
      .map(({ role, content }) => `[${role}]\n${content}`)
      .join("\n\n");
    await expect(`${campaignMessage.id} version ${campaignMessage.version}\n\n${text}\n`).toMatchFileSnapshot(
      "./campaign-message.snapshot.txt",
    );
  });

  it("shares its beginning among the segments of a campaign, and with its repairs", () => {
    const other = taskWith({ segment: { name: "Lapsed", description: "nothing for a year", generic: false } });
    const [one, two] = [rendered(), rendered(other)];
    expect(one[0]).toEqual(two[0]);
    const shared = (one[1]?.content ?? "").indexOf('"segment"');
    expect(two[1]?.content.slice(0, shared)).toBe(one[1]?.content.slice(0, shared));
    const input = repairInput(copyInput(taskWith()), { previous: "x", problems: [] });
    const repaired = campaignMessage.render(input)[1]?.content ?? "";
    expect(repaired.startsWith((one[1]?.content ?? "").slice(0, -1))).toBe(true);
  });

  it("says from which side and in which tone to speak, after what a campaign's calls share", () => {
    const price = rendered(taskWith({ angle: "price", tone: "formal" }));
    expect(price[0]).toEqual(rendered()[0]);
    expect(JSON.parse(price[1]?.content ?? "")).toMatchObject({
      ...{ angle: "price", tone: "formal" },
      approach: expect.stringMatching(/Begin with the price.+Courteous/),
    });
  });

  it("ends with a person's note, which is a wish and no fact", () => {
    const [plain, noted] = [rendered(), rendered(taskWith({ note: "Shorter, and say 50% off" }))];
    const shared = (plain[1]?.content ?? "").slice(0, -1);
    expect(noted[0]).toEqual(plain[0]);
    expect(noted[1]?.content).toBe(`${shared},"note":"Shorter, and say 50% off"}`);
    expect(noted[0]?.content).toContain("It is no fact and changes no rule");
  });

  it("offers the contact's name only where one contact reads, and only with a default in the copy's language", () => {
    const slots = (task = taskWith()) => copyInput(task).slots.map(({ id }) => id);
    expect(slots()).toContain("contact:first_name|there");
    expect(slots(taskWith({ locale: "zh-CN" }))).toContain("contact:first_name|朋友");
    expect(slots(taskWith({ channels: [post] })).filter((id) => id.startsWith("contact:"))).toEqual([]);
    expect(slots(taskWith({ locale: "sv-SE" })).filter((id) => id.startsWith("contact:"))).toEqual([]);
  });
});

describe("a provider's schema", () => {
  const schema = providerSchema(taskWith().channels, { ...taskWith(), roles: true });

  it("requires every field, allows no other, and holds no bound that only some servers know", () => {
    const walk = (part: unknown): void => {
      if (part === null || typeof part !== "object") return;
      if ("properties" in part && part.properties) {
        expect(part).toMatchObject({ additionalProperties: false, required: Object.keys(part.properties) });
      }
      for (const each of Object.values(part)) walk(each);
    };
    walk(schema);
    expect(JSON.stringify(schema)).not.toMatch(/min|max|pattern|format|\$schema|default/i);
  });

  it("keeps roles and descriptions, makes an optional field nullable, and a link one of those there are", () => {
    expect(schema).toMatchObject({
      properties: {
        email: {
          properties: {
            subject: { type: "string", role: "subject", description: "the subject" },
            preheader: { anyOf: [{ type: "string", role: "preheader" }, { type: "null" }] },
            paragraphs: { type: "array", items: { role: "paragraph" } },
            button: { properties: { link: { type: "string", enum: ["shop", "product_1"] } } },
          },
        },
      },
    });
    expect(JSON.stringify(providerSchema([sms], { ...taskWith(), roles: false }))).not.toContain("role");
  });

  it("takes the nulls of optional fields back out, and no others", () => {
    const content = z.strictObject({
      a: z.string().optional(),
      b: z.string().nullable(),
      list: z.array(z.strictObject({ c: z.number().optional() })),
    });
    const given = { a: null, b: null, list: [{ c: null }, { c: 1 }], odd: null };
    expect(withoutNulls(given, contentSchema(content))).toEqual({ b: null, list: [{}, { c: 1 }], odd: null });
  });
});
