/** Three workers that are started again whenever they end, each with lines of its own to everything it speaks with. */
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PlacedWorker, SendingPlace } from "@chorus/cli/sending-place";
import { endsMail, endsNothing, endsRequest, type Line, openLine } from "./line.ts";

export type Post = {
  readonly name: string;
  readonly mail: Line;
  readonly text: Line;
  readonly database: Line;
  /** Its clock is off by the milliseconds in here, once it was told to look (SIGUSR2). */
  readonly clockFile: string;
  /** Null while it is being started. */
  worker: PlacedWorker | null;
  /** It was told to stand still. */
  isStopped: boolean;
};

export type Workers = {
  readonly posts: readonly Post[];
  /** How often one was started. */
  started(): number;
  /** In order, and none is started again. */
  stop(): Promise<void>;
};

type Wish = {
  readonly place: SendingPlace;
  readonly databaseUrl: string;
  /** Null: the queue is in the database, and reached over the same line. */
  readonly redisUrl: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
};

const workersAtOnce = 3;
const shiftedClock = new URL("../apps/cli/src/test-shifted-clock.mjs", import.meta.url);

export async function openWorkers(of: Wish): Promise<Workers> {
  const posts = await Promise.all(Array.from({ length: workersAtOnce }, (_, no) => openPost(of, `worker ${no + 1}`)));
  let isOver = false;
  let started = 0;
  const keep = async (post: Post) => {
    while (!isOver) {
      const worker = await of.place.startWorker(environmentOf(of, post)).catch(() => null); // its database may be away
      if (!worker) {
        await sleep(500);
        continue;
      }
      started++;
      letOthersGoFirst(worker.pid);
      post.worker = worker;
      if (isOver) await worker.stop();
      await worker.ended;
      post.worker = null;
      post.isStopped = false;
    }
  };
  const kept = posts.map(keep);
  const lines = posts.flatMap(({ mail, text, database }) => [mail, text, database]);
  return {
    posts,
    started: () => started,
    async stop() {
      isOver = true;
      await Promise.all(posts.map(({ worker }) => worker?.stop()));
      await Promise.all(kept);
      await Promise.all(lines.map((line) => line.close()));
    },
  };
}

/** The referee's lines and clocks, which share two cores with all that is judged, are the last to be late. */
function letOthersGoFirst(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // it has ended
  }
}

async function openPost({ place, databaseUrl, folder }: Wish, name: string): Promise<Post> {
  const [mail, text, database] = await Promise.all([
    openLine({ ...placeOf(place.sandbox.smtp), isLastByte: endsMail }),
    openLine({ ...placeOf(place.sandbox.http), isLastByte: endsRequest }),
    openLine({ ...placeOf(databaseUrl), isLastByte: endsNothing }),
  ]);
  const clockFile = join(folder, `clock of ${name}`);
  return { name, mail, text, database, clockFile, worker: null, isStopped: false };
}

const placeOf = (url: string) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) });

function environmentOf({ place, databaseUrl, redisUrl, env }: Wish, post: Post): Record<string, string> {
  const database = through(databaseUrl, post.database);
  return {
    DATABASE_URL: database,
    QUEUE_URL: redisUrl ?? database,
    SMTP_URL: `smtp://127.0.0.1:${post.mail.port}`,
    TWILIO_BASE_URL: `${through(place.sandbox.http, post.text).replace(/\/$/, "")}/twilio`,
    SLACK_BASE_URL: `${through(place.sandbox.http, post.text).replace(/\/$/, "")}/slack/api/`,
    TEST_CLOCK_FILE: post.clockFile,
    ...env,
    NODE_OPTIONS: `${env.NODE_OPTIONS ?? ""} --import ${shiftedClock}`,
  };
}

function through(url: string, line: Line): string {
  const there = new URL(url);
  there.port = String(line.port);
  return there.href;
}
