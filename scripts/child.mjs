// Runs another program of ours to its end and hands signals on.
import { spawn } from "node:child_process";
import { constants } from "node:os";

/** One Ctrl-C reaches us two or three times: from the terminal, and again from npm, which hands it on. */
const sameSignalWithinMs = 1_000;

/**
 * Runs Node with these parameters and answers with the exit code, 128 + n after signal n. In its own group the child
 * hears nothing from the terminal and each signal from us once; else the terminal reaches it as well as us.
 */
export function runChild({ parameters, cwd, env, inOwnGroup = false }) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, parameters, {
      cwd,
      env,
      stdio: "inherit",
      detached: inOwnGroup && process.platform !== "win32",
    });
    const stopForwarding = forwardSignals(child, inOwnGroup);
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      stopForwarding();
      resolve(signal ? 128 + constants.signals[signal] : code);
    });
  });
}

function forwardSignals(child, inOwnGroup) {
  const lastAt = new Map();
  const forward = (signal) => {
    const now = performance.now();
    const isRepeated = now - (lastAt.get(signal) ?? Number.NEGATIVE_INFINITY) < sameSignalWithinMs;
    lastAt.set(signal, now);
    if (isRepeated || (signal === "SIGINT" && !inOwnGroup)) return;
    // The terminal was closed: nobody can see what happens now, which is a request to stop.
    child.kill(signal === "SIGHUP" ? "SIGTERM" : signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, forward);
  return () => {
    for (const signal of signals) process.off(signal, forward);
  };
}
