/** One world from one seed, from its first lease to its end; and whether every promise was kept in it. */
import type { Id } from "@chorus/core/id";
import { type Entry, isDoubtful } from "@chorus/core/ledger";
import type { MessageClass } from "@chorus/core/message";
import { believedForMs } from "@chorus/db/workers";
import { drawFault, faults, type Levers } from "./faults.ts";
import { isNoted, type SimulatedNotes } from "./gate.ts";
import { openSimulatedLedger } from "./ledger.ts";
import type { Message, Rows } from "./ledger-rows.ts";
import { machine } from "./machine.ts";
import type { Plant } from "./plants.ts";
import { openProcess } from "./process.ts";
import { type ChannelName, type HandOverOf, openProvider, type Witness } from "./provider.ts";
import { openSimulatedQueue } from "./queue.ts";
import { openRandom, type Random } from "./random.ts";
import { openReferee } from "./referee.ts";
import { openTimeline } from "./timeline.ts";
import { openWeather } from "./weather.ts";
import { type SimulatedWorker, startSimulatedWorker } from "./worker.ts";

export type Verdict = { readonly broken: string | null; readonly events: number; readonly endedAfterMs: number };

type Simulated = {
  readonly seed: number;
  readonly plant?: Plant | undefined;
  /** Hears everything that happens. */
  readonly tell?: (line: string) => void;
};

const endsWithinMs = 3 * 3_600_000;
const eventsAtMost = 200_000;
/** What a planted ledger has not flushed yet. */
const unflushedMs = 300;
/** Less than this is not worth skipping. */
const skippedAtLeastMs = 2_500;

export async function simulate({ seed, plant = {}, tell }: Simulated): Promise<Verdict> {
  const random = openRandom(seed);
  const timeline = openTimeline(random);
  const weather = openWeather(random, timeline);
  const rows = drawRows(random);
  const say = tell && ((line: string) => tell(`${(timeline.now() / 1000).toFixed(3).padStart(9)} ${line}`));
  const notes: SimulatedNotes = new Map();
  const workers: SimulatedWorker[] = [];
  const living = () => workers.filter(({ process }) => process.isAlive());
  let isCalm = false;

  const referee = openReferee({
    rows,
    now: timeline.now,
    processOf: (workerId) => workers.find(({ id }) => id === workerId)?.process,
    onReport: (messageId) => ledger.report(messageId),
    isNoted: (handOver) => isNoted(notes, handOver),
  });
  const ledger = openSimulatedLedger({
    rows,
    random,
    now: timeline.now,
    machine: { ...machine, ...plant.machine },
    onMove(message, before) {
      say?.(`ledger: message ${message.id} ${before.state} → ${message.entry.state}, attempt ${message.entry.attempt}`);
      referee.moved(message, before);
      if (plant.losesCommits) commits.push({ at: timeline.now(), message, before });
    },
    onNews(news) {
      for (const { process, hear } of living())
        if (!random.chance(weather.chances.newsLost))
          process.deliver(random.between(1, 20), () => hear(news, process.time.now()));
    },
  });
  const witness = say ? loudly(referee, say) : referee;
  const provider = openProvider({ timeline, random, weather, witness, change: plant.outcome });
  const queue = openSimulatedQueue({ timeline, random, weather, takers: living });

  function start() {
    const workerId = String(workers.length + 1);
    const process = openProcess(`w${workerId}`, timeline);
    rows.workers.set(workerId, { aliveUntil: timeline.now() + believedForMs, beatAt: timeline.now(), lanes: [] });
    const opened = { workerId, process, timeline, random, weather, ledger, provider, queue, notes, tell: say ?? null };
    workers.push(startSimulatedWorker({ ...opened, ...plant.worker?.(process) }));
  }

  const commits: { at: number; message: Message; before: Entry }[] = [];
  function forgetCommits() {
    for (let last = commits.at(-1); last && last.at > timeline.now() - unflushedMs; last = commits.at(-1)) {
      last.message.entry = last.before;
      commits.pop();
    }
  }

  const levers: Levers = {
    random,
    weather,
    workers: living,
    kill({ process }) {
      process.kill();
      timeline.after(random.between(100, 5_000), start);
    },
    crashLedger(forMs) {
      weather.ledgerAway.last(forMs);
      if (plant.losesCommits) forgetCommits();
    },
    pause: () => moveSome("pause"),
    resume: () => moveSome("resume"),
    cancel: () => moveSome("cancel"),
    suppress() {
      const { address } = random.pick([...rows.messages.values()]);
      ledger.suppress(address);
      referee.forbidden(address);
    },
  };
  function moveSome(action: "pause" | "resume" | "cancel") {
    const { id } = random.pick([...rows.runs.values()]);
    ledger.moveRun(id, action);
    if (rows.runs.get(id)?.state === "sending") referee.allowed(id);
    else referee.forbidden(id);
  }

  const workerCount = random.between(1, 3);
  for (let number = 0; number < workerCount; number++) start();
  const stormMs = random.between(3_000, 30_000);
  const faultCount = random.between(0, 10);
  for (let number = 0; number < faultCount; number++) {
    const name = drawFault(random);
    timeline.after(random.between(0, stormMs), () => {
      if (living().length === 0) return;
      say?.(`— ${name}`);
      faults[name].happens(levers);
    });
  }
  timeline.after(stormMs, () => {
    say?.("— the weather clears");
    isCalm = true;
    weather.clear();
    for (const { id, state } of rows.runs.values())
      if (state === "paused") {
        ledger.moveRun(id, "resume");
        referee.allowed(id);
      }
  });

  let events = 0;
  const areAtRest = () => living().every(({ process, isAtWork }) => !process.isStopped() && !isAtWork());
  const isOver = () =>
    isCalm &&
    [...rows.runs.values()].every(({ state }) => state === "finished" || state === "cancelled") &&
    areAtRest() &&
    !isProvable();
  while (!isOver() && referee.broken() === null) {
    if (++events > eventsAtMost || timeline.now() > endsWithinMs || !(await timeline.step())) break;
    if (isCalm && events % 8 === 0) skipQuiet();
  }
  if (referee.broken() === null) referee.judge();
  return { broken: referee.broken(), events, endedAfterMs: timeline.now() };

  /** Some worker is about to find that it never left. */
  function isProvable() {
    return [...rows.messages.values()].some(
      ({ id, entry }) => isDoubtful(entry) && !isNoted(notes, { messageId: id, attempt: entry.attempt }),
    );
  }

  /** Nobody is at work, nothing is on its way, and until then nothing comes due: all that happens is beats and idle looks. */
  function skipQuiet() {
    if (!areAtRest() || provider.underWay() > 0 || living().length < workerCount || isProvable()) return;
    const ms = nextDue(rows) - timeline.now();
    if (ms < skippedAtLeastMs || ms === Number.POSITIVE_INFINITY) return;
    timeline.skip(ms);
    for (const { id, process } of living()) {
      const row = rows.workers.get(id);
      if (row) rows.workers.set(id, { ...row, aliveUntil: row.aliveUntil + ms, beatAt: row.beatAt + ms });
      process.rest(ms);
    }
  }
}

