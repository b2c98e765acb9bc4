/** The open connections to one relay: used again and again, never more than allowed, closed when nobody needs them. */
import { type Broken, type Line, openLine } from "./smtp-line.ts";
import type { SmtpSettings } from "./smtp-settings.ts";

export type SmtpPool = {
  /** A line that is free, or a new one. `fresh` asks for one that nothing was sent over yet. */
  take(want: "any" | "fresh"): Promise<Line | Broken>;
  giveBack(line: Line): void;
  close(): void;
};

type Idle = { readonly line: Line; readonly timer: NodeJS.Timeout };

export function openSmtpPool(settings: SmtpSettings): SmtpPool {
  const idle: Idle[] = []; // the newest last: few stay warm, the others grow old and close
  const waiting: (() => void)[] = [];
  let free = settings.concurrency;
  let closed = false;

  const room = () => {
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    return new Promise<void>((resume) => waiting.push(resume));
  };
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  const takeIdle = (): Line | null => {
    for (let last = idle.pop(); last; last = idle.pop()) {
      clearTimeout(last.timer);
      if (last.line.usable()) return last.line;
      last.line.close();
    }
    return null;
  };
  const putAside = (line: Line) => {
    const expire = () => {
      idle.splice(
        idle.findIndex((each) => each.line === line),
        1,
      );
      line.close();
    };
    idle.push({ line, timer: setTimeout(expire, settings.idleTimeoutMs).unref() });
  };

  return {
    async take(want) {
      await room();
      const known = want === "any" ? takeIdle() : null;
      const line = known ?? (await openLine(settings));
      if ("is" in line) leave();
      return line;
    },
    giveBack(line) {
      if (line.usable() && !closed) putAside(line);
      else line.close();
      leave();
    },
    close() {
      closed = true;
      for (const each of idle.splice(0)) {
        clearTimeout(each.timer);
        each.line.close();
      }
    },
  };
}
