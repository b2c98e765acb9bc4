/**
 * Starts the services of a compose file as plain processes of this machine: same commands, same environment, same
 * order and conditions, and each healthcheck asked until it passes. What differs is only where things are: hosts, ports
 * and folders are written anew everywhere, by the same table.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Condition, inStartOrder, type Service } from "./compose-file.ts";

export type Rehearsal = {
  readonly services: readonly Service[];
  /** Where the image has its sources. */
  readonly root: string;
  /** Keeps what each service prints. */
  readonly folder: string;
  /** From texts of the file to those of this machine. */
  readonly places: Readonly<Record<string, string>>;
  /** What the image itself sets. */
  readonly imageEnvironment: Readonly<Record<string, string>>;
  /** Programs of other images, by those of this machine; null when there is none and nothing is to be run for it. */
  readonly programs: Readonly<Record<string, readonly string[] | null>>;
};

export type Running = {
  /** Names of the services whose healthcheck passed, in this order. */
  readonly healthy: readonly string[];
  readonly completed: readonly string[];
  /** Asks all to end, the last one first; answers each one's exit code. */
  stop(): Promise<Record<string, number | null>>;
};

const stopWithinMs = 30_000;
const startPeriodMs = 60_000;

type Started = {
  readonly service: Service;
  readonly child: ChildProcess | null;
  readonly ended: Promise<number | null>;
};

/** Throws, with nothing left running, when a service ends too soon or does not become what others wait for. */
export async function rehearse(of: Rehearsal): Promise<Running> {
  const started = new Map<string, Started>();
  const healthy: string[] = [];
  const completed: string[] = [];
  const stop = async () => {
    const codes: Record<string, number | null> = {};
    for (const [name, each] of [...started].reverse()) codes[name] = await end(each);
    return codes;
  };
  const reach = async (name: string, condition: Condition) => {
    const each = started.get(name);
    if (!each || condition === "service_started") return;
    if (condition === "service_healthy" && !healthy.includes(name)) {
      await untilHealthy(of, each);
      healthy.push(name);
    }
    if (condition === "service_completed_successfully" && !completed.includes(name)) {
      const code = await each.ended;
      if (code !== 0) throw new Error(`${name} ended with ${code}:\n${printed(of, name)}`);
      completed.push(name);
    }
  };
  try {
    for (const service of inStartOrder(of.services)) {
      for (const [name, condition] of Object.entries(service.dependsOn)) await reach(name, condition);
      started.set(service.name, start(of, service));
    }
    for (const { name, healthcheck } of of.services) if (healthcheck) await reach(name, "service_healthy");
    return { healthy, completed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function start(of: Rehearsal, service: Service): Started {
  const [program, ...parameters] = here(of, service.command ?? []);
  if (program === undefined) return { service, child: null, ended: Promise.resolve(0) };
  const log = openSync(join(of.folder, `${service.name}.log`), "w");
  const child = spawn(program, parameters, {
    cwd: of.root,
    env: environmentOf(of, service),
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const ended = new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(127));
    child.once("exit", (code) => resolve(code));
  });
  return { service, child, ended };
}

/** Nothing of this machine's own settings gets in but where its programs are. */
function environmentOf(of: Rehearsal, { image, environment }: Service): Record<string, string> {
  const { PATH = "", HOME = "" } = process.env;
  const ours = image === null ? of.imageEnvironment : {};
  return {
    PATH,
    HOME,
    ...ours,
    ...Object.fromEntries(Object.entries(environment).map(([key, text]) => [key, placed(of, text)])),
  };
}

function here(of: Rehearsal, command: readonly string[]): string[] {
  const [program, ...parameters] = command;
  if (program === undefined) return [];
  const known = of.programs[program];
  if (known === null) return [];
  return [...(known ?? [program]), ...parameters.map((each) => placed(of, each))];
}

const placed = ({ places }: Rehearsal, text: string): string =>
  Object.entries(places).reduce((written, [from, to]) => written.replaceAll(from, to), text);

async function untilHealthy(of: Rehearsal, { service, child, ended }: Started): Promise<void> {
  const check = service.healthcheck;
  if (!check) throw new Error(`Others wait for ${service.name} to be healthy, and it has no healthcheck.`);
  const gone = { is: false };
  if (child) void ended.then(() => (gone.is = true));
  const forMs = startPeriodMs + check.intervalMs * check.retries;
  for (const until = performance.now() + forMs; performance.now() < until; await sleep(300)) {
    if (gone.is) throw new Error(`${service.name} ended:\n${printed(of, service.name)}`);
    if (await passes(of, service, check.command)) return;
  }
  throw new Error(`${service.name} did not become healthy:\n${printed(of, service.name)}`);
}

function passes(of: Rehearsal, service: Service, command: readonly string[]): Promise<boolean> {
  const [program, ...parameters] = here(of, command);
  if (program === undefined) return Promise.resolve(true);
  const check = spawn(program, parameters, { cwd: of.root, env: environmentOf(of, service), stdio: "ignore" });
  return new Promise((resolve) => {
    check.once("error", () => resolve(false));
    check.once("exit", (code) => resolve(code === 0));
  });
}

async function end({ child, ended }: Started): Promise<number | null> {
  if (!child) return 0;
  child.kill("SIGTERM");
  const hurry = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
  const code = await ended;
  clearTimeout(hurry);
  return code;
}

const printed = ({ folder }: Rehearsal, name: string): string =>
  readFileSync(join(folder, `${name}.log`), "utf8")
    .split("\n")
    .slice(-20)
    .join("\n");
