/** What the Dockerfile says about its last stage, and which files of the clone get into it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Image = {
  readonly base: string;
  readonly user: string | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly hasHealthcheck: boolean;
  /** RUN lines of all stages. */
  readonly runs: readonly string[];
  /** Manifests that are copied before the packages are fetched, and those that there are. */
  readonly manifests: readonly string[];
  readonly manifestsOfClone: readonly string[];
  /** What is copied and is not there. */
  readonly missing: readonly string[];
  /** Folders of the image that a stage before has filled. */
  readonly made: readonly string[];
  holds(path: string): boolean;
  ignores(path: string): boolean;
};

type Line = { readonly word: string; readonly rest: string };

export function readImage(root: string): Image {
  const lines = readLines(readFileSync(join(root, "Dockerfile"), "utf8"));
  const last = lines.slice(lines.findLastIndex((line) => line.word === "FROM"));
  const of = (word: string, among: readonly Line[] = last) =>
    among.filter((line) => line.word === word).map((line) => line.rest);
  const sources = (among: readonly Line[]) =>
    of("COPY", among)
      .filter((rest) => !rest.startsWith("--from"))
      .flatMap(copied);
  const ignores = readIgnores(root);
  const held = sources(last);
  return {
    base: /^NODE=(.+)$/.exec(of("ARG", lines)[0] ?? "")?.[1] ?? "",
    user: of("USER").at(-1) ?? null,
    environment: Object.fromEntries(
      of("ENV").flatMap((rest) => rest.split(/\s+/).map((pair) => pair.split(/=(.*)/s, 2))),
    ),
    command: JSON.parse(of("CMD").at(-1) ?? "[]"),
    hasHealthcheck: of("HEALTHCHECK").some((rest) => /\bCMD \[/.test(rest)),
    runs: of("RUN", lines),
    manifests: sources(lines)
      .filter((path) => path.endsWith("/package.json"))
      .sort(),
    manifestsOfClone: manifestsIn(root),
    missing: sources(lines).filter((path) => !existsSync(join(root, path)) || ignores(path)),
    made: of("COPY").flatMap((rest) => /^--from=\S+ \S+ (?:\.\/)?(\S*)$/.exec(rest)?.[1] || []),
    holds: (path) =>
      held.some((each) => path === each || path.startsWith(`${each}/`)) &&
      existsSync(join(root, path)) &&
      !ignores(path),
    ignores,
  };
}

/** One line an instruction, without comments. */
const readLines = (text: string): Line[] =>
  text
    .split("\n")
    .filter((line) => !/^\s*#/.test(line))
    .join("\n")
    .replace(/\\\n/g, " ")
    .split("\n")
    .flatMap((line) => {
      const [, word, rest] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
      return word && rest !== undefined ? [{ word, rest }] : [];
    });

const copied = (rest: string): string[] =>
  rest
    .trim()
    .split(/\s+/)
    .slice(0, -1)
    .map((path) => path.replace(/^\.\//, ""));

/** Of Docker's patterns, those that ours uses: a star, and two for any depth. A folder takes all that is in it along. */
function readIgnores(root: string): (path: string) => boolean {
  const patterns = readFileSync(join(root, ".dockerignore"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const forms = patterns.map((pattern) => {
    const parts = pattern.split("**/").map((part) => part.replaceAll(".", "\\.").replaceAll("*", "[^/]*"));
    return new RegExp(`^${parts.join("(?:.*/)?")}(?:/.*)?$`);
  });
  return (path) => forms.some((form) => form.test(path));
}

const manifestsIn = (root: string): string[] =>
  ["apps", "packages"]
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}/package.json`))
    .filter((path) => existsSync(join(root, path)))
    .sort();
