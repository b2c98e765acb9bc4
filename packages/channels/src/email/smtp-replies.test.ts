import { expect, it } from "vitest";
import { openReplies } from "./smtp-replies.ts";

function hear(...chunks: string[]) {
  const heard: [string, boolean][] = [];
  const replies = openReplies((reply, more) => heard.push([reply, more]));
  return { honest: chunks.every((chunk) => replies.take(Buffer.from(chunk, "latin1"))), heard };
}

it("hears a reply of many lines as one, and several replies of one segment apart", () => {
  expect(hear("250-first\r\n250 second\r\n354 go\r\n")).toEqual({
    honest: true,
    heard: [
      ["250-first\n250 second", true],
      ["354 go", false],
    ],
  });
});

it("hears the same whatever the segments are cut like", () => {
  const said = "250-a\r\n250 b\r\n550 5.1.1 no\r\n";
  const whole = hear(said).heard.map(([reply]) => reply);
  for (let at = 1; at < said.length; at++)
    expect(hear(said.slice(0, at), said.slice(at)).heard.map(([reply]) => reply)).toEqual(whole);
});

it("knows a bare code, and lines that end without a carriage return", () => {
  expect(hear("250\r\n", "250 ok\n").heard).toEqual([
    ["250", false],
    ["250 ok", false],
  ]);
});

it.each(["what?\r\n", "25 ok\r\n", "HTTP/1.1 400\r\n", "2500 ok\r\n"])("does not take %j for SMTP", (said) => {
  expect(hear(said)).toEqual({ honest: false, heard: [] });
});

it("stops listening to a relay that never comes to an end", () => {
  expect(hear("250-".padEnd(70_000, "x")).honest).toBe(false);
  expect(hear(...Array.from({ length: 1_000 }, () => `250-${"y".repeat(100)}\r\n`)).honest).toBe(false);
});
