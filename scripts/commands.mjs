// What `node scripts/run.mjs <command>` does. Everything that is not named here belongs to the command line program.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runChild } from "./child.mjs";
import { makeReady, root } from "./ready.mjs";
import { runTests } from "./tests.mjs";

const program = join("apps", "cli", "src", "main.ts");

/** Answers with the exit code. */
export async function run([command, ...parameters]) {
  await makeReady();
  if (command === "check") return runCheck(parameters);
  if (command === "test") return runTests({ runCheck, parameters });
  if (command === "soak") return runProgram(join("soak", "main.ts"), parameters);
  return runProgram(program, command === undefined ? [] : [command, ...parameters]);
}

/** Types, lint and house rules, each only where something changed since it last passed. */
function runCheck(parameters = []) {
  const turbo = join(root, "node_modules", "turbo", "bin", "turbo");
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" };
  return runChild({
    parameters: [turbo, "run", "types", "lint", "house", "--continue", ...parameters],
    cwd: root,
    env,
  });
}

/** The program gets every signal from us and none from the terminal, so that it hears one Ctrl-C once. */
function runProgram(file, parameters) {
  const tsx = pathToFileURL(join(root, "node_modules", "tsx", "dist", "loader.mjs")).href;
  const leash = new URL("./end-with-parent.mjs", import.meta.url).href;
  return runChild({
    parameters: ["--import", leash, "--import", tsx, join(root, file), ...parameters],
    env: { ...process.env, CHORUS_PARENT: String(process.pid) },
    inOwnGroup: true,
  });
}
