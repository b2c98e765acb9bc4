// Preloaded into a worker, whose clock jumps at SIGUSR2 by the milliseconds in TEST_CLOCK_FILE; the steady clock goes on.
import { readFileSync } from "node:fs";

const RealDate = Date;
let shiftMs = 0;

process.on("SIGUSR2", () => {
  shiftMs = Number(readFileSync(process.env.TEST_CLOCK_FILE, "utf8"));
});
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length > 0 ? given : [RealDate.now() + shiftMs]));
  }
  static now() {
    return RealDate.now() + shiftMs;
  }
};