/** The same witness, and whoever reads along hears what it sees. */
function loudly(witness: Witness, say: (line: string) => void): Witness {
  const name = ({ messageId, attempt }: HandOverOf) => `message ${messageId}, attempt ${attempt}`;
  return {
    left(of) {
      say(`provider: ${name(of)} left its worker`);
      witness.left(of);
    },
    taken(of) {
      say(`provider: ${name(of)} taken`);
      witness.taken(of);
    },
    told(process, of, outcome) {
      say(`${process.name} ${name(of)} ${outcome.is}${"detail" in outcome ? `, ${outcome.detail}` : ""}`);
      witness.told(process, of, outcome);
    },
    reported(messageId) {
      say(`provider: reports on message ${messageId}`);
      witness.reported(messageId);
    },
  };
}

/** When something in the ledger next comes due by itself. */
function nextDue({ messages, workers, accounts }: Rows): number {
  const moments = [...messages.values()].flatMap(({ entry, channel }): number[] => {
    const asks = entry.doubts.flatMap(({ askAt, resolution }) =>
      askAt !== null && resolution === null ? [askAt] : [],
    );
    switch (entry.state) {
      case "waiting":
        return [Math.max(entry.notBefore, accounts.get(channel)?.blockedUntil ?? 0), entry.expiresAt, ...asks];
      case "leased":
      case "sending":
        return [
          entry.sendUntil ?? entry.lease?.until ?? 0,
          workers.get(entry.lease?.workerId ?? "")?.aliveUntil ?? 0,
          ...asks,
        ];
      default:
        return asks;
    }
  });
  return Math.min(...moments);
}

const classes: readonly MessageClass[] = ["marketing", "marketing", "marketing", "transactional", "security"];

function drawRows(random: Random): Rows {
  const runs = new Map(
    [...Array(random.between(1, 2)).keys()].map((number) => {
      const id = `run ${number + 1}`;
      return [id, { id, state: "sending" as const, servedAt: 0 }];
    }),
  );
  const count = random.between(4, 9);
  const messages = new Map<Id, Message>();
  for (let number = 1; number <= count; number++) {
    const channel: ChannelName = random.pick(["email", "sms"]);
    const entry: Entry = {
      class: random.pick(classes),
      expiresAt: random.between(20_000, random.pick([60_000, 900_000, 3_600_000])),
      state: "waiting",
      reason: null,
      attempt: 0,
      notBefore: random.between(0, 4_000),
      lease: null,
      sendUntil: null,
      isReported: false,
      doubts: [],
    };
    const id = String(number);
    const runId = random.pick([...runs.keys()]);
    messages.set(id, {
      id,
      runId,
      channel,
      lane: random.between(0, 1),
      address: `a${id}`,
      canAsk: channel === "sms",
      entry,
    });
  }
  const accounts = new Map(["email", "sms"].map((channel) => [channel, { failures: 0, blockedUntil: 0 }]));
  return { runs, messages, accounts, workers: new Map(), suppressed: new Set() };
}
