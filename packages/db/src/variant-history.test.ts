import type { WriterName } from "@chorus/core/variant";
import { describe, expect, it } from "vitest";
import { originOf, type Revision } from "./variant-history.ts";

const wording = (revision: number, writer: WriterName, text: string): Revision => ({
  ...{ revision, writer, contents: { sms: { text } }, facts: { facts: [], links: [] }, hash: "" },
  ...{ model: writer === "openai" ? "gpt-x" : null, prompt: null, fallbackReason: null, findings: [] },
  person: writer === "person" ? { id: "1", name: "Ada" } : null,
  at: new Date("2026-11-28T08:00:00Z"),
});
const written = wording(1, "openai", "one two three four");

describe("whose words these are", () => {
  it("a model's, until people have changed every one of them", () => {
    expect(originOf([written])).toMatchObject({ aiGenerated: true, model: "gpt-x", editedShare: 0, edits: [] });
    const some = [written, wording(2, "person", "one two 3 four")];
    expect(originOf(some, "sms")).toMatchObject({
      ...{ aiGenerated: true, wroteFirst: "openai", editedShare: 0.25 },
      edits: [{ revision: 2, person: { name: "Ada" }, changed: [{ path: "text", after: "one two 3 four" }] }],
    });
    expect(originOf([...some, wording(3, "person", "all new")])).toMatchObject({ aiGenerated: false, editedShare: 1 });
  });

  it("counts from the last time that somebody else than a person wrote, and each edit from the one before", () => {
    const edits = [wording(3, "person", "a b c d e"), wording(4, "person", "a b c d")];
    expect(originOf([written, wording(2, "template", "a b c d"), ...edits])).toMatchObject({
      ...{ aiGenerated: false, wroteFirst: "template", editedShare: 0 },
      edits: [{ revision: 3 }, { revision: 4, changed: [{ before: "a b c d e", after: "a b c d" }] }],
    });
  });

  it("a person's from the first when no writer was there before, and nobody's before the first", () => {
    expect(originOf([wording(1, "person", "own words")])).toMatchObject({ aiGenerated: false, wroteFirst: "person" });
    expect(originOf([])).toBeNull();
  });
});
