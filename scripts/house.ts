/** The rules of the house, for one file at a time. Pure: the caller reads the files. */
import { posix } from "node:path";
import { findImports, type Import, type Token, tokenize } from "./import-scan.ts";
import { privateModules, pureBuiltins, pureRoom, type Room, rooms, testFramework } from "./rooms.ts";

export type Manifest = {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
};
/** `path` from the top of the house, with forward slashes. */
export type Source = { readonly path: string; readonly text: string };
export type Offence = { readonly path: string; readonly line: number; readonly what: string };

type Visit = { source: Source; room: Room; name: string; manifest: Manifest; isTest: boolean };

const scope = "@chorus/";

export function checkFile(source: Source, manifestOf: (room: string) => Manifest): Offence[] {
  const name = roomOf(source.path);
  const room = name === null ? undefined : rooms[name];
  if (name === null || !room) return [offence(source, 1, "is in no room: give its folder a line in scripts/rooms.ts")];
  const isTest = isOfTests(source.path);
  const visit = { source, room, name, manifest: manifestOf(name), isTest };
  const tokens = tokenize(source.text);
  const outside = findImports(tokens).flatMap((one) => {
    const what = whatIsWrong(visit, one.specifier);
    return what === null ? [] : [offence(source, one.line, what)];
  });
  return name === pureRoom && !isTest ? [...outside, ...impurities(source, tokens)] : outside;
}

/** `x.test.ts`, and the ground that tests and measurements stand on: `test-x.ts` and the folders `test` and `bench`. */
const isOfTests = (path: string) => /(^|\/)((test|bench)\/|test-[^/]*$)|\.test\.tsx?$/.test(path);

const offence = ({ path }: Source, line: number, what: string): Offence => ({ path, line, what });

/** The room with the longest matching folder; a file at the top is in ".". null: nobody has given it a room. */
export function roomOf(path: string): string | null {
  if (!path.includes("/")) return ".";
  const depth = /^(apps|packages)\//.test(path) ? 2 : 1;
  const folder = path.split("/").slice(0, depth).join("/");
  return folder in rooms ? folder : null;
}

function whatIsWrong(visit: Visit, specifier: Import["specifier"]): string | null {
  if (specifier === null) return "imports something worked out at run time, which nobody can check";
  if (!visit.isTest && isOfTests(specifier)) return `imports "${specifier}", which is made for tests only`;
  if (specifier.startsWith(".")) return leavesRoom(visit, specifier);
  if (specifier.startsWith("node:")) return builtin(visit, specifier);
  if (specifier.startsWith(scope)) return neighbour(visit, specifier);
  return outsider(visit, specifier);
}

function leavesRoom({ source, name }: Visit, specifier: string): string | null {
  const target = posix.normalize(posix.join(posix.dirname(source.path), specifier));
  if (roomOf(target) === name && !target.startsWith("..")) return null;
  return `reaches out of its room with "${specifier}": import the other package by its name`;
}

function builtin({ name, isTest }: Visit, specifier: string): string | null {
  if (name !== pureRoom || isTest || pureBuiltins.includes(specifier)) return null;
  return `imports "${specifier}": core has no outside, let the caller hand it in`;
}

function neighbour(visit: Visit, specifier: string): string | null {
  const { name, room, manifest, isTest } = visit;
  const short = specifier.slice(scope.length).split("/")[0] ?? "";
  const target = [`packages/${short}`, `apps/${short}`].find((folder) => folder in rooms);
  if (!target) return `imports "${specifier}", a room that does not exist`;
  if (target === name) return null;
  const isPrivate = privateModules.some((one) => specifier === one || specifier.startsWith(`${one}/`));
  if (isPrivate) return `imports "${specifier}", which only ${target} itself may`;
  const isForTests = isTest && (room.inTests ?? []).includes(specifier);
  if (!room.mayImport.includes(target) && !isForTests) {
    return `imports "${specifier}": ${name} may import ${room.mayImport.join(", ") || "no other room"}`;
  }
  return undeclared(visit, `${scope}${short}`, manifest);
}

function outsider(visit: Visit, specifier: string): string | null {
  const { name, room, manifest, isTest } = visit;
  const parts = specifier.split("/");
  const library = specifier.startsWith("@") ? parts.slice(0, 2).join("/") : String(parts[0]);
  if (library === testFramework && isTest) return null; // the root's, for everybody's tests
  if (!room.outside.includes(library)) {
    const homes = Object.keys(rooms).filter((other) => rooms[other]?.outside.includes(library));
    const where = homes.length > 0 ? `it lives in ${homes.join(", ")}` : "no room has taken it in (scripts/rooms.ts)";
    return `imports "${specifier}": ${where}, not in ${name}`;
  }
  return undeclared(visit, library, manifest);
}

/** Rooms without a manifest of their own use the root's, whose workspaces need no line. */
function undeclared({ name, isTest }: Visit, library: string, manifest: Manifest): string | null {
  const isOfRoot = !/^(apps|packages)\//.test(name);
  if (isOfRoot && library.startsWith(scope)) return null;
  if (manifest.dependencies?.[library] !== undefined) return null;
  if ((isTest || isOfRoot) && manifest.devDependencies?.[library] !== undefined) return null;
  return `imports "${library}", which is not among the dependencies of ${isOfRoot ? "" : `${name}/`}package.json`;
}

/** Reading the clock or the environment makes a rule give other answers elsewhere and tomorrow. */
function impurities(source: Source, tokens: readonly Token[]): Offence[] {
  return tokens.flatMap((token, at) => {
    const spelled = (...values: string[]) => values.every((value, i) => tokens[at + i]?.value === value);
    if (token.kind !== "word") return [];
    if (spelled("process", ".", "env"))
      return [offence(source, token.line, "reads process.env: take it as an argument")];
    const isClock =
      spelled("Date", ".", "now") ||
      spelled("performance", ".", "now") ||
      spelled("new", "Date", "(", ")") ||
      (spelled("new", "Date") && tokens[at + 2]?.value !== "(");
    return isClock ? [offence(source, token.line, "reads the clock: take the moment as an argument")] : [];
  });
}
