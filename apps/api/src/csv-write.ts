/** Writes CSV that no spreadsheet runs: a cell that would be a formula gets an apostrophe (OWASP ASVS 5.0, 1.2.10). */

const formula = /^[=+\-@\t\r\0]/;
const guarded = /^'(?=[=+\-@\t\r\0])/;

export const csvLine = (cells: readonly (string | number)[]): string => `${cells.map(cell).join(",")}\r\n`;

function cell(value: string | number): string {
  const text = typeof value === "number" ? String(value) : value.replace(formula, "'$&");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The other way round: a file that was exported here, mended and sent back means what it meant. */
export const withoutGuard = (text: string): string => (guarded.test(text) ? text.slice(1) : text);
