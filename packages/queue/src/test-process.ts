/** Starts test-worker.ts as a process of its own, to be killed or to end by itself. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, vi } from "vitest";

export function startWorkerProcess(url: string, mode: "hang" | "finish") {
  const file = fileURLToPath(new URL("./test-worker.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", file, url, mode], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return {
    process: child,
    says: (text: string) => vi.waitFor(() => expect(output).toContain(text), { timeout: 25_000, interval: 50 }),
    /** Its exit code; null after a signal. */
    ended: once(child, "exit").then(([code]) => (typeof code === "number" ? code : null)),
  };
}
