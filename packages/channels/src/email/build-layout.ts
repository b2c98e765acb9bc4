/**
 * Writes layout.compiled.txt from layout.mjml: `node --import tsx src/email/build-layout.ts` in packages/channels. MJML takes a
 * second to load and 60 MB, so it runs when the layout changes and not in every process; layout.test.ts holds the two
 * files together.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import mjml2html from "mjml";

export async function buildLayout(): Promise<string> {
  const source = readFileSync(new URL("./layout.mjml", import.meta.url), "utf8");
  const { html } = await mjml2html(source, { validationLevel: "strict", fonts: {} });
  return `${html.replace(/[ \t]*\n\s*/g, "\n").trim()}\n`;
}

if (argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL("./layout.compiled.txt", import.meta.url), await buildLayout());
