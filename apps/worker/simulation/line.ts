/**
 * The line between a worker and the ledger. A statement may be refused, lost, late or executed without its answer ever
 * arriving; the worker then gives it up after its patience, and cannot know which it was.
 */
import type { Steps } from "../src/ledger.ts";
import type { Instantly } from "./ledger.ts";
import type { Process } from "./process.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";
import type { Weather } from "./weather.ts";

type Place = {
  readonly process: Process;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly weather: Weather;
};

/** As in worker.ts. */
const patienceMs = 15_000;

export type Line = { ask<Answer>(execute: () => Answer): Promise<Answer> };

export function openLine({ process, timeline, random, weather }: Place): Line {
  const isCut = () => weather.ledgerAway.isOn() || weather.cutOff(process).isOn();
  const delayMs = () =>
    random.chance(weather.chances.statementSlow) ? random.between(500, 12_000) : random.between(1, 10);

  return {
    ask: (execute) =>
      new Promise((resolve, reject) => {
        const giveUp = process.deliver(patienceMs, () => reject(new Error("no answer within its time")));
        const end = (how: () => void) => {
          giveUp();
          how();
        };
        const arrive = () => {
          if (isCut() || random.chance(weather.chances.statementLost)) return;
          if (weather.ledgerStands.isOn()) return void timeline.after(weather.ledgerStands.leftMs(), arrive);
          const answer = execute();
          if (random.chance(weather.chances.answerLost)) return;
          process.deliver(delayMs(), () => isCut() || end(() => resolve(answer)));
        };
        if (isCut() && random.chance(0.7))
          process.deliver(random.between(1, 50), () => end(() => reject(new Error("connection refused"))));
        else timeline.after(delayMs(), arrive);
      }),
  };
}

/** The ledger's steps as a worker at the other end of the line has them. */
export function stepsOver(line: Line, steps: Instantly<Steps>): Steps {
  const { doubts, circuit, ...own } = steps;
  return {
    ...(over(line, own) as Omit<Steps, "doubts" | "circuit">),
    doubts: over(line, doubts) as Steps["doubts"],
    circuit: over(line, circuit) as Steps["circuit"],
  };
}

function over(line: Line, steps: object): object {
  const asked = Object.entries(steps).map(([name, step]) => [
    name,
    (...given: unknown[]) => line.ask(() => (step as (...given: unknown[]) => unknown)(...given)),
  ]);
  return Object.fromEntries(asked);
}
