import { describe, expect, it } from "vitest";
import { emailOf, firstName, phoneOf } from "./people.ts";
import { fillWords, openWords } from "./words.ts";

describe("words that a loop fills in as Chorus does", () => {
  const sent = `Dear ${firstName(7)}, http://127.0.0.1:40000/c/${"a".repeat(22)}`;

  it("hold another name and another link in a message of the same length", () => {
    const filled = fillWords(openWords(sent, firstName(7)), firstName(8));
    expect(filled).toContain(`Dear ${firstName(8)}, http://127.0.0.1:40000/c/`);
    expect(filled).not.toContain("a".repeat(22));
    expect(filled).toHaveLength(sent.length);
  });

  it("go to people of whom no two share a name, an address or a number", () => {
    const of = Array.from({ length: 300_000 }, (_, n) => n);
    for (const each of [firstName, emailOf, phoneOf]) expect(new Set(of.map(each)).size).toBe(of.length);
  });
});
