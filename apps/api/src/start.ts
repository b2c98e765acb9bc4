/** The API as a process: reads its settings, says in one line where it listens, and closes when asked to. */
import { readConfig } from "./config.ts";
import { openApi } from "./open.ts";

async function main(): Promise<void> {
  const api = await openApi(readConfig(process.env));
  const ready = { event: "api.ready", url: api.url };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  process.send?.(ready);
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= api.close();
    closing.catch(fail).finally(() => process.connected && process.disconnect?.());
  };
  for (const asked of ["SIGTERM", "SIGINT", "disconnect"] as const) process.once(asked, close);
}

function fail(error: Error & { code?: string }): void {
  process.stderr.write(`${error.message || error.code}\n`);
  process.exitCode = 1;
}

main().catch(fail);
