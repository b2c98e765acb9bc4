/**
 * What people do with what they got, done for real over HTTP by the demo in their stead: some follow a link, a few
 * unsubscribe with their mail program's button, a few answer STOP.
 */
import { channelList } from "@chorus/core/wire-channel";
import type { Client } from "./client.ts";
import type { Arrival, SandboxControl } from "./sandbox-control.ts";
import { stableShare } from "./shoppers.ts";

export type Read = { clicked: number; unsubscribed: number; stopped: number };

const readAtMost = 200;
const shares = { clicks: 0.25, unsubscribes: 0.02, stops: 0.02 };

export async function letPeopleRead(of: {
  client: Client;
  sandbox: SandboxControl;
  apiUrl: string;
  channels: readonly string[];
  signal: AbortSignal;
}): Promise<Read> {
  const read: Read = { clicked: 0, unsubscribed: 0, stopped: 0 };
  const visit = (url: string, method: "GET" | "POST") =>
    fetch(url, {
      method,
      redirect: "manual",
      signal: of.signal,
      ...(method === "POST"
        ? { body: "List-Unsubscribe=One-Click", headers: { "content-type": "application/x-www-form-urlencoded" } }
        : {}),
    });
  if (of.channels.includes("email"))
    for (const mail of await someOf(of.sandbox, "email")) {
      const click = linkIn(mail, "c");
      const unsubscribe = linkIn(mail, "u");
      if (click && rolls(mail, "click", shares.clicks))
        read.clicked += (await visit(click, "GET")).status === 302 ? 1 : 0;
      if (unsubscribe && rolls(mail, "unsubscribe", shares.unsubscribes))
        read.unsubscribed += (await visit(unsubscribe, "POST")).ok ? 1 : 0;
    }
  if (of.channels.includes("sms")) read.stopped = await answerStop(of);
  return read;
}

/** A reply reaches us at the same address as a text's status. */
async function answerStop(of: { client: Client; sandbox: SandboxControl; apiUrl: string }): Promise<number> {
  const { items } = await of.client.get("/v1/channels", channelList);
  const carrier = items.find((channel) => channel.id === "sms")?.carrier;
  if (!carrier) return 0;
  await of.sandbox.setInboundUrl(`${of.apiUrl}/webhooks/${carrier.id}`);
  const texts = await someOf(of.sandbox, "sms");
  const stopping = texts.filter((text) => rolls(text, "stop", shares.stops));
  for (const { to, from } of stopping) await of.sandbox.reply({ from: to, to: from, text: "STOP" });
  return stopping.length;
}

const someOf = async (sandbox: SandboxControl, channel: "email" | "sms"): Promise<Arrival[]> =>
  (await sandbox.arrivals(channel, readAtMost)).filter((each) => each.direction === "to_person" && each.body !== null);

const rolls = (of: Arrival, what: string, share: number): boolean => stableShare(`${what} ${of.to}`) < share;

const linkIn = (of: Arrival, kind: "c" | "u"): string | null =>
  new RegExp(`https?://[^\\s<>"]+/${kind}/[\\w.~-]+`).exec(of.body?.text ?? "")?.[0] ?? null;
