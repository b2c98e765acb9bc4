/**
 * The command line program: reads what is wanted, does it, and says with its exit code whether it went well.
 * 0: yes. 1: it failed, or the figures do not agree. 2: mistyped. 128 + n: stopped by signal n before it was done.
 */
import { type Command, help, readCommand } from "./command.ts";
import { copy } from "./copy.ts";
import { demo } from "./demo.ts";
import { exportCopy } from "./export.ts";
import { type Halt, openHalt } from "./halt.ts";
import { importFile } from "./import.ts";
import { migrateDeployment } from "./migrate.ts";
import { makeWorkspace } from "./new-workspace.ts";
import { loadEnvFile, readSettings } from "./settings.ts";
import { lastSession } from "./state-folder.ts";
import { showTrace } from "./trace.ts";
import { up } from "./up.ts";
import { verify } from "./verify.ts";
import { showWhy } from "./why.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function run(command: Command, halt: Halt): Promise<number> {
  switch (command.is) {
    case "help":
      say(help);
      return 0;
    case "mistyped":
      process.stderr.write(`${command.message}\n`);
      return 2;
    case "demo":
      return await demo({ options: command.options, settings: settingsWith(command.port), halt, say });
    case "up":
      return await up({ options: command.options, settings: settingsWith(command.port), halt, say });
    case "import": {
      const url = command.options.url ?? apiOfRunning();
      return await importFile({ options: { ...command.options, url }, signal: halt.signal, say });
    }
    case "copy": {
      const url = command.options.url ?? apiOfRunning();
      return await copy({ options: { ...command.options, url }, signal: halt.signal, say });
    }
    case "migrate":
      return await migrateDeployment({ settings: settingsWith(null), say });
    case "workspace":
      return await makeWorkspace({ options: command.options, settings: settingsWith(null), say });
    case "why": {
      const url = command.options.url ?? apiOfRunning();
      return await showWhy({ options: { ...command.options, url }, signal: halt.signal, say });
    }
    case "export": {
      const url = command.options.url ?? apiOfRunning();
      return await exportCopy({ options: { ...command.options, url }, signal: halt.signal });
    }
    case "trace":
      return showTrace(command.id, say);
    case "verify":
      return await verify({ settings: settingsWith(null), run: command.run, asJson: command.asJson, say });
  }
}

function settingsWith(port: number | null) {
  loadEnvFile();
  const settings = readSettings(process.env);
  return port === null ? settings : { ...settings, API_PORT: port };
}

function apiOfRunning(): string {
  const session = lastSession(settingsWith(null).CHORUS_HOME);
  if (session?.isRunning) return session.apiUrl;
  throw new Error("Nothing runs here now: start it with `npm start`, or say with --url where the API is.");
}

const halt = openHalt(say);
process.stdout.on("error", () => halt.fail(new Error("Nobody reads any more what is said here: stopped.")));
try {
  process.exitCode = await run(readCommand(process.argv.slice(2)), halt);
} catch (error) {
  const asked = halt.asked();
  if (asked === null) process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = asked ?? 1;
} finally {
  halt.release();
}
