/** Keeps docs/delivery.md true where a test can tell: its files, the promises they carry, its codes, words and invariants. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const page = read("docs/delivery.md");
const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([whole, part]) => part ?? whole);
const section = (title: string) => page.split(/^#{2,3} /m).find((each) => each.startsWith(title)) ?? expect.fail(title);

/** As in `"D3, D4: a mail …"`, and in the middle of a title, as in `go on, D21: and …`. */
const numbersIn = (test: string) => found(test, /(?:["'`]|, )((?:D\d+, )*D\d+): /g).flatMap((list) => list.split(", "));

const testsIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.ts") && !path.includes("node_modules"))
    .map((path) => join(folder, path));

const promises = found(section("What was shown"), /^\| D\d+ \|.*$/gm).map((line) => {
  const [, name = "", , shown = ""] = line.split(/ ?\| ?/);
  return { name, shown, files: found(shown, /`([\w./-]+\.test\.ts)`/g) };
});

describe("the delivery page", () => {
  it("names only files that there are, and lists every promise once", () => {
    const files = found(page, /`((?:apps|packages|scripts|docs)\/[\w./-]+\.\w+)`/g);
    const links = found(page, /\]\(([\w./-]+)(?:#[\w-]+)?\)/g).map((path) => join("docs", path));
    expect(files.length).toBeGreaterThan(40);
    expect([...files, ...links].filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(promises.map((each) => each.name)).toEqual(Array.from({ length: 24 }, (_, index) => `D${index + 1}`));
  });

  it("names for each promise only tests whose titles carry its number, or says that it is not yet shown", () => {
    for (const { name, shown, files } of promises) {
      for (const file of files) expect([file, numbersIn(read(file))]).toEqual([file, expect.arrayContaining([name])]);
      if (files.length === 0) expect([name, shown]).toEqual([name, expect.stringMatching(/^not yet shown/)]);
    }
  });

  it("calls nothing unshown that a test carries the number of", () => {
    const tests = ["apps", "packages", "scripts", "e2e"].flatMap(testsIn);
    expect(tests.length).toBeGreaterThan(100);
    const carried = tests.flatMap((file) => numbersIn(read(file)).map((name) => ({ name, file })));
    const unshown = promises.filter((each) => each.files.length === 0).map((each) => each.name);
    expect(carried.filter((each) => unshown.includes(each.name))).toEqual([]);
  });

  it("has every code of Twilio's table, and no other", () => {
    const known = found(read("packages/channels/src/sms/twilio-codes.ts"), /(?:^ +|= )(\d{5})(?=[:;])/gm);
    expect(known.length).toBeGreaterThan(25);
    expect([...new Set(found(section("Twilio"), /\b\d{5}\b/g))].sort()).toEqual([...new Set(known)].sort());
  });

  it("has only enhanced codes and words that the tables of SMTP and Slack have", () => {
    const smtp = read("packages/channels/src/email/smtp-outcome.ts");
    for (const code of found(section("SMTP"), /\b5\.\d\.\d+\b/g)) expect(smtp).toContain(`"${code}"`);
    const slack = read("packages/channels/src/slack/slack-outcome.ts");
    const unknownThere = ["fatal_error", "internal_error", "request_timeout"]; // every word that it does not know is in doubt
    const words = found(section("Slack"), /`([a-z]+_[a-z_]+)(?:…)?`/g).filter((word) => !unknownThere.includes(word));
    expect(words.length).toBeGreaterThan(15);
    for (const word of words) expect(slack).toContain(word);
  });

  it("lists the invariants that are asked, and says of those that are not why", () => {
    const parts = read("packages/db/src/invariants.sql")
      .split(/^-- (?=I\d+ )/m)
      .slice(1);
    const asked = parts.map((part) => [found(part, /^I\d+/g)[0], !part.includes("Nothing to check")]);
    const told = found(section("The invariants"), /^\| (I\d+ \|.*)$/gm).map((line) => [
      found(line, /^I\d+/g)[0],
      !line.includes("there is nothing to check"),
    ]);
    expect(told).toEqual(asked);
  });
});
