/** Shows how far something has come: bars on a terminal, now and then a plain line where nobody can see a bar move. */
import { MultiBar } from "cli-progress";

export type Meter = {
  /** `note` stands behind the bar: what is happening there. */
  set(value: number, note?: string): void;
  /** For when the total is only known on the way. */
  total(value: number): void;
};
export type Meters = { add(of: { label: string; total: number }): Meter; end(): void };

const plainEveryMs = 5_000;
const labelWidth = 22;

export function openMeters(output: NodeJS.WriteStream): Meters {
  return output.isTTY ? openBars(output) : openLines(output);
}

function openBars(output: NodeJS.WriteStream): Meters {
  const bars = new MultiBar({
    stream: output,
    format: "  {label} {bar} {value}/{total} {note}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 30,
    hideCursor: true,
    gracefulExit: false, // signals are halt.ts's business
    linewrap: false, // a line that is too long is cut, not wrapped: bars are drawn over each other by counting lines
    emptyOnZero: true,
    formatValue: (value, _options, type) =>
      type === "value" || type === "total" ? value.toLocaleString("en") : String(value),
  });
  const stop = () => bars.stop(); // gives the cursor back, also when we end in a hurry
  process.once("exit", stop);
  return {
    add({ label, total }) {
      const bar = bars.create(total, 0, { label: label.padEnd(labelWidth), note: "" });
      return { set: (value, note = "") => bar.update(value, { note }), total: (value) => bar.setTotal(value) };
    },
    end() {
      process.off("exit", stop);
      stop();
    },
  };
}

function openLines(output: NodeJS.WriteStream): Meters {
  const lines: (() => void)[] = [];
  return {
    add({ label, total }) {
      const now = { value: 0, total, note: "" };
      let shownAt = performance.now();
      let shown = "";
      const write = () => {
        const note = now.note ? ` ${now.note}` : "";
        const line = `  ${label.padEnd(labelWidth)} ${now.value.toLocaleString("en")}/${now.total.toLocaleString("en")}${note}\n`;
        if (line !== shown) output.write(line);
        shown = line;
        shownAt = performance.now();
      };
      lines.push(write);
      return {
        set(value, note = "") {
          Object.assign(now, { value, note });
          if (performance.now() - shownAt >= plainEveryMs) write();
        },
        total: (value) => Object.assign(now, { total: value }),
      };
    },
    end() {
      for (const write of lines) write();
    },
  };
}
