import type { Handlers } from "@chorus/queue/consumer";
import type { Task } from "@chorus/queue/task";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Door, doorTo, openWalks, type Walks } from "./walks.ts";
import type { World } from "./world.ts";

const world = { log: pino({ level: "silent" }) } as World;
const lane = (no: number, isAnswered = false) => doorTo("pumpLane", { channel: "email", lane: no }, isAnswered);

let entered: number[];
let running: Task[];
let leave: (() => void)[];
let walks: Walks;
let seconds: number;

beforeEach(() => {
  seconds = 0;
  entered = [];
  running = [];
  leave = [];
  const handlers = {
    pumpLane: (_world: World, payload: { lane: number }, { signal }: { signal: AbortSignal }) => {
      entered.push(payload.lane);
      return new Promise<void>((resolve) => {
        leave.push(resolve);
        signal.addEventListener("abort", () => resolve());
      });
    },
  } as unknown as Handlers<World>;
  const concurrency = { plan: 1, write: 1, expand: 1, send: 3, urgent: 1 };
  walks = openWalks({ world, handlers, running: () => running, concurrency, now: () => seconds * 1_000 });
});
afterEach(() => walks.close());

function seeForSeconds(count: number, doors: readonly Door[]): void {
  for (let second = 0; second < count; second++) {
    walks.see(doors);
    seconds++;
  }
}

it("D6: a lane that nobody serves for two seconds is gone through without the queue", () => {
  seeForSeconds(2, [lane(1)]);
  expect(entered).toEqual([]);
  seeForSeconds(1, [lane(1)]);
  expect(entered).toEqual([1]);
});

it("D6: a lane that is served, here or by another worker, or that was empty in between, is left to whoever serves it", () => {
  running = [{ job: "pumpLane", id: "pump-email-1" }];
  for (let second = 0; second < 6; second++)
    seeForSeconds(1, [lane(1), lane(2, true), ...(second % 2 ? [lane(3)] : [])]);
  expect(entered).toEqual([]);
});

it("D6: lanes that are gone through count against the same concurrency as the queue's jobs", async () => {
  running = [{ job: "pumpLane", id: "pump-email-9" }];
  seeForSeconds(6, [lane(1), lane(2), lane(3)]);
  expect(entered).toEqual([1, 2]);
  leave[0]?.();
  await vi.waitFor(() => {
    walks.see([lane(2), lane(3)]);
    expect(entered).toEqual([1, 2, 3]);
  });
});

it("D18: a stop ends what is gone through, and nothing new is begun", async () => {
  seeForSeconds(3, [lane(1)]);
  await walks.close();
  seeForSeconds(4, [lane(2)]);
  expect(entered).toEqual([1]);
});
