import { describe, expect, test } from "vitest";
import { cutPage, openCursors } from "./page.ts";

const cursors = openCursors(new Uint8Array(32).fill(7));
const list = { workspaceId: "1", list: "contacts:" };

describe("page cursors", () => {
  test("lead back to where they were written", () => {
    expect(cursors.read(list, cursors.write(list, "4711"))).toEqual({ is: "ok", value: "4711" });
    expect(cursors.read(list, undefined)).toEqual({ is: "ok", value: null });
  });

  test("24: a letter changed anywhere makes them invalid", () => {
    const cursor = cursors.write(list, "4711");
    for (let i = 0; i < cursor.length; i++) {
      const other = `${cursor.slice(0, i)}${cursor[i] === "A" ? "B" : "A"}${cursor.slice(i + 1)}`;
      expect(cursors.read(list, other)).toMatchObject({ is: "bad", problems: [{ code: "cursor.invalid" }] });
    }
  });

  test.each(["", "x", "4711", "!!!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])(
    "24: %j is none",
    (cursor) => {
      expect(cursors.read(list, cursor).is).toBe("bad");
    },
  );

  test("24: those of another workspace, list or installation are invalid", () => {
    const cursor = cursors.write(list, "4711");
    expect(cursors.read({ ...list, workspaceId: "2" }, cursor).is).toBe("bad");
    expect(cursors.read({ ...list, list: "contacts:ann" }, cursor).is).toBe("bad");
    expect(openCursors(new Uint8Array(32).fill(8)).read(list, cursor).is).toBe("bad");
  });

  test("the row beyond a page only says that there is another page", () => {
    expect(cutPage([1, 2, 3], 2)).toEqual({ rows: [1, 2], last: 2 });
    expect(cutPage([1, 2], 2)).toEqual({ rows: [1, 2], last: null });
    expect(cutPage([], 2)).toEqual({ rows: [], last: null });
  });
});
