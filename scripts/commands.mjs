// What `node scripts/run.mjs <command>` does. Everything that is not named here belongs to the command line program.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { runChild } from "./child.mjs";
import { makeReady, root } from "./ready.mjs";
import { runTests } from "./tests.mjs";

/** Answers with the exit code. */
export async function run([command, ...parameters]) {
  await makeReady();
  if (command === "check") return runCheck(parameters);
  if (command === "test") return runTests({ runCheck, parameters });
  if (command === "simulate") return runSource("apps/worker/simulation/main.ts", parameters);
  if (command === "soak") return runSource("soak/main.ts", parameters);
  if (command === "bench") return runSource("bench/main.ts", parameters);
  if (command === "evals") return runSource("evals/main.ts", parameters);
  return runCommandLine(command === undefined ? [] : [command, ...parameters]);
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

/** As everything that people run: from one file, made of the sources as they are now. */
async function runCommandLine(parameters) {
  const build = [join(root, "scripts", "build.mjs"), join(root, "apps/cli/src/main.ts")];
  const { stdout } = await promisify(execFile)(process.execPath, build, { env: { ...process.env, NODE_OPTIONS: "" } });
  return runProgram([stdout.trimEnd(), ...parameters]);
}

/** What only developers run, and starts files beside it: as it is, compiled as it is loaded. */
function runSource(main, parameters) {
  const tsx = pathToFileURL(join(root, "node_modules", "tsx", "dist", "loader.mjs")).href;
  return runProgram(["--import", tsx, join(root, main), ...parameters]);
}

/** The program gets every signal from us and none from the terminal, so that it hears one Ctrl-C once. */
function runProgram(parameters) {
  const leash = new URL("./end-with-parent.mjs", import.meta.url).href;
  return runChild({
    parameters: ["--import", leash, ...parameters],
    env: { ...process.env, CHORUS_PARENT: String(process.pid) },
    inOwnGroup: true,
  });
}
