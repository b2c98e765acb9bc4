/**
 * The accounts that providers report to, opened once for each revision: to listen opens no connection. An account that
 * was changed goes on hearing what is signed with its secret of before for a day, because messages are still under way.
 */
import { accountInUse, openSettings } from "@chorus/channels/account-in-use";
import type { Carrier, Channel } from "@chorus/core/channel";
import type { Id } from "@chorus/core/id";
import type { CarrierRecord } from "@chorus/db/carriers";
import { getWorkspace } from "@chorus/db/workspaces";
import type { World } from "./world.ts";

export type Listening = { readonly receive: NonNullable<Carrier["receive"]> };

export type Listeners = {
  /** The newest first; none when the account is no longer set, or its provider reports nothing. */
  of(record: CarrierRecord): Promise<readonly Listening[]>;
  close(): Promise<void>;
};

type Settings = Readonly<Record<string, string>>;

export function openListeners(world: World): Listeners {
  const opened = new Map<Id, { revision: number; current: Carrier | null; previous: Carrier | null }>();
  const shut = (id: Id) => {
    const known = opened.get(id);
    opened.delete(id);
    return Promise.all([known?.current?.close?.(), known?.previous?.close?.()]);
  };

  async function open(record: CarrierRecord) {
    const channel = world.channels.find((each) => each.id === record.channel);
    const workspace = await getWorkspace(world.db, record.workspaceId);
    if (!channel || !workspace) return { current: null, previous: null };
    const inUse = accountInUse({ ...world, channel, workspace, stored: record });
    const isCarriers = inUse.is === "usable" && isOf(inUse.account, record);
    const current = isCarriers ? openOne(channel, record, inUse.account.settings) : null;
    const before = record.previousSealed && openSettings(world.vault, record, record.previousSealed);
    return { current, previous: before && openOne(channel, record, before) };
  }

  const openOne = (channel: Channel, { id, provider }: CarrierRecord, settings: Settings): Carrier => {
    const callbackUrl = `${world.publicUrl()}/webhooks/${world.seal.seal("carrier", id)}`;
    return channel.open({ provider, settings, callbackUrl });
  };

  return {
    async of(record) {
      if (opened.get(record.id)?.revision !== record.revision) {
        await shut(record.id);
        opened.set(record.id, { revision: record.revision, ...(await open(record)) });
      }
      const { current = null, previous = null } = opened.get(record.id) ?? {};
      const hearing = [current, record.previousSealed ? previous : null]; // the database says when its day is over
      return hearing.flatMap((carrier) => (carrier?.receive ? [{ receive: carrier.receive }] : []));
    },
    async close() {
      await Promise.all([...opened.keys()].map(shut));
    },
  };
}

/** An environment that names another account since does not speak for the carrier's. */
const isOf = (account: { provider: string; name: string }, record: CarrierRecord): boolean =>
  record.sealed !== null || (account.provider === record.provider && account.name === record.account);
