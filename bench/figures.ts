/** What was measured of a campaign or a loop, as figures that stand in one table. */
import type { LoopFigures } from "./child.ts";
import type { ChorusFigures } from "./chorus-run.ts";
import { type Result, rounded } from "./frame.ts";

type Of = { readonly name: string; readonly round: number; readonly messages: number };

const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20);

export function loopResult({ name, round, messages }: Of, { report, ...used }: LoopFigures): Result {
  const seconds = (report.endedAt - report.startedAt) / 1000;
  return {
    ...{ name, round, perSecond: rounded(messages / seconds), seconds: rounded(seconds) },
    secondsToFirst: rounded((report.firstAt - report.startedAt) / 1000),
    senderCpuPer1000: rounded((used.cpuSeconds / messages) * 1000),
    postgresCpuPer1000: rounded((used.postgresCpuSeconds / messages) * 1000),
    peakResidentMiB: mebibytes(used.peakResidentBytes),
  };
}

export function chorusResult({ name, round, messages }: Of, of: ChorusFigures): Result {
  return {
    ...{ name, round, perSecond: rounded(messages / of.seconds), seconds: rounded(of.seconds) },
    secondsToFirst: rounded(of.secondsToFirst),
    perSecondAfterFirst: rounded(messages / (of.seconds - of.secondsToFirst)),
    senderCpuPer1000: rounded((of.senderCpuSeconds / messages) * 1000),
    postgresCpuPer1000: rounded((of.postgresCpuSeconds / messages) * 1000),
    peakResidentMiB: mebibytes(of.peakResidentBytes),
    redisBytesPerMessage: of.redisBytes === null ? null : rounded(of.redisBytes / messages),
    tableBytesPerMessage: rounded(of.tableBytes / messages),
  };
}
