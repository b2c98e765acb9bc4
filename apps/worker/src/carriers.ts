/** The opened carriers of this process: one for each workspace and channel, opened when first needed. */
import { type Account, isLoopback } from "@chorus/channels/accounts";
import type { Carrier, Channel } from "@chorus/core/channel";
import type { Id, IdSeal } from "@chorus/core/id";
import { ensureCarrier, noteCanAsk } from "@chorus/db/carriers";
import type { Db } from "@chorus/db/open";
import { getWorkspace } from "@chorus/db/workspaces";
import { openSlots, type Slots } from "./slots.ts";

export type OpenedCarrier = {
  readonly carrier: Carrier;
  readonly slots: Slots;
  /** A provider asked for patience: nothing is handed over before this moment of `performance.now()`. */
  blockedUntil: number;
  /** Times in a row that it could not be used. */
  failures: number;
};

export type Carriers = {
  /** Throws with what to do when the channel has no account, or one that this workspace may not use. */
  get(workspaceId: Id, channel: string): Promise<OpenedCarrier>;
  close(): Promise<void>;
};

export function openCarriers(of: {
  db: Db;
  channels: readonly Channel[];
  accounts: Readonly<Record<string, Account>>;
  seal: IdSeal;
  publicUrl: string;
}): Carriers {
  const opened = new Map<string, Promise<OpenedCarrier>>();

  async function open(workspaceId: Id, channelId: string): Promise<OpenedCarrier> {
    const account = of.accounts[channelId];
    const channel = of.channels.find((each) => each.id === channelId);
    if (!account || !channel)
      throw new Error(`No provider account is set for the ${channelId} channel; see .env.example.`);
    const workspace = await getWorkspace(of.db, workspaceId);
    if (workspace?.kind === "sandbox" && !isLoopback(account.host))
      throw new Error(
        `A sandbox workspace speaks only to this machine, and the ${channelId} account is at ${account.host}.`,
      );
    const row = await ensureCarrier(of.db, {
      workspaceId,
      channel: channelId,
      provider: account.provider,
      account: account.name,
    });
    const callbackUrl = `${of.publicUrl}/webhooks/${of.seal.seal("carrier", row.id)}`;
    const carrier = channel.open({ provider: account.provider, settings: account.settings, callbackUrl });
    await noteCanAsk(of.db, row.id, carrier.resend === "can_ask");
    return { carrier, slots: openSlots(carrier.concurrency), blockedUntil: 0, failures: 0 };
  }

  return {
    get(workspaceId, channel) {
      const key = `${workspaceId} ${channel}`;
      const known = opened.get(key);
      if (known) return known;
      const opening = open(workspaceId, channel);
      opened.set(key, opening);
      opening.catch(() => opened.delete(key)); // the next message tries again: the account may have been mended
      return opening;
    },
    async close() {
      const all = await Promise.allSettled(opened.values());
      await Promise.all(all.map((each) => (each.status === "fulfilled" ? each.value.carrier.close?.() : undefined)));
    },
  };
}
