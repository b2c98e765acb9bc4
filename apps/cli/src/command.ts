/** What was typed on the command line, read into what is to be done, or into what to type instead. */
import { parseArgs } from "node:util";
import { nearestOf } from "@chorus/api/nearest";
import { trainingShapes } from "@chorus/core/training-shapes";
import type { CopyOptions } from "./copy.ts";
import type { DemoOptions } from "./demo.ts";
import { type ExportOptions, exportKinds } from "./export.ts";
import { type ImportOptions, importKinds } from "./import.ts";
import type { WorkspaceOptions } from "./new-workspace.ts";
import type { UpOptions } from "./up.ts";
import type { WhyOptions } from "./why.ts";

export const help = `Chorus: one brief, many voices, books that always balance.

  npm run demo                 one whole campaign over a real shop, then stay up to be looked at
  npm start                    everything on this machine, with your own data
  npm run chorus -- <command>  any of the commands below

Commands
  demo      --exit             end after the report instead of staying up
            --json FILE        write the report's figures
            --limit N          only the first N customers and their purchases
            --scenario NAME    not the shop, but one reader and what is offered to them: camera-bag, kettle, or a
                               file of the same form (apps/cli/scenarios)
            --port N           port of the API; a free one without it
  up        --live             the first workspace may reach real people; without it: this machine only
            --port N           port of the API; a free one without it
  import    FILE --kind contacts|products|activity --key KEY [--url URL]
                               take in a CSV file through the API; --url is not needed while \`up\` or \`demo\` runs here
  copy      FILE --key KEY [--url URL] [--json]
                               have copy written: FILE is the body of POST /v1/copies, as docs/copy.example.json
  migrate                      bring DATABASE_URL and the queue up to this version; part of every deployment
  workspace --name NAME --owner EMAIL [--live]
                               a workspace in DATABASE_URL, and its first API key, where npm start is not used
  why       MESSAGE --key KEY [--url URL] [--json]
                               why somebody got this message: the sentence for them, or the whole record
  export    sft|dpo --key KEY [--shape openai|trl] [--url URL]
                               copy that people approved, edited and refused, as JSON lines to train a model on
  trace     ID               from a message (msg_…) to its trace, or from a trace to its message
  verify    [--run ID] [--json]
                               whether every invariant of the ledger holds, and the books against the sandbox's wire
                               log, message id by message id

Examples
  npm run demo -- --exit --json out.json
  npm run demo -- --limit 500
  npm run demo -- --scenario camera-bag
  QUEUE_URL=redis://127.0.0.1:6379 npm run demo
  OPENAI_BASE_URL=http://127.0.0.1:8080/v1 npm run demo
  npm run chorus -- import customers.csv --kind contacts --key chorus_…
  npm run chorus -- copy docs/copy.example.json --key chorus_…
  npm run chorus -- verify

Settings come from the environment or from a .env file; .env.example lists them.`;

export type Command =
  | { is: "help" }
  | { is: "mistyped"; message: string }
  | { is: "demo"; options: DemoOptions; port: number | null }
  | { is: "up"; options: UpOptions; port: number | null }
  | { is: "import"; options: Omit<ImportOptions, "url"> & { url: string | null } }
  | { is: "copy"; options: Omit<CopyOptions, "url"> & { url: string | null } }
  | { is: "migrate" }
  | { is: "workspace"; options: WorkspaceOptions }
  | { is: "why"; options: Omit<WhyOptions, "url"> & { url: string | null } }
  | { is: "export"; options: Omit<ExportOptions, "url"> & { url: string | null } }
  | { is: "trace"; id: string }
  | { is: "verify"; run: string | null; asJson: boolean };

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
const known = {
  demo: { exit: flag, json: text, limit: text, port: text, scenario: text },
  up: { live: flag, port: text },
  import: { kind: text, key: text, url: text },
  copy: { key: text, url: text, json: flag },
  migrate: {},
  workspace: { name: text, owner: text, live: flag },
  why: { key: text, url: text, json: flag },
  export: { key: text, url: text, shape: text },
  trace: {},
  verify: { run: text, json: flag },
} as const;
type Name = keyof typeof known;
const names = Object.keys(known);
const isName = (name: string): name is Name => names.includes(name);
const takesOne: readonly Name[] = ["copy", "import", "trace", "why", "export"];
const largestPort = 65_535;
const anyone = 10_000_000;

export function readCommand([name, ...rest]: readonly string[]): Command {
  if (name === undefined || name === "help" || [name, ...rest].some((each) => each === "--help" || each === "-h"))
    return { is: "help" };
  if (!isName(name)) return mistyped(`There is no command "${name}".${meant(name, names, "")}`);
  const typed = parse(name, rest);
  if ("is" in typed) return typed;
  const [first, ...more] = typed.positionals;
  const surplus = takesOne.includes(name) ? more[0] : first;
  if (surplus !== undefined) return mistyped(`"${surplus}" is one word too many for ${name}.`);
  return build(name, typed.values, first);
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

function parse(name: Name, args: readonly string[]): { values: Values; positionals: string[] } | Command {
  try {
    const options: Record<string, typeof text | typeof flag> = known[name];
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const option = /^Unknown option '--?([^']*)'/.exec(said)?.[1];
    if (option === undefined) return mistyped(`${said.split(". ")[0]}.`);
    return mistyped(`${name} has no option --${option}.${meant(option, Object.keys(known[name]), "--")}`);
  }
}

