import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it } from "vitest";

const runner = new URL("./child.mjs", import.meta.url).href;
const leash = new URL("./end-with-parent.mjs", import.meta.url).href;

/** Says its process id and every signal it hears; ends a moment after the first one, with code 7. */
const program = `
  let isEnding = false;
  for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => {
    process.stdout.write(name + "\\n");
    if (!isEnding) setTimeout(() => process.exit(7), 300);
    isEnding = true;
  });
  setInterval(() => {}, 1000);
  process.stdout.write(process.pid + "\\n");`;

const started: ChildProcess[] = [];

afterEach(() => {
  for (const wrapper of started.splice(0)) wrapper.kill("SIGKILL");
});

/** A wrapper in a group of its own, as a shell starts a command, that runs the program through runChild. */
async function startWrapper() {
  const source = `
    import { runChild } from ${JSON.stringify(runner)};
    const parameters = ["--import", ${JSON.stringify(leash)}, "--eval", ${JSON.stringify(program)}];
    const env = { ...process.env, CHORUS_PARENT: String(process.pid) };
    process.exitCode = await runChild({ parameters, env, inOwnGroup: true });`;
  const wrapper = spawn(process.execPath, ["--input-type=module", "--eval", source], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.push(wrapper);
  const lines = createInterface(wrapper.stdout);
  const [pid] = await once(lines, "line");
  const heard: string[] = [];
  lines.on("line", (line) => heard.push(line));
  return { wrapper, heard, programPid: Number(pid), ended: once(wrapper, "exit"), allSaid: once(lines, "close") };
}

describe("the wrapper around the program", () => {
  it("hands one Ctrl-C on once, however often it arrives, and ends with the program's own code", async () => {
    const { wrapper, heard, ended, allSaid } = await startWrapper();
    process.kill(-Number(wrapper.pid), "SIGINT"); // the terminal
    wrapper.kill("SIGINT"); // npm, which hands it on
    expect(await ended).toEqual([7, null]);
    await allSaid;
    expect(heard).toEqual(["SIGINT"]);
  });

  it("hands a request to stop on, and takes a closed terminal for one", async () => {
    for (const signal of ["SIGTERM", "SIGHUP"] as const) {
      const { wrapper, heard, ended, allSaid } = await startWrapper();
      wrapper.kill(signal);
      expect(await ended).toEqual([7, null]);
      await allSaid;
      expect(heard).toEqual(["SIGTERM"]);
    }
  });

  it("says with its code by which signal the program died", async () => {
    const { programPid, ended } = await startWrapper();
    process.kill(programPid, "SIGKILL");
    expect(await ended).toEqual([128 + 9, null]);
  });

  it("leaves no program behind when it is killed itself", async () => {
    const { wrapper, heard, allSaid } = await startWrapper();
    wrapper.kill("SIGKILL");
    await allSaid; // the program held the other end of the pipe
    expect(heard).toEqual(["SIGTERM"]);
  });
});
