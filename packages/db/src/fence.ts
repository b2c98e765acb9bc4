/**
 * What may change between a permit and its last byte: who paused, stopped or opted out in that moment. A fence is a row,
 * which lease and permit look at; workers are told of it in the very statement that writes it, and look once a second too.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Id } from "@chorus/core/id";
import pg from "pg";

/** The channel to LISTEN on. */
export const fenceChannel = "chorus_fence";

/** What a notification says, as JSON: one of them. */
export type FenceNews = {
  readonly run?: Id;
  readonly workspace?: Id;
  /** The keyed hash, in hex. */
  readonly addressHash?: string;
};

/** SQL that tells of one thing when its row is read, as in `returning`; `of` is the SQL of its id, or of the hash in hex. */
export const notifySql = (kind: keyof FenceNews, of: string): string =>
  `pg_notify('${fenceChannel}', json_build_object('${kind}', (${of})::text)::text)`;

export type FenceWatch = { close(): Promise<void> };

type Watching = {
  readonly url: string;
  /** `at`, a moment of `performance.now()`: a permit asked for after it has seen the news itself. */
  readonly tell: (news: FenceNews, at: number) => void;
  readonly onError: (error: unknown) => void;
};

const lookEveryMs = 1_000;
const answerWithinMs = 2_000;
const closeWithinMs = 1_000;

/** Listens on a connection of its own, and looks once a second as well: news may be lost with a connection. */
export function watchFences(of: Watching): FenceWatch {
  const closing = new AbortController();
  const rest = () => pause(lookEveryMs, undefined, { signal: closing.signal }).catch(() => {});
  const watching = (async () => {
    while (!closing.signal.aborted) {
      await listen(of, { rest, isOver: () => closing.signal.aborted }).catch(of.onError);
      await rest();
    }
  })();
  return {
    close() {
      closing.abort();
      return watching;
    },
  };
}

async function listen(of: Watching, until: { rest(): Promise<unknown>; isOver(): boolean }): Promise<void> {
  const client = new pg.Client({
    connectionString: of.url,
    application_name: "chorus-fence",
    connectionTimeoutMillis: answerWithinMs,
    query_timeout: answerWithinMs,
    keepAlive: true,
  });
  client.on("error", () => {}); // the next look fails too, and says so
  client.on("notification", ({ payload }) => of.tell(readNews(payload), performance.now()));
  try {
    await client.connect();
    await client.query(`listen ${fenceChannel}`);
    while (!until.isOver()) {
      const at = performance.now();
      const { rows } = await client.query<FenceNews>(heldNow);
      for (const news of rows) of.tell(news, at);
      await until.rest();
    }
  } finally {
    // A line that has gone dead does not say goodbye.
    await Promise.race([client.end().catch(() => {}), pause(closeWithinMs, undefined, { ref: false })]);
  }
}

const heldNow = `select id as run, null as workspace from run where state in ('paused', 'held', 'cancelling')
  union all select null, id from workspace where stopped_at is not null`;

/** Nothing, for a payload of another release: what it says is in the rows, which are looked at. */
function readNews(payload: string | undefined): FenceNews {
  try {
    return JSON.parse(payload ?? "") ?? {};
  } catch {
    return {};
  }
}
