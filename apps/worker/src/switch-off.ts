/**
 * For the soak's negative controls alone: one of the promises that keep a message from going out twice is left out, to
 * see that the soak notices. Refused outside of tests.
 */
import { messageStates } from "@chorus/core/message";
import { every } from "./every.ts";
import type { World } from "./world.ts";

const handBackEveryMs = 50;

type Without = Pick<World, "ledger" | "fence" | "gate">;

export const promises = ["permit", "lease", "gate", "doubt"] as const;

export type Promised = (typeof promises)[number];

const without: Readonly<Record<Promised, (world: World) => Partial<Without>>> = {
  /** Sent without being asked for. */
  permit: ({ ledger }) => ({ ledger: { ...ledger, permit: async () => ({ is: "send", attempt: 1 }) } }),
  /** A worker that stood still sends on, whatever became of its permits. */
  lease: ({ fence }) => ({ fence: { ...fence, lets: () => true } }),
  /** What left is not noted, so that all of it seems never to have left. */
  gate: ({ gate }) => ({ gate: { ...gate, note: () => true } }),
  /** What a dead worker had under way is sent again, and never in doubt. */
  doubt: ({ db, ledger, log }) => {
    const handBack = () =>
      db.sql.query(
        `update due d set state = 0, lease_token = null, lease_until = null, send_until = null, worker_id = null
           from worker w where w.id = d.worker_id and d.state = ${messageStates.sending} and w.alive_until <= chorus_now()`,
      );
    const handingBack = every(
      handBackEveryMs,
      async () => void (await handBack()),
      (error) => log.error({ error: String(error) }, "switched_off.failed"),
    );
    return {
      ledger: {
        ...ledger,
        async settled() {
          await handingBack.stop();
          await ledger.settled();
        },
      },
    };
  },
};

/** What to leave out, or null: as a test says it in the environment. */
export function readSwitchedOff(env: NodeJS.ProcessEnv): Promised | null {
  if (!env.TEST_SWITCH_OFF) return null;
  const name = promises.find((each) => each === env.TEST_SWITCH_OFF);
  if (env.NODE_ENV !== "test") throw new Error("TEST_SWITCH_OFF breaks promises, and is for tests alone.");
  if (!name) throw new Error(`TEST_SWITCH_OFF is one of ${promises.join(", ")}.`);
  return name;
}

export function switchOff(world: World, name: Promised | null): World {
  return name === null ? world : { ...world, ...without[name](world) };
}
