/** Why somebody got a message, asked of the API: the sentence for themselves, or the whole record for an auditor. */
import { whyView } from "@chorus/core/wire-why";
import { openClient } from "./client.ts";

export type WhyOptions = {
  readonly id: string;
  readonly key: string;
  readonly url: string;
  readonly asJson: boolean;
};

export async function showWhy(of: {
  options: WhyOptions;
  signal: AbortSignal;
  say: (line: string) => void;
}): Promise<number> {
  const { id, asJson, ...api } = of.options;
  const why = await openClient({ ...api, signal: of.signal }).get(`/v1/messages/${id}/why`, whyView);
  of.say(
    asJson ? JSON.stringify(why, null, 2) : (why.sentence ?? "It is to nobody in particular: --json shows its record."),
  );
  return 0;
}
