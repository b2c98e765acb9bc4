/** `npm run bench -- NAME`: measures, prints a table, and writes every figure with its conditions where `--json` says. */
import { openHalt } from "@chorus/cli/halt";
import { makeRoomFor } from "@chorus/cli/out";
import { benchApi } from "./api.ts";
import { type Frame, frameLines, writeFrame } from "./frame.ts";
import { benchGrowth } from "./growth.ts";
import { benchImport } from "./import.ts";
import { benchLevers } from "./levers.ts";
import { benchPlan } from "./plan.ts";
import { benchSend } from "./send.ts";
import { benchSms } from "./sms.ts";
import { type BenchWish, readWish } from "./wish.ts";

const benches: Readonly<Record<string, (wish: BenchWish) => Promise<Frame>>> = {
  send: benchSend,
  sms: benchSms,
  plan: benchPlan,
  import: benchImport,
  api: benchApi,
  growth: benchGrowth,
  levers: benchLevers,
};

const help = `npm run bench -- NAME [options]

Benches
  send      a campaign by mail, beside a loop over nodemailer and beside smtp-source
  sms       a campaign by text message, beside loops over undici and over the Twilio SDK
  plan      preflight and expansion, beside a count and a bare INSERT … SELECT
  import    a CSV of contacts, beside COPY of the same file
  api       POST /v1/messages, beside a server with one INSERT, and codes while a campaign goes out
  growth    a campaign to --recipients, to a tenth and to a hundredth of them
  levers    pause, stop everything and cancel, with a campaign to --recipients (200,000 or more) planned and going out

Options
  --json FILE           every figure, with the conditions it was measured under
  --recipients N        contacts of a campaign (20,000)
  --rows N              rows of an import (100,000)
  --rounds N            how often everybody takes a turn (3)
  --sink URL            a mail server on this machine instead of smtp-sink
  --node-options "…"    for the processes that are measured, as in "--max-semi-space-size=64"`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** 0: measured. 1: failed, or the figures are void. 2: mistyped. 128 + n: stopped by signal n. */
async function run(): Promise<number> {
  const typed = readWish(process.argv.slice(2), Object.keys(benches));
  if (typed.is === "help") {
    say(typed.mistake === null ? help : `${typed.mistake}\n\n${help}`);
    return typed.mistake === null ? 0 : 2;
  }
  if (typed.json) makeRoomFor(typed.json);
  const halt = openHalt(say);
  try {
    const frame = await benches[typed.name]?.({ ...typed.wish, halt, say });
    if (!frame) return 2;
    for (const line of ["", ...frameLines(frame)]) say(line);
    if (typed.json) writeFrame(typed.json, frame);
    return frame.void ? 1 : 0;
  } catch (error) {
    if (halt.asked() === null) process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return halt.asked() ?? 1;
  } finally {
    halt.release();
  }
}

process.exitCode = await run();
