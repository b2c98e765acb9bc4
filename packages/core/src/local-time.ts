/** The clock on the wall of a time zone, from the runtime's own time zone data. */

/** What the clock shows, as the milliseconds of the same reading in UTC: 28 March 2027, 02:30 is `Date.UTC(2027, 2, 28, 2, 30)`. */
export type WallTime = number;

export type Zone = {
  /** `instant` in milliseconds since 1970. */
  wallAt(instant: number): WallTime;
  /** The first instant at which the clock shows this. In a gap, which no clock ever shows, the instant at which the gap ends. */
  instantOf(wall: WallTime): number;
};

export const dayMs = 86_400_000;

/** Throws on a name that `isTimeZone` refuses. */
export function openZone(timeZone: string): Zone {
  const format = new Intl.DateTimeFormat("en-US", {
    ...{ timeZone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric" },
    ...{ hour: "numeric", minute: "numeric", second: "numeric" },
  });
  const wallAt = (instant: number): WallTime => {
    const at = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = at;
    return Date.UTC(year, month - 1, day, hour, minute, second, new Date(instant).getUTCMilliseconds());
  };
  return { wallAt, instantOf: (wall) => instantOf(wallAt, wall) };
}

/** No zone changes its clock twice within two days, so the offsets a day before and a day after are the only ones to try. */
function instantOf(wallAt: Zone["wallAt"], wall: WallTime): number {
  const [before, after] = [wall - dayMs, wall + dayMs].map((near) => wall - (wallAt(near) - near));
  if (before === undefined || after === undefined) throw new Error("Two offsets gave no two instants.");
  const first = [before, after].sort((a, b) => a - b).find((instant) => wallAt(instant) === wall);
  return first ?? endOfGap(wallAt, { within: [after, before], wall });
}

/** The first instant whose clock is past the reading that was left out. */
function endOfGap(wallAt: Zone["wallAt"], of: { within: readonly [number, number]; wall: WallTime }): number {
  let [early, late] = of.within;
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (wallAt(middle) > of.wall) late = middle;
    else early = middle;
  }
  return late;
}

/** RFC 9557, to the second: `2027-03-28T09:00:00+02:00[Europe/Berlin]`. */
export function zonedText(at: Date, timeZone: string): string {
  const instant = at.getTime();
  const wall = openZone(timeZone).wallAt(instant);
  const minutes = Math.round((wall - instant) / 60_000);
  const two = (value: number) => String(Math.trunc(value)).padStart(2, "0");
  const offset = `${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
  return `${new Date(wall).toISOString().slice(0, 19)}${offset}[${timeZone}]`;
}
