/** What was typed after `npm run evals --`, or in words what is wrong with it. */
import { parseArgs } from "node:util";
import { modelPrice } from "@chorus/core/model-cost";
import { profileNames } from "@chorus/prompts/profiles";
import { z } from "zod";

export const help = (guards: readonly string[]): string => `npm run evals -- [options]

  --guard NAME   only this one: ${guards.join(", ")}
  --file FILE    with --guard: the shipped guard on your own labelled rows, one JSON object a line
  --seed N       of the folds (1)
  --json FILE    every figure
  --fit          fits the shipped models anew on all of their sets, and writes them

  --writer       in place of guards: what a model writes for a hundred fixed briefs
  --base-url URL any server that speaks Chat Completions, such as http://127.0.0.1:8080/v1; its key is in OPENAI_API_KEY
  --model NAME   which model to ask it for
  --profile NAME which kind of server it is: ${profileNames.join(", ")} (openai)
  --briefs N     only the first N of each language (50)
  --at-once N    briefs under way at the same time (4)
  --timeout N    seconds that one answer may take (90)
  --price JSON   what a million tokens cost, such as {"in":0.4,"cached":0.1,"out":1.6}`;

const positive = z.coerce.number().int().min(1);
const price = z.string().transform((text, context) => {
  try {
    return modelPrice.parse(JSON.parse(text));
  } catch {
    context.addIssue({ code: "custom", message: 'JSON such as {"in":0.4,"out":1.6}' });
    return z.NEVER;
  }
});

const wish = z
  .strictObject({
    guard: z.string().optional(),
    file: z.string().min(1).optional(),
    seed: z.coerce.number().int().min(0).default(1),
    json: z.string().min(1).optional(),
    fit: z.boolean().default(false),
    writer: z.boolean().default(false),
    "base-url": z.url({ protocol: /^https?$/ }).optional(),
    model: z.string().min(1).optional(),
    profile: z.enum(profileNames, { error: `one of ${profileNames.join(", ")}` }).optional(),
    briefs: positive.max(50).default(50),
    "at-once": positive.max(64).default(4),
    timeout: positive.max(3600).default(90),
    price: price.optional(),
    help: z.boolean().default(false),
  })
  .refine(
    ({ guard, file }) => file === undefined || (guard !== undefined && guard !== "picks"),
    "--file goes with --guard, and not with picks",
  )
  .refine(
    ({ writer, model, ...typed }) => !writer || (model !== undefined && typed["base-url"] !== undefined),
    "--writer goes with --base-url and --model",
  )
  .refine(({ writer, guard, fit }) => !writer || !(guard || fit), "--writer goes without --guard and --fit");
export type Wish = z.output<typeof wish>;

export function readWish(guards: readonly string[], typed?: readonly string[]): Wish | string {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const options = {
    ...{ guard: text, file: text, seed: text, json: text, fit: flag, help: flag, writer: flag, "base-url": text },
    ...{ model: text, profile: text, briefs: text, "at-once": text, timeout: text, price: text },
  };
  try {
    const read = wish.safeParse(parseArgs({ options, ...(typed ? { args: [...typed] } : {}) }).values);
    if (!read.success)
      return read.error.issues
        .map(({ path, message }) => (path.length > 0 ? `--${path.join(".")}: ${message}` : message))
        .join("\n");
    const { guard } = read.data;
    return guard === undefined || guards.includes(guard) ? read.data : `--guard: one of ${guards.join(", ")}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
