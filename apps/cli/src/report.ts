/** The demo's report: what became of every message, who wrote what, and whether the books agree with what arrived. */
import { channels } from "@chorus/channels/registry";
import type { VariantView } from "@chorus/core/wire-variants";
import type { Preflight, VariantLine } from "./campaign.ts";
import type { Comparison } from "./compare.ts";
import type { Outcome, Report } from "./out.ts";
import type { Providers } from "./providers.ts";
import type { Read } from "./readers.ts";
import { count, sideBySide, table, wrap } from "./table.ts";
import { showComparison } from "./verify.ts";

export type Story = {
  readonly report: Report;
  readonly outcome: Outcome;
  readonly providers: Providers;
  readonly variants: readonly VariantLine[];
  /** Two segments' variants in the same language. */
  readonly samples: readonly [VariantView, VariantView] | null;
  readonly comparison: Comparison;
  readonly read: Read;
  readonly disagreements: readonly string[];
};

export const widthOfReport = 110;

export const standIn = "stand-in, no model";

/** Who wrote a variant, in words that do not promise a model where there was none. */
export function writerOf(variant: Pick<VariantLine, "writer" | "model">, sandboxWrites: boolean): string {
  switch (variant.writer) {
    case "openai":
      return sandboxWrites ? standIn : (variant.model ?? "a model");
    case "template":
      return "template writer, no model";
    case "person":
      return "a person";
    case null:
      return "nobody yet";
  }
}

export function showReport(story: Story): string[] {
  return [
    ...heading(`What became of "${story.report.campaign.name}"`),
    ...showBooks(story),
    ...showAccounts(story.report),
    ...heading("Who was left out, and who could not be reached"),
    ...showReasons(story.report),
    ...showDelivery(story.report),
    ...heading("Segments (the first match wins)"),
    ...showSegments(story),
    ...heading("What a live workspace would have held back"),
    ...showHolds(story.report),
    ...heading("Copy for two segments"),
    ...showSamples(story),
    ...heading("What people did with it"),
    `  ${count(story.read.clicked)} followed a link, ${count(story.read.unsubscribed)} unsubscribed, ${count(story.read.stopped)} answered STOP (the demo did it in their stead, over HTTP).`,
    ...heading("The books against the sandbox's wire log, message id by message id"),
    ...showComparison(story.comparison),
    ...showElsewhere(story),
    ...story.disagreements.map((each) => `  ✗ ${each}`),
  ];
}

const heading = (text: string): string[] => ["", text, ""];

function showBooks({ report, outcome }: Story): string[] {
  const rows = Object.entries(report.channels).map(([channel, books]) => {
    const received = outcome.channels[channel]?.receivedBySandbox ?? null;
    return [channel, ...bookCells(books), received === null ? "another server" : count(received)];
  });
  const numbers = ["planned", "accepted", "skipped", "failed", "expired", "cancelled", "in doubt", "open", "arrived"];
  return table(
    [{ title: "channel" }, ...numbers.map((title) => ({ title, align: "right" as const }))],
    [...rows, ["all", ...bookCells(report.books), ""]],
  );
}

/** One line a channel and account; an account that was exchanged in mid-run makes another. */
const showAccounts = ({ accounts }: Report): string[] => [
  "",
  ...accounts.map(({ channel, provider, account }) => `  ${channel} went through ${provider}, account ${account}`),
];

const bookCells = (books: Report["books"]): string[] =>
  [
    ...[books.planned, books.accepted, total(books.skipped), total(books.failed)],
    ...[books.expired, books.cancelled, books.inDoubt, books.open],
  ].map(count);

const total = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

function showReasons(report: Report): string[] {
  const rows = Object.entries(report.channels).flatMap(([channel, { skipped, failed }]) => [
    ...reasons(skipped).map(([reason, of]) => [channel, "skipped", reason, of]),
    ...reasons(failed).map(([reason, of]) => [channel, "failed", reason, of]),
  ]);
  if (rows.length === 0) return ["  Nobody."];
  return table(
    [{ title: "channel" }, { title: "" }, { title: "because" }, { title: "messages", align: "right" }],
    rows,
  );
}

/** What providers said afterwards about messages they had accepted. */
function showDelivery(report: Report): string[] {
  return Object.entries(report.channels).flatMap(([channel, { delivery }]) => {
    const told = reasons(delivery).map(([what, of]) => `${of} ${what}`);
    return told.length > 0 ? [`  ${channel}, as reported later: ${told.join(", ")}`] : [];
  });
}

