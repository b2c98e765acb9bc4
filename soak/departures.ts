/** When requests left the workers, as test-departures.mjs noted it beside each of them. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** `at`: milliseconds since 1970, by this machine's clock. */
export type Departure = { readonly channel: string; readonly to: string; readonly at: number };

/** In the order of time. A line that its worker did not live to finish is left out, and so was its request. */
export async function readDepartures(folder: string): Promise<Departure[]> {
  const files = await readdir(folder);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  return texts
    .flatMap((text) => text.split("\n").slice(0, -1))
    .map((line): Departure => JSON.parse(line))
    .sort((a, b) => a.at - b.at);
}
