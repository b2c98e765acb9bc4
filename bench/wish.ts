/** What is typed after `npm run bench --`: which bench, and how much of it. */
import { parseArgs } from "node:util";
import type { Halt } from "@chorus/cli/halt";

export type BenchWish = {
  readonly halt: Halt;
  readonly say: (line: string) => void;
  readonly recipients: number;
  readonly rows: number;
  readonly rounds: number;
  readonly sink: string | null;
  readonly nodeOptions?: string | undefined;
};

export type Typed =
  | {
      readonly is: "bench";
      readonly name: string;
      readonly json: string | null;
      readonly wish: Omit<BenchWish, "halt" | "say">;
    }
  | { readonly is: "help"; readonly mistake: string | null };

const text = { type: "string" } as const;
const options = {
  ...{ recipients: text, rows: text, rounds: text, json: text, sink: text, "node-options": text },
  help: { type: "boolean", short: "h" },
} as const;
/** Fewer say little, and `send` calls its figures void then. */
export const fewestRounds = 3;

export function readWish(args: readonly string[], names: readonly string[]): Typed {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [name, more] = positionals;
    if (values.help || name === undefined) return { is: "help", mistake: null };
    if (!names.includes(name) || more !== undefined) throw new Error(`There is no bench "${more ?? name}".`);
    const wish = {
      recipients: whole("recipients", values.recipients, { usual: 20_000, least: 100 }),
      rows: whole("rows", values.rows, { usual: 100_000, least: 1_000 }),
      rounds: whole("rounds", values.rounds, { usual: fewestRounds, least: 1 }),
      sink: sinkUrl(values.sink),
      nodeOptions: values["node-options"],
    };
    return { is: "bench", name, json: values.json ?? null, wish };
  } catch (error) {
    return { is: "help", mistake: error instanceof Error ? error.message : String(error) };
  }
}

function whole(name: string, typed: string | undefined, of: { usual: number; least: number }): number {
  const value = Number(typed ?? of.usual);
  if (!Number.isInteger(value) || value < of.least) throw new Error(`--${name} is a whole number from ${of.least}.`);
  return value;
}

/** A bench sends hundreds of thousands of mails: they stay on this machine. */
function sinkUrl(typed: string | undefined): string | null {
  if (typed === undefined) return null;
  const url = URL.canParse(typed) ? new URL(typed) : null;
  if (url?.protocol !== "smtp:" || url.hostname !== "127.0.0.1" || url.port === "")
    throw new Error("--sink is a mail server on this machine, as in smtp://127.0.0.1:2525.");
  return typed;
}
