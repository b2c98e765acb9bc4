/** The version somebody read, as their If-Match says it. */

/** `"7"`, as the ETag said it; the weak form and the bare number are understood too. Null for anything else. */
export function readIfMatch(header: string | undefined): number | null {
  const version = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header?.trim() ?? "")?.[1];
  return version === undefined ? null : Number(version);
}