const reasons = (counts: Readonly<Record<string, number>>): [string, string][] =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, of]) => [reason.replaceAll("_", " "), count(of)]);

function showSegments({ report, variants, providers }: Story): string[] {
  const rows = report.segments.map(({ id, name, contacts, accepted, clicked }) => {
    const own = variants.filter((variant) => (variant.segment?.id ?? null) === id);
    const writers = own.map((variant) => `${variant.locale}: ${writerOf(variant, providers.sandboxWrites)}`);
    return [name, count(contacts), count(accepted), count(clicked), writers.join("; ")];
  });
  const fallbacks = variants.filter((variant) => variant.fallbackReason);
  return [
    ...table(
      [
        { title: "segment" },
        ...["contacts", "accepted", "clicked"].map((title) => ({ title, align: "right" as const })),
        { title: "copy written by" },
      ],
      rows,
    ),
    ...fallbacks.map(
      ({ segment, locale, fallbackReason }) =>
        `  ${segment?.name ?? "Everyone else"} (${locale}): the template writer stood in, because: ${fallbackReason}`,
    ),
  ];
}

function showHolds(report: Report): string[] {
  const lines = Object.entries(report.channels).flatMap(([channel, { wouldHold }]) =>
    reasons(wouldHold).map(([reason, of]) => `  ${channel}: ${of} for ${reason}`),
  );
  return lines.length > 0 ? lines : ["  Nothing at this hour."];
}

function showSamples({ samples, providers }: Story): string[] {
  if (!samples) return ["  There is no second segment to compare with."];
  const [left, right] = samples;
  const beside = (of: (variant: VariantView) => string) => sideBySide(of(left), of(right), widthOfReport);
  return [
    ...beside((variant) => `${variant.segment?.name ?? "Everyone else"} (${variant.locale})`),
    ...beside((variant) => `written by: ${writerOf(variant, providers.sandboxWrites)}`),
    ...beside(() => "─".repeat(Math.floor((widthOfReport - 5) / 2))),
    ...beside((variant) => `Subject: ${variant.previews.email?.title ?? ""}`),
    ...beside((variant) => firstLines(variant.previews.email?.text ?? "", 16)),
    ...beside(() => ""),
    ...beside((variant) => `SMS: ${variant.previews.sms?.text ?? ""}`),
  ];
}

function firstLines(text: string, most: number): string {
  const lines = text
    .trim()
    .replace(/\n{3,}/g, "\n\n")
    .split("\n");
  return lines.length > most ? [...lines.slice(0, most), "…"].join("\n") : lines.join("\n");
}

/** What nothing can be said about, because another server took it. */
function showElsewhere({ report, providers }: Story): string[] {
  const elsewhere = Object.keys(report.channels).filter((id) => !providers.sandboxChannels.some((own) => own === id));
  if (elsewhere.length === 0) return [];
  return [`  ${elsewhere.join(" and ")} went to a server of your own: what arrived there is not known here.`];
}

/** Who would be sent to and who would not, before anybody has said yes. */
export function showPreflight(preflight: Preflight): string[] {
  const rows = Object.entries(preflight.channels).map(([channel, { planned, willSend, skipped, hold }]) => {
    const why = reasons(skipped).map(([reason, of]) => `${of} ${reason}`);
    const held = reasons(hold).map(([reason, of]) => `${of} ${reason}`);
    return [channel, count(planned), count(willSend), why.join(", ") || "–", held.join(", ") || "–"];
  });
  const warnings = preflight.warnings.flatMap((each) => wrap(`Note: ${each.message}`, widthOfReport));
  return [
    ...table(
      [
        { title: "channel" },
        { title: "planned", align: "right" },
        { title: "will send", align: "right" },
        { title: "left out" },
        { title: "held back if this were live" },
      ],
      rows,
    ),
    ...warnings.map((line) => `  ${line}`),
  ];
}

/** What carries and writes, and what of it stands in for the real thing. */
export function showProviders(providers: Providers): string[] {
  const own = channels.map(({ id }) => id).filter((channel) => !providers.sandboxChannels.includes(channel));
  return [
    providers.sandboxChannels.length > 0
      ? `${providers.sandboxChannels.join(", ")}: carried by the sandbox on this machine (${own.length === 0 ? "no provider is set" : `${own.join(", ")}: by the server you set`})`
      : "every channel is carried by the servers you set",
    providers.sandboxWrites
      ? `copy: written through the sandbox's model endpoint (${standIn})`
      : "copy: written by the model server you set",
  ];
}
