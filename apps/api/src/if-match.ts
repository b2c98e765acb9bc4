/** The version somebody read, as their If-Match says it. */
import type { Problem } from "@chorus/core/problem";

/** `"7"`, as the ETag said it; the weak form and the bare number are understood too. Null for anything else. */
export function readIfMatch(header: string | undefined): number | null {
  const version = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header?.trim() ?? "")?.[1];
  return version === undefined ? null : Number(version);
}

export const ifMatchNeeded: Problem = {
  path: "headers.if-match",
  code: "if_match.required",
  message: 'Send the version you read in If-Match, as in If-Match: "3". The ETag of GET holds it.',
};
