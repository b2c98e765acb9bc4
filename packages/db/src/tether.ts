/**
 * Ties another process to this one: if this program dies, however hard, that process is stopped.
 *
 * A shell of about 1 MB reads from a pipe whose only writer is this program. The kernel closes the pipe when the
 * program ends, even by SIGKILL; the shell then asks the process to stop (SIGINT: for PostgreSQL a fast shutdown),
 * and insists with SIGQUIT after a while. It lives in a session of its own, so a terminal's Ctrl-C does not reach it.
 */
import { spawn } from "node:child_process";
import { Socket } from "node:net";

/** Whom a child process runs as; null: as this program itself. */
export type Account = { readonly uid: number; readonly gid: number; readonly name: string } | null;

const secondsToStop = 15;
const script = `
read -r word
[ "$word" = released ] && exit 0
kill -INT "$1" || exit 0
seconds=0
while [ "$seconds" -lt ${secondsToStop} ] && kill -0 "$1"; do sleep 1; seconds=$((seconds + 1)); done
kill -QUIT "$1"
`;

/**
 * Returns the release: call it as soon as the process has ended, because its id may then be given to another.
 * It resolves when the watcher is gone too.
 */
export function tether(pid: number, account: Account): () => Promise<void> {
  const watcher = spawn("/bin/sh", ["-c", script, "chorus-tether", String(pid)], {
    ...asAccount(account),
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const gone = new Promise<void>((resolve) => {
    watcher.once("exit", () => resolve());
    watcher.once("error", () => resolve());
  });
  watcher.unref();
  if (watcher.stdin instanceof Socket) watcher.stdin.unref();
  watcher.stdin.on("error", () => {}); // the watcher itself was killed: nothing is left to be told
  return () => {
    watcher.ref();
    watcher.stdin.end("released\n");
    return gone;
  };
}

/** The part of spawn's options that makes the child run as that account, with an environment that holds no secrets. */
export function asAccount(account: Account): { uid?: number; gid?: number; env: NodeJS.ProcessEnv } {
  const env = { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C" };
  return account ? { uid: account.uid, gid: account.gid, env } : { env };
}
