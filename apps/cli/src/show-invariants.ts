/** What `verify` says of the invariants: a line for each, and under it what breaks it, by the ids that people know. */
import type { IdSeal } from "@chorus/core/id";
import type { Invariant } from "@chorus/db/invariants";
import { count, wrap } from "./table.ts";

const lineWidth = 100;

/** For a program: with public ids. */
export const invariantsAsJson = (found: readonly Invariant[], seal: IdSeal) =>
  found.map(({ name, promise, unchecked, broken, examples }) => ({
    ...{ name, promise, unchecked, broken },
    examples: examples.map(({ runId, messageId, why }) => ({
      run: seal.seal("run", runId),
      message: messageId === null ? null : seal.sealMessage({ runId, messageId }),
      why,
    })),
  }));

export function showInvariants(found: readonly Invariant[], seal: IdSeal): string[] {
  return invariantsAsJson(found, seal).flatMap(({ name, promise, unchecked, broken, examples }) => {
    const verdict = unchecked !== null ? "–" : broken === 0 ? "ok" : "BROKEN";
    const [first = "", ...rest] = wrap(promise, lineWidth);
    const more = broken > examples.length ? [`… and ${count(broken - examples.length)} more`] : [];
    const notes = unchecked === null ? more : [unchecked];
    return [
      `  ${name.padEnd(3)}  ${verdict.padEnd(6)}  ${first}`,
      ...[...rest, ...examples.map((each) => `${each.message ?? each.run}  ${each.why}`), ...notes].map(
        (line) => `${" ".repeat(15)}${line}`,
      ),
    ];
  });
}
