// Preloaded into a process whose clock is to be off by TEST_CLOCK_SHIFT_MS, and from a SIGUSR2 on by what is then in
// TEST_CLOCK_FILE; what runs by the steady clock is left alone.
import { readFileSync } from "node:fs";

const RealDate = Date;
const file = process.env.TEST_CLOCK_FILE;
let shiftMs = Number(process.env.TEST_CLOCK_SHIFT_MS ?? 0);

if (file)
  process.on("SIGUSR2", () => {
    shiftMs = Number(readFileSync(file, "utf8"));
  });
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length > 0 ? given : [RealDate.now() + shiftMs]));
  }
  static now() {
    return RealDate.now() + shiftMs;
  }
};
