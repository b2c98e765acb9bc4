/** Everything that the first page shows, read at one moment and for one workspace. */
import type { Rate } from "@chorus/core/channel";
import { type BooksCheck, lastBooksCheck } from "@chorus/db/books-check";
import { listCarriers } from "@chorus/db/carriers";
import { type ImportRecord, listImports } from "@chorus/db/imports";
import type { Caller } from "@chorus/db/keys";
import { type LaneSight, readLanes } from "@chorus/db/lanes";
import {
  type CarrierSight,
  type DoubtSight,
  listCarrierSights,
  listOpenDoubts,
  listRunSights,
  type RunSight,
} from "@chorus/db/sights";
import { readStop } from "@chorus/db/stop";
import { listWorkers, type WorkerSight } from "@chorus/db/workers";
import type { Depths } from "@chorus/queue/depth";
import { inUseOf, ratesOf } from "../account-body.ts";
import type { World } from "../world.ts";

export type Sight = {
  readonly lanes: readonly LaneSight[];
  readonly runs: readonly RunSight[];
  readonly carriers: readonly (CarrierSight & { readonly rates: readonly Rate[] })[];
  readonly workers: readonly WorkerSight[];
  readonly doubts: { readonly count: number; readonly doubts: readonly DoubtSight[] };
  readonly depths: Depths;
  readonly imports: readonly ImportRecord[];
  readonly stopped: string | null;
  /** Of the whole installation. */
  readonly books: BooksCheck | null;
};

const runsShown = 8;
const doubtsShown = 10;
const importsShown = 5;

export async function readSight(world: World, caller: Caller): Promise<Sight> {
  const workspaceId = caller.workspace.id;
  const [lanes, runs, sights, stored, workers, doubts, depths, imports, stopped, books] = await Promise.all([
    readLanes(world.db, workspaceId),
    listRunSights(world.db, { workspaceId, limit: runsShown }),
    listCarrierSights(world.db, workspaceId),
    listCarriers(world.db, workspaceId),
    listWorkers(world.db),
    listOpenDoubts(world.db, { workspaceId, limit: doubtsShown }),
    world.producer.depths(),
    listImports(world.db, { workspaceId, limit: importsShown }),
    readStop(world.db, workspaceId),
    lastBooksCheck(world.db.sql),
  ]);
  const carriers = sights.map((sight) => {
    const channel = world.channels.find(({ id }) => id === sight.channel);
    const of = channel && { channel, caller, stored: stored.find((each) => each.channel === sight.channel) ?? null };
    return { ...sight, rates: of ? ratesOf(of, inUseOf(world, of)) : [] };
  });
  return { lanes, runs, carriers, workers, doubts, depths, imports, stopped: stopped?.because ?? null, books };
}
