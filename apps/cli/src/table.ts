/** Tables and wrapped text for a terminal. */

export type Column = { readonly title: string; readonly align?: "left" | "right" };

/** Rows as lines, each column as wide as its widest cell. Text in wide scripts counts two places a letter. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ title }, place) =>
    Math.max(...[title, ...rows.map((row) => row[place] ?? "")].map(widthOf)),
  );
  const line = (cells: readonly string[]) =>
    `  ${columns.map(({ align }, place) => pad(cells[place] ?? "", widths[place] ?? 0, align ?? "left")).join("  ")}`.trimEnd();
  const rule = widths.map((width) => "─".repeat(width));
  return [line(columns.map(({ title }) => title)), line(rule), ...rows.map(line)];
}

/** Two texts beside each other, each wrapped to its half. */
export function sideBySide(left: string, right: string, width: number): string[] {
  const half = Math.floor((width - 5) / 2);
  const [a, b] = [wrap(left, half), wrap(right, half)];
  return Array.from({ length: Math.max(a.length, b.length) }, (_, at) =>
    `  ${pad(a[at] ?? "", half, "left")} │ ${b[at] ?? ""}`.trimEnd(),
  );
}

/** Breaks at spaces, and inside words and Chinese text where nothing else is left. */
export function wrap(text: string, width: number): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let line = "";
    for (const piece of paragraph.match(/\s+|[\u2e80-\u9fff\uff00-\uffef]|[^\s\u2e80-\u9fff\uff00-\uffef]+/gu) ?? []) {
      if (widthOf(line + piece.trimEnd()) <= width) line += piece;
      else {
        if (line.trim()) lines.push(line.trimEnd());
        line = piece.trimStart();
        while (widthOf(line) > width) {
          lines.push(line.slice(0, width));
          line = line.slice(width);
        }
      }
    }
    return [...lines, line.trimEnd()];
  });
}

function pad(text: string, width: number, align: "left" | "right"): string {
  const space = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "left" ? text + space : space + text;
}

/** Places on a terminal: East Asian letters and most emoji take two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text)
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        letter,
      )
        ? 2
        : 1;
  return width;
}

export const count = (of: number): string => of.toLocaleString("en");
