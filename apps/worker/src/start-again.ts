/** The exit code of a worker that asks for a fresh process: sysexits' EX_TEMPFAIL, "try again later". */
export const startAgain = 75;
