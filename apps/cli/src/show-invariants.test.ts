import { randomBytes } from "node:crypto";
import { openIdSeal } from "@chorus/core/id";
import type { Invariant } from "@chorus/db/invariants";
import { expect, test } from "vitest";
import { showInvariants } from "./show-invariants.ts";

const seal = openIdSeal(randomBytes(32));
const held: Invariant = { name: "I1", promise: "The books balance.", unchecked: null, broken: 0, examples: [] };

test("an invariant that holds is a line; one that nobody can ask about says why", () => {
  const unchecked = "Nothing to check: no limit is set.";
  expect(showInvariants([held, { ...held, name: "I7", promise: "No limit is passed.", unchecked }], seal)).toEqual([
    "  I1   ok      The books balance.",
    "  I7   –       No limit is passed.",
    `               ${unchecked}`,
  ]);
});

test("a broken one is followed by runs and messages as people know them, and by how many there are more", () => {
  const [head, ...examples] = showInvariants(
    [
      {
        ...held,
        broken: 1_202,
        examples: [
          { runId: "3", messageId: null, why: "2 planned, 1 ended, 0 open" },
          { runId: "3", messageId: "7", why: "accepted without a permit" },
        ],
      },
    ],
    seal,
  );
  expect(head).toBe("  I1   BROKEN  The books balance.");
  expect(examples.map((line) => line.trim())).toEqual([
    `${seal.seal("run", "3")}  2 planned, 1 ended, 0 open`,
    `${seal.sealMessage({ runId: "3", messageId: "7" })}  accepted without a permit`,
    "… and 1,200 more",
  ]);
});
