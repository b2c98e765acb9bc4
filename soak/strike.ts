/** Does what was planned to processes, servers and lines, and notes what the referee saw under way at that moment. */
import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { SendingPlace } from "@chorus/cli/sending-place";
import { movedView } from "@chorus/core/wire-runs";
import type { FaultKind, Planned } from "./schedule.ts";
import type { CrashingPostgres, FailingRedis } from "./servers.ts";
import type { Post, Workers } from "./workers.ts";

export type Fault = {
  readonly at: string;
  readonly kind: FaultKind;
  readonly process: string;
  /** Handed over to a provider, and not answered. */
  readonly inFlight: number;
  /** Answered a moment ago: the result may not have been recorded yet. */
  readonly justAnswered: number;
};

export type Struck = {
  readonly place: SendingPlace;
  readonly workers: Workers;
  readonly postgres: CrashingPostgres;
  readonly redis: FailingRedis | null;
  readonly runId: string;
};

/** Null: nobody was there to be struck, or there is no such server. Ends when whatever was broken is whole again. */
export async function strike(of: Struck, { kind, whom, forMs }: Planned, tell: (fault: Fault) => void): Promise<void> {
  const { posts } = of.workers;
  const post = /^worker|^clock|line/.test(kind) ? await findPost(posts, whom) : null;
  const about = post ? [post] : posts;
  const sum = (count: (one: Post) => number) => about.reduce((total, one) => total + count(one), 0);
  const note = (process: string) =>
    tell({
      ...{ at: new Date().toISOString(), kind, process },
      inFlight: sum(({ mail, text }) => mail.inFlight() + text.inFlight()),
      justAnswered: sum(({ mail, text }) => mail.justAnswered() + text.justAnswered()),
    });
  if (post) {
    note(post.name);
    return await strikePost(post, kind, forMs);
  }
  if (kind === "postgres restarted") {
    note("postgres");
    return await of.postgres.crash();
  }
  if (kind === "run paused") {
    note("run");
    return await pause(of, forMs);
  }
  if (!of.redis) return;
  note("redis");
  await strikeRedis(of.redis, kind, forMs);
}

async function findPost(posts: readonly Post[], whom: number): Promise<Post> {
  for (;;) {
    const living = posts.filter((post) => post.worker && !post.isStopped);
    const post = living[Math.floor(whom * living.length)];
    if (post) return post;
    await sleep(50);
  }
}

async function strikePost(post: Post, kind: FaultKind, forMs: number): Promise<void> {
  const { mail, database, worker } = post;
  switch (kind) {
    case "worker killed":
      return worker?.kill();
    case "worker stopped":
      return await standStill(post, forMs);
    case "clock two minutes ahead":
      return await jump(post, 120_000, forMs);
    case "clock two minutes behind":
      return await jump(post, -120_000, forMs);
    case "clock a year ahead":
      return await jump(post, 365 * 86_400_000, forMs);
    case "mail line cut":
      return mail.cut();
    case "mail line cut after the accept":
      return mail.cutAtAnswer();
    case "database line cut":
      return database.cut();
    case "mail line slow":
      mail.slow(200);
      break;
    case "database line silent":
      database.silence();
  }
  await sleep(forMs);
  mail.mend();
  database.mend();
}

async function standStill(post: Post, forMs: number): Promise<void> {
  const pid = post.worker?.pid;
  if (pid === undefined) return;
  post.isStopped = true;
  signal(pid, "SIGSTOP");
  await sleep(forMs);
  signal(pid, "SIGCONT");
  post.isStopped = false;
}

async function jump({ worker, clockFile }: Post, byMs: number, forMs: number): Promise<void> {
  if (!worker) return;
  for (const shiftMs of [byMs, 0]) {
    await writeFile(clockFile, String(shiftMs));
    signal(worker.pid, "SIGUSR2");
    await sleep(forMs);
  }
}

/** The process may have ended meanwhile. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {}
}

async function strikeRedis(redis: FailingRedis, kind: FaultKind, forMs: number): Promise<void> {
  if (kind === "redis emptied") await redis.say("FLUSHALL");
  else if (kind === "redis killed") await redis.restart(forMs);
  else {
    await redis.say("REPLICAOF 127.0.0.1 1");
    await sleep(forMs);
    await redis.say("REPLICAOF NO ONE");
  }
}

/** Its answer may be lost with the database: asked again until it is heard. */
async function pause({ place, runId }: Struck, forMs: number): Promise<void> {
  const pull = async (lever: "pause" | "resume") => {
    const ask = () => place.client.post(`/v1/runs/${runId}/${lever}`, undefined, movedView);
    for (let tries = 0; tries < 40; tries++, await sleep(500)) if (await ask().catch(() => null)) return;
    throw new Error(`The run could not be told to ${lever} within 20 s.`);
  };
  await pull("pause");
  await sleep(forMs);
  await pull("resume");
}
