/** The first row of a file: which columns there are, by the names that are used here. */
import type { Checked, Problem } from "@chorus/core/problem";
import { bad, ok } from "@chorus/core/problem";
import type { ImportNote } from "@chorus/db/imports";
import { withoutGuard } from "./csv-write.ts";
import { nearestOf } from "./nearest.ts";

/** A cell by its column; undefined where the row has none or it is empty. */
export type Cells = (column: string) => string | undefined;

export type Header = {
  /** Normalised: lower case, `_` for spaces and dashes. */
  readonly columns: readonly string[];
  /** null when the row has more cells or fewer than the header. */
  cellsOf(row: readonly string[]): Cells | null;
};

/** A note that names the columns nobody here knows. */
export function ignoredNote(header: Header, known: readonly string[]): ImportNote[] {
  const columns = header.columns.filter((name) => !known.includes(name));
  return columns.length > 0 ? [{ code: "column.ignored", count: columns.length, about: columns.slice(0, 20) }] : [];
}

const mostColumns = 200;
/** Columns of a rejects file that was mended and sent back. */
const ofRejects = new Set(["rejected_row", "rejected_code", "rejected_because"]);

export function readHeader(of: {
  columns: readonly string[];
  required: readonly string[];
  known: readonly string[];
  aliases?: Readonly<Record<string, string>> | undefined;
}): Checked<Header> {
  if (of.columns.length > mostColumns) return bad(tooMany(of.columns.length));
  const columns = of.columns.map((name) => plain(name)).map((name) => of.aliases?.[name] ?? name);
  const problems = [
    ...columns.flatMap((name, i) => (name === "" ? [blank(i)] : [])),
    ...[...new Set(columns.filter((name, i) => name !== "" && columns.indexOf(name) !== i))].map(double),
    ...of.required.filter((name) => !columns.includes(name)).map((name) => missing(name, unused(columns, of.known))),
  ];
  if (problems.length > 0) return bad(...problems);
  const places = new Map(columns.map((name, i) => [name, i]));
  return ok({
    columns: columns.filter((name) => !ofRejects.has(name)),
    cellsOf: (row) => {
      if (row.length !== columns.length) return null;
      return (column) => {
        const place = places.get(column);
        const text = place === undefined ? "" : withoutGuard((row[place] ?? "").trim());
        return text === "" ? undefined : text;
      };
    },
  });
}

const plain = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
const unused = (columns: readonly string[], known: readonly string[]) =>
  columns.filter((name) => !known.includes(name));

const tooMany = (count: number): Problem => ({
  path: "",
  code: "csv.too_many_columns",
  message: `A file may have ${mostColumns} columns; this one has ${count}. Leave out what is not needed.`,
});
const blank = (place: number): Problem => ({
  path: `column ${place + 1}`,
  code: "csv.column_blank",
  message: "This column has no name. Give it one in the first row, or remove it.",
});
const double = (name: string): Problem => ({
  path: name,
  code: "csv.column_duplicate",
  message: `"${name}" stands twice in the first row. Keep one, or rename one.`,
});
const missing = (name: string, others: readonly string[]): Problem => {
  const near = nearestOf(name, others);
  return {
    path: name,
    code: "csv.column_missing",
    message: `The first row must name the column "${name}".${near ? ` Did you mean it by "${near}"?` : ""}`,
  };
};
