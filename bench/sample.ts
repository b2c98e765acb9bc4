/** An untimed look at what is measured: real mails of each sender, their sizes, and whether Chorus' links lead anywhere. */
import { runLoop } from "./child.ts";
import { runChorus } from "./chorus-run.ts";
import type { House } from "./house.ts";
import { emailOf, firstName } from "./people.ts";
import { openRecordingSink, type RecordingSink } from "./recording-sink.ts";
import { setStage } from "./stage.ts";
import { sendRaw } from "./wire.ts";
import { linksOf, type Words, wordsOf } from "./words.ts";

export type Sample = {
  readonly words: Words;
  readonly meanBytes: { readonly chorus: number; readonly nodemailer: number; readonly smtpSource: number };
  /** What smtp-source must be told so that its mails are as large. */
  readonly rawBytes: number;
  readonly mails: number;
  readonly linksThatResolve: number;
  readonly flaws: readonly string[];
};

const sampled = 100;
const sizesAgreeWithin = 0.02;

export async function lookAtMails(house: House): Promise<Sample> {
  const sink = await openRecordingSink();
  house.undo(sink.close);
  const accounts = { SMTP_URL: sink.url };
  const stage = await setStage(house, { contacts: sampled, channel: "email", accounts });
  const links = { good: 0, flaws: [] as string[] };
  const afterwards = async () => void Object.assign(links, await followLinks(sink.mails));
  const run = { stage, accounts, workers: 1, redis: null, seen: () => null, afterwards };
  const { flaws } = await house.meter({ label: "sampled mails", total: sampled }, (set) => runChorus(house, run, set));
  const mails = sink.mails.slice();
  const words = await wordsOf(mailTo(mails, 0), firstName(0));
  const publicUrl = new URL((await linksOf(mailTo(mails, 0), "u"))[0] ?? "http://127.0.0.1").origin;
  const order = {
    databaseUrl: house.urlOf(stage.database),
    sinkUrl: sink.url,
    publicUrl,
    words,
    connections: 5,
    noDelay: true,
    limit: sampled,
  };
  await runLoop(house, { file: "nodemailer-loop.ts", order });
  const chorus = meanBytes(mails);
  const nodemailer = meanBytes(sink.mails.slice(mails.length));
  const raw = await measureRaw(house, sink, Math.round(chorus));
  sink.close();
  return {
    ...{ words, rawBytes: raw.bytes, mails: mails.length, linksThatResolve: links.good },
    meanBytes: { chorus, nodemailer, smtpSource: raw.meanBytes },
    flaws: [
      ...flaws,
      ...links.flaws,
      ...sameness(mails),
      ...sizeFlaws({ chorus, nodemailer, smtpSource: raw.meanBytes }),
    ],
  };
}

function mailTo(mails: readonly Buffer[], n: number): Buffer {
  const found = mails.find((mail) => mail.includes(emailOf(n)));
  if (!found) throw new Error(`No mail to ${emailOf(n)} arrived.`);
  return found;
}

const meanBytes = (mails: readonly Buffer[]): number =>
  Math.round((mails.reduce((sum, mail) => sum + mail.length, 0) / mails.length) * 10) / 10;

/** Its headers come on top of the length it is told. */
async function measureRaw(
  house: House,
  sink: RecordingSink,
  wanted: number,
): Promise<{ bytes: number; meanBytes: number }> {
  const once = async (bytes: number) => {
    await sendRaw(house, { url: sink.url, mails: 1, bytes });
    return sink.mails.at(-1)?.length ?? 0;
  };
  const headers = (await once(wanted)) - wanted;
  const bytes = wanted - headers;
  return { bytes, meanBytes: await once(bytes) };
}

/** Not the headers alone: what people read must be each one's own. */
function sameness(mails: readonly Buffer[]): string[] {
  const bodies = new Set(mails.map((mail) => mail.subarray(mail.indexOf("\r\n\r\n")).toString("latin1")));
  return bodies.size === sampled ? [] : [`Of ${sampled} sampled mails only ${bodies.size} differ from each other.`];
}

function sizeFlaws({ chorus, ...others }: Sample["meanBytes"]): string[] {
  return Object.entries(others)
    .filter(([, bytes]) => Math.abs(bytes / chorus - 1) > sizesAgreeWithin)
    .map(([name, bytes]) => `A mail of ${name} has ${bytes} bytes and one of Chorus ${chorus}: more than 2 % apart.`);
}

/** Opens every link as its reader would; one reader also unsubscribes with one click. */
async function followLinks(mails: readonly Buffer[]): Promise<{ good: number; flaws: string[] }> {
  const flaws: string[] = [];
  let good = 0;
  for (const [place, mail] of mails.entries()) {
    const [asks, clicks] = [await linksOf(mail, "u"), await linksOf(mail, "c")];
    if (asks.length === 0 || clicks.length === 0)
      flaws.push("A sampled mail has no unsubscribe link or no tracked one.");
    for (const link of [...asks, ...clicks]) {
      const { status, headers } = await fetch(link, { redirect: "manual" });
      const isRight = asks.includes(link) ? status === 200 : status === 302 && headers.has("location");
      if (isRight) good += 1;
      else flaws.push(`A link of a sampled mail is answered with ${status}.`);
    }
    if (place === 0 && asks[0] && !(await fetch(asks[0], { method: "POST" })).ok)
      flaws.push("One click did not unsubscribe.");
  }
  return { good, flaws };
}
