/** The raw limit: Postfix's own smtp-source, which repeats one mail of the same size and looks at nothing. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { House } from "./house.ts";
import { findProgram } from "./sink.ts";

const sessions = 10;

export async function sendRaw(house: House, of: { url: string; mails: number; bytes: number }): Promise<void> {
  const { host } = new URL(of.url);
  const numbers = ["-s", `${sessions}`, "-m", `${of.mails}`, "-l", `${of.bytes}`];
  const source = spawn(
    findProgram("smtp-source"),
    ["-d", ...numbers, "-f", "hello@shop.example", "-t", "c@example.com", host],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  const kill = () => source.kill("SIGKILL");
  house.undo(kill);
  house.halt.onSecond(kill);
  let said = "";
  source.stderr.on("data", (chunk: Buffer) => {
    said += chunk;
  });
  const [code] = (await once(source, "exit", { signal: house.halt.signal })) as [number | null];
  if (code !== 0) throw new Error(`smtp-source ended with ${code}: ${said.trim()}`);
}
