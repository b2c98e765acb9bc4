/**
 * The opened carriers of this process: one for each workspace and channel, opened when first needed, and opened anew
 * when the account has changed. Whoever asks for one looks at the account's revision first, and those who ask at the
 * same time look together: a lease costs one small read, and the next lease after a change goes out through the new
 * account. The carrier before it is closed when nothing is under way through it any more.
 */
import { accountInUse } from "@chorus/channels/account-in-use";
import type { Account } from "@chorus/channels/accounts";
import type { Carrier, Channel, Rate } from "@chorus/core/channel";
import type { Id, IdSeal } from "@chorus/core/id";
import type { Vault } from "@chorus/core/vault";
import { nameAccountOnRun } from "@chorus/db/accounts";
import { carrierStanding, ensureCarrier, findCarrier, noteCanAsk } from "@chorus/db/carriers";
import type { Db } from "@chorus/db/open";
import { getWorkspace } from "@chorus/db/workspaces";
import { type Retiring, retiring } from "./retiring.ts";
import { openSlots, type Slots } from "./slots.ts";

export type OpenedCarrier = {
  readonly is: "opened";
  readonly carrier: Carrier;
  readonly slots: Slots;
  /** Under names that no other account has. */
  ratesOf(to: string): readonly Rate[];
  /** As far as this process knows, nothing is handed over before this moment of `performance.now()`; the row decides. */
  blockedUntil: number;
  /** Times in a row that it could not be used, by any worker, when last looked at. */
  failures: number;
  /** Writes the account's name on the run, once; to be awaited before the run's first hand-over. */
  nameOn(runId: Id): Promise<void>;
};

/** The channel has no account, or one that this workspace may not use; `because` says what to do. */
export type UnusableAccount = { readonly is: "unusable"; readonly because: string };

export type Carriers = {
  /** Throws when the database does not answer, which says nothing about the account. */
  get(workspaceId: Id, channel: string): Promise<OpenedCarrier | UnusableAccount>;
  /** How many messages are in providers' hands and not answered for. */
  underWay(): number;
  close(): Promise<void>;
};

type Place = {
  readonly db: Db;
  readonly channels: readonly Channel[];
  /** The environment's, by channel id. */
  readonly accounts: Readonly<Record<string, Account>>;
  readonly vault: Vault;
  readonly seal: IdSeal;
  readonly publicUrl: string;
};
type Kept = Omit<Retiring, "carrier"> & { readonly revision: number; readonly opened: OpenedCarrier };

export function openCarriers(of: Place): Carriers {
  const kept = new Map<string, Kept>();
  const looking = new Map<string, ReturnType<Carriers["get"]>>();

  async function look(key: string, workspaceId: Id, channel: string): ReturnType<Carriers["get"]> {
    const known = kept.get(key);
    if (known) {
      // A database that is away changes nothing now; the permit is asked for there before anything is sent.
      const standing = await carrierStanding(of.db, { workspaceId, channel }).catch(() => null);
      if (standing) known.opened.failures = standing.failures;
      if (!standing || standing.revision === known.revision) return known.opened;
    }
    const fresh = await openOne(of, workspaceId, channel);
    if ("is" in fresh) return fresh;
    kept.set(key, fresh);
    void known?.retire();
    return fresh.opened;
  }

  return {
    get(workspaceId, channel) {
      const key = `${workspaceId} ${channel}`;
      const shared = looking.get(key) ?? look(key, workspaceId, channel).finally(() => looking.delete(key));
      looking.set(key, shared);
      return shared;
    },
    underWay: () => [...kept.values()].reduce((sum, each) => sum + each.underWay(), 0),
    async close() {
      await Promise.allSettled(looking.values());
      await Promise.all([...kept.values()].map((each) => each.opened.carrier.close?.()));
    },
  };
}

async function openOne(of: Place, workspaceId: Id, channelId: string): Promise<Kept | UnusableAccount> {
  const channel = of.channels.find((each) => each.id === channelId);
  const workspace = await getWorkspace(of.db, workspaceId);
  if (!channel || !workspace) throw new Error(`There is no ${channelId} channel, or no workspace ${workspaceId}.`);
  const stored = await findCarrier(of.db, { workspaceId, channel: channelId });
  const inUse = accountInUse({ ...of, channel, workspace, stored });
  if (inUse.is !== "usable") return { is: "unusable", because: inUse.because };
  const { provider, settings, name } = inUse.account;
  const place = { workspaceId, channel: channelId, provider, account: name };
  // One that was given in between has another revision, and is noticed by the next who asks.
  const row = inUse.source === "workspace" && stored ? stored : await ensureCarrier(of.db, place);
  const callbackUrl = `${of.publicUrl}/webhooks/${of.seal.seal("carrier", row.id)}`;
  const { carrier, ...life } = retiring(channel.open({ provider, settings, callbackUrl }));
  await noteCanAsk(of.db, row.id, carrier.resend === "can_ask");
  const nameOn = once((runId: Id) => nameAccountOnRun(of.db, { runId, channel: channelId, provider, account: name }));
  const slots = openSlots(carrier.concurrency);
  const ratesOf = (to: string) =>
    (carrier.rates?.(to) ?? []).map((rate) => ({ ...rate, of: `${channelId} ${provider} ${name} ${rate.of}` }));
  const revision = stored?.revision ?? (row.sealed ? 0 : row.revision);
  const { failures } = await carrierStanding(of.db, { workspaceId, channel: channelId });
  return { ...life, revision, opened: { is: "opened", carrier, slots, ratesOf, blockedUntil: 0, failures, nameOn } };
}

/** More runs than go out at a time; a forgotten one is only named again. */
const rememberedAtMost = 500;

function once(name: (runId: Id) => Promise<void>): (runId: Id) => Promise<void> {
  const named = new Map<Id, Promise<void>>();
  return (runId) => {
    const known = named.get(runId);
    if (known) return known;
    const naming = name(runId);
    naming.catch(() => named.delete(runId));
    named.set(runId, naming);
    const oldest = named.size > rememberedAtMost ? named.keys().next().value : undefined;
    if (oldest) named.delete(oldest);
    return naming;
  };
}
