/** One world from one seed, from its first lease to its end; and whether every promise was kept in it. */
import { drawFault, faults } from "./faults.ts";
import { skipQuiet } from "./quiet.ts";
import { openWorld, type Simulated, type SimulatedWorld } from "./world.ts";

/** `broken`: the first promise that was, in words. */
export type Verdict = { readonly broken: string | null; readonly events: number; readonly endedAfterMs: number };

/** No message lives longer than an hour, and no doubt is asked about for longer than a quarter of one. */
const endsWithinMs = 3 * 3_600_000;
const eventsAtMost = 200_000;
/** Looking whether all is quiet costs as much as some events. */
const eventsBetweenLooks = 8;

export async function simulate(of: Simulated): Promise<Verdict> {
  const world = openWorld(of);
  const { random, timeline, referee } = world;
  const workers = random.between(1, 3);
  for (let number = 0; number < workers; number++) world.start();
  const stormMs = random.between(3_000, 30_000);
  brew(world, stormMs);
  let events = 0;
  const isCalm = () => timeline.now() >= stormMs;
  const isOver = () => isCalm() && haveRunsEnded(world) && world.areAtRest() && !world.isProvable();
  while (!isOver() && referee.broken() === null && events < eventsAtMost && timeline.now() < endsWithinMs) {
    events++;
    if (!(await timeline.step())) break;
    if (isCalm() && events % eventsBetweenLooks === 0) skipQuiet(world);
  }
  referee.judge();
  return { broken: referee.broken(), events, endedAfterMs: timeline.now() };
}

const haveRunsEnded = ({ rows }: SimulatedWorld): boolean =>
  [...rows.runs.values()].every(({ state }) => state === "finished" || state === "cancelled");

/** Faults at any moment of the storm; when it is over, everything works, and whoever paused resumes. */
function brew(world: SimulatedWorld, stormMs: number): void {
  const { random, timeline, weather, rows, say } = world;
  const count = random.between(0, 10);
  for (let number = 0; number < count; number++) {
    const name = drawFault(random);
    timeline.after(random.between(0, stormMs), () => {
      if (world.living().length === 0) return;
      say?.(`— ${name}`);
      faults[name].happens(world);
    });
  }
  timeline.after(stormMs, () => {
    say?.("— the weather clears");
    weather.clear();
    for (const { id, state } of rows.runs.values()) if (state === "paused") world.move(id, "resume");
  });
}