function build(name: Name, values: Values, first: string | undefined): Command {
  const string = (key: string) => (typeof values[key] === "string" ? values[key] : null);
  const port = wholeNumber(string("port"), largestPort);
  if (port === "wrong") return mistyped(`--port is a number from 0 to ${largestPort}.`);
  switch (name) {
    case "demo": {
      const limit = wholeNumber(string("limit"), anyone);
      if (limit === "wrong" || limit === 0)
        return mistyped("--limit is how many customers to take: a whole number from 1.");
      return {
        is: "demo",
        options: { exit: values.exit === true, json: string("json"), limit, scenario: string("scenario") },
        port,
      };
    }
    case "up":
      return { is: "up", options: { live: values.live === true }, port };
    case "import":
      return buildImport(first, { kind: string("kind"), key: string("key"), url: string("url") });
    case "copy":
      return buildCopy(first, { key: string("key"), url: string("url"), asJson: values.json === true });
    case "migrate":
      return { is: "migrate" };
    case "workspace":
      return buildWorkspace({ name: string("name"), owner: string("owner"), live: values.live === true });
    case "why":
      return buildWhy(first, { key: string("key"), url: string("url"), asJson: values.json === true });
    case "export":
      return buildExport(first, { key: string("key"), url: string("url"), shape: string("shape") ?? "openai" });
    case "trace":
      return first === undefined ? mistyped("Name a message or a trace: trace msg_…") : { is: "trace", id: first };
    case "verify":
      return { is: "verify", run: string("run"), asJson: values.json === true };
  }
}

function buildWorkspace(of: { name: string | null; owner: string | null; live: boolean }): Command {
  if (!of.name) return mistyped("--name says what the workspace is called.");
  if (!of.owner?.includes("@")) return mistyped("--owner is the address of the person whom the first key speaks for.");
  return { is: "workspace", options: { name: of.name, owner: of.owner, live: of.live } };
}

function buildImport(
  file: string | undefined,
  of: { kind: string | null; key: string | null; url: string | null },
): Command {
  const kind = importKinds.find((each) => each === of.kind);
  if (!file) return mistyped("Name the CSV file: import customers.csv --kind contacts --key chorus_…");
  if (!kind) return mistyped(`--kind says what the file holds: ${importKinds.join(", ")}.`);
  const api = readApi(of);
  return "is" in api ? api : { is: "import", options: { file, kind, ...api } };
}

function buildCopy(
  file: string | undefined,
  { asJson, ...of }: { key: string | null; url: string | null; asJson: boolean },
): Command {
  if (!file) return mistyped("Name the file that says what is wanted: copy docs/copy.example.json --key chorus_…");
  const api = readApi(of);
  return "is" in api ? api : { is: "copy", options: { file, asJson, ...api } };
}

function buildWhy(id: string | undefined, of: { key: string | null; url: string | null; asJson: boolean }): Command {
  if (!id?.startsWith("msg_")) return mistyped("Name a message: why msg_… --key chorus_…");
  const api = readApi(of);
  return "is" in api ? api : { is: "why", options: { id, asJson: of.asJson, ...api } };
}

function buildExport(
  typed: string | undefined,
  of: { key: string | null; url: string | null; shape: string },
): Command {
  const kind = exportKinds.find((each) => each === typed);
  const shape = trainingShapes.find((each) => each === of.shape);
  if (!kind) return mistyped(`Say what for: export ${exportKinds.join(" or export ")}.`);
  if (!shape) return mistyped(`--shape is one of: ${trainingShapes.join(", ")}.`);
  const api = readApi(of);
  return "is" in api ? api : { is: "export", options: { kind, shape, ...api } };
}

function readApi({
  key,
  url,
}: {
  key: string | null;
  url: string | null;
}): { key: string; url: string | null } | Command {
  if (!key) return mistyped("--key is an API key; `npm start` shows the first one when it makes the workspace.");
  if (url !== null && !URL.canParse(url)) return mistyped("--url is where the API is, as in http://127.0.0.1:3000.");
  return { key, url };
}

function wholeNumber(typed: string | null, most: number): number | null | "wrong" {
  if (typed === null) return null;
  return /^\d{1,9}$/.test(typed) && Number(typed) <= most ? Number(typed) : "wrong";
}

const mistyped = (message: string): Command => ({
  is: "mistyped",
  message: `${message}\nTry --help for what there is.`,
});

function meant(typed: string, from: readonly string[], dashes: string): string {
  const found = nearestOf(typed, from);
  return found ? ` Did you mean ${dashes}${found}?` : ` There is: ${from.map((each) => dashes + each).join(", ")}.`;
}
