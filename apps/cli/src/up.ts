/** `npm start`: everything on this machine, with what is already there; the first time, an empty workspace and its key. */
import { listStops } from "@chorus/db/stop";
import { hasWorkspace } from "@chorus/db/workspaces";
import { type Halt, untilStopped } from "./halt.ts";
import { withInstallation } from "./installation.ts";
import { opsLink } from "./ops-link.ts";
import { showProviders } from "./report.ts";
import type { Settings } from "./settings.ts";
import { createWithKeys } from "./workspace.ts";

export type UpOptions = {
  /** The first workspace may reach real people. Without it, it can only ever speak to this machine. */
  readonly live: boolean;
};

export async function up(of: {
  options: UpOptions;
  settings: Settings;
  halt: Halt;
  say: (line: string) => void;
}): Promise<number> {
  const { settings, halt, say } = of;
  return await withInstallation({ command: "up", settings, halt, say: (line) => say(`  ${line}`) }, async (chorus) => {
    for (const line of showProviders(chorus.providers)) say(`  ${line}`);
    if (!(await hasWorkspace(chorus.db))) {
      const [key = ""] = await createWithKeys(chorus.db, {
        name: "My workspace",
        kind: of.options.live ? "live" : "sandbox",
        people: [{ name: "Owner", email: "owner@shop.example", role: "owner" }],
      });
      say(
        `\nAn empty ${of.options.live ? "live" : "sandbox"} workspace was made. Its first API key is shown only this once:\n\n  ${key}`,
      );
    }
    for (const { workspace, because } of await listStops(chorus.db))
      say(`\n"${workspace}" is stopped, and nothing of it leaves. ${because}`);
    say("\nEverything is up until Ctrl-C:\n");
    say(`  API       ${chorus.apiUrl}/v1`);
    say(`  API docs  ${chorus.apiUrl}/docs`);
    say(`  operators ${(await opsLink(chorus)) ?? `${chorus.apiUrl}/ops`}`);
    say(`  inbox     ${chorus.sandboxUrl}/`);
    say(`  metrics   ${chorus.apiUrl}/metrics`);
    await untilStopped(halt);
    return 0;
  });
}
