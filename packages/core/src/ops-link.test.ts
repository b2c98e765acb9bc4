import { describe, expect, it } from "vitest";
import { openOpsNotes } from "./ops-link.ts";

const notes = openOpsNotes(new Uint8Array(32).fill(7));
const until = new Date("2030-01-01T00:00:00Z");
const before = new Date("2029-12-31T23:59:59Z");
const note = notes.write("link", { keyId: "42", until });

describe("a note that opens the operators' page", () => {
  it("names its key until its time is over", () => {
    expect(notes.read("link", note, before)).toBe("42");
    expect(notes.read("link", note, until)).toBeNull();
  });

  it("is good for nothing else than it was made for, and for no other installation", () => {
    expect(notes.read("session", note, before)).toBeNull();
    expect(openOpsNotes(new Uint8Array(32).fill(8)).read("link", note, before)).toBeNull();
  });

  it.each([
    ["another key", note.replace("42.", "43.")],
    ["a later end", note.replace(".18", ".19")],
    ["a cut signature", note.slice(0, -1)],
    ["nothing", ""],
    ["words", "a.b.c"],
  ])("is refused with %s", (_what, text) => {
    expect(notes.read("link", text, before)).toBeNull();
  });
});
