// Preloaded into a process whose clock is to be off by TEST_CLOCK_SHIFT_MS; what runs by the steady clock is left alone.
const RealDate = Date;
const shiftMs = Number(process.env.TEST_CLOCK_SHIFT_MS);

globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length > 0 ? given : [RealDate.now() + shiftMs]));
  }
  static now() {
    return RealDate.now() + shiftMs;
  }
};
