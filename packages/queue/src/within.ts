/** A bound on waiting: no backend is trusted to answer, or to fail, in time. */

/** What `work` gives, or an error once `ms` have passed. The work itself goes on; nobody looks at it any more. */
export async function within<Result>(ms: number, work: Promise<Result>, what: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    // Whichever lost the race may still reject, with nobody left to hear it.
    work.catch(() => {});
  }
}

/** The text of whatever was thrown. Some of Node's connection errors have a code and no message. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message) return error.message;
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
