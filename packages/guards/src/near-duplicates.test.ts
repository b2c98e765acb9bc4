import { describe, expect, it } from "vitest";
import { likenessOf, nearDuplicates } from "./near-duplicates.ts";

const of = (text: string) => [{ path: "contents.sms.text", text }];

describe("near-duplicates", () => {
  it("are told from copy that says the same thing in other words, in English and Chinese", () => {
    const first =
      "Our kettles are quiet, and they pour without a drip. Have a look at {{fact:product_1_name}} when you have a minute.";
    const same =
      "Our kettles are quiet and they pour without a drip! Have a look at {{fact:product_1_name}}, when you have a minute";
    const other = "Tea without the noise: {{fact:product_1_name}} pours cleanly and hardly makes a sound.";
    expect(likenessOf(of(first), of(same))).toBeGreaterThan(0.9);
    expect(likenessOf(of(first), of(other))).toBeLessThan(0.5);
    expect(likenessOf(of("我们为您挑了几件安静好用的水壶。"), of("我们为您挑了几件安静好用的水壶！"))).toBeGreaterThan(
      0.9,
    );
    expect(likenessOf(of("我们为您挑了几件安静好用的水壶。"), of("倒水不滴漏，烧水没声音。"))).toBeLessThan(0.5);
  });

  it("are no duplicates when they speak of other facts", () => {
    expect(
      likenessOf(
        of("{{fact:product_1_name}} for {{fact:product_1_price}}"),
        of("{{fact:product_2_name}} for {{fact:product_2_price}}"),
      ),
    ).toBeLessThan(0.9);
  });

  it("are looked for only where two were to differ", () => {
    const all = ["benefit", "price", "price"].map((angle, no) => ({
      no,
      angle,
      texts: of("Have a look at what is new with us this week."),
    }));
    const found = nearDuplicates(all, (one, other) => one.angle !== other.angle);
    expect(found.map(({ one, other }) => [one.no, other.no])).toEqual([
      [0, 1],
      [0, 2],
    ]);
  });
});
