// `npm test`: the checks, then every test, then one line that says how it went.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runChild } from "./child.mjs";
import { root } from "./ready.mjs";

/** Answers with the exit code: 0 only if the checks passed, tests ran, and none failed. */
export async function runTests({ runCheck, parameters }) {
  const checkCode = await runCheck();
  const folder = mkdtempSync(join(tmpdir(), "chorus-report-"));
  const file = join(folder, "report.json");
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const testCode = await runChild({
    parameters: [vitest, "run", ...reporters, ...parameters],
    cwd: root,
    inOwnGroup: true,
  });
  const counts = count(readReport(file));
  rmSync(folder, { recursive: true });
  if (checkCode !== 0) console.log("The checks failed (types, lint or house): see the top.");
  if (testCode !== 0 && counts.failed === 0) console.log("The test run itself failed: see above.");
  const failed = counts.failed + (checkCode !== 0 ? 1 : 0) + (testCode !== 0 && counts.failed === 0 ? 1 : 0);
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
  console.log(`${counts.passed} passed, ${failed} failed${skipped}`);
  return failed > 0 || counts.passed === 0 ? 1 : 0;
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { testResults: [] }; // vitest died before it could write one, which its exit code says too
  }
}

/** A file that could not be loaded holds no tests and still counts as one failure. */
function count({ testResults }) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { status, assertionResults } of testResults) {
    for (const test of assertionResults)
      counts[test.status === "passed" || test.status === "failed" ? test.status : "skipped"]++;
    if (status === "failed" && !assertionResults.some((test) => test.status === "failed")) counts.failed++;
  }
  return counts;
}
