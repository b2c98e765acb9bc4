/** A process that plays its share of the seeds and tells whoever started it (explore.ts). */
import type { Found, Said, Share } from "./explore.ts";
import { plantNamed } from "./plants.ts";
import { simulate } from "./simulate.ts";

const toldEvery = 100;

async function play({ from, below, stride, plant }: Share): Promise<Found | null> {
  let played = 0;
  for (let seed = from; seed < below; seed += stride) {
    const { broken } = await simulate({ seed, plant: plant ? plantNamed(plant) : undefined });
    if (broken) return { seed, broken };
    if (++played % toldEvery === 0) tell({ played });
  }
  return null;
}

const tell = (said: Said) => void process.send?.(said);

process.once("message", async (share: Share) => {
  tell({ found: await play(share) });
  process.disconnect();
});
