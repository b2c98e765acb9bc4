/** Where measured texts go: a server that answers like Twilio's, says yes to everything and counts, in its own process. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Taken } from "./chorus-run.ts";
import type { House } from "./house.ts";

export type TwilioSink = {
  readonly url: string;
  seen(): Taken;
  /** The form of every text that was taken since the last time, up to a hundred. */
  sampled(): readonly string[];
};
export type Counted = Taken & { readonly sampled: readonly string[] };

export const sinkAccount = { sid: `AC${"0".repeat(32)}`, token: "bench", from: "+15005550006" };

export async function openTwilioSink(house: House): Promise<TwilioSink> {
  const child = fork(fileURLToPath(new URL("twilio-sink-process.ts", import.meta.url)), { detached: true });
  const kill = () => child.kill("SIGKILL");
  house.undo(kill);
  house.halt.onSecond(kill);
  const [port] = (await once(child, "message", { signal: house.halt.signal })) as [number];
  let newest: Counted = { accepted: 0, lastAt: 0, sampled: [] };
  child.on("message", (counted: Counted) => {
    newest = counted;
  });
  return {
    url: `http://127.0.0.1:${port}`,
    seen: () => newest,
    sampled: () => newest.sampled,
  };
}

export const accountsOf = (sink: TwilioSink): Record<string, string> => ({
  ...{ TWILIO_BASE_URL: sink.url, TWILIO_ACCOUNT_SID: sinkAccount.sid },
  ...{ TWILIO_AUTH_TOKEN: sinkAccount.token, TWILIO_FROM: sinkAccount.from },
});
