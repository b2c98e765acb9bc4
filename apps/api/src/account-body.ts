/** Provider accounts as the outside sees them: who carries each channel, and what its providers ask for. */
import { accountInUse, type InUse } from "@chorus/channels/account-in-use";
import type { Channel, Rate } from "@chorus/core/channel";
import type { ConnectionTest } from "@chorus/core/connection";
import type { accountTestView, accountView } from "@chorus/core/wire-accounts";
import type { CarrierRecord } from "@chorus/db/carriers";
import type { Caller } from "@chorus/db/keys";
import type { z } from "zod";
import type { World } from "./world.ts";

type Of = { readonly channel: Channel; readonly caller: Caller; readonly stored: CarrierRecord | null };

export const inUseOf = (world: World, { channel, caller, stored }: Of): InUse =>
  accountInUse({ ...world, channel, workspace: caller.workspace, stored });

/** What an account may be given in a second, over all workers; a limit of each channel or sender is named with a star. */
export function ratesOf({ channel }: Pick<Of, "channel">, inUse: InUse): readonly Rate[] {
  if (inUse.is !== "usable") return [];
  try {
    const carrier = channel.open({ ...inUse.account, callbackUrl: "" });
    void carrier.close?.();
    return carrier.rates?.("*") ?? [];
  } catch {
    return []; // nothing goes out with such settings; its test says what is wrong with them
  }
}

export function accountBody(world: World, of: Of): z.infer<typeof accountView> {
  const { id, label, connects } = of.channel;
  const inUse = inUseOf(world, of);
  return {
    channel: id,
    label,
    account: inUse.is === "none" ? null : carrierBody(world, of, inUse),
    unusableBecause: inUse.is === "usable" ? null : inUse.because,
    providers: connects.map(({ settings, ...provider }) => ({ ...provider, settings: [...settings] })),
  };
}

function carrierBody(world: World, { channel, stored }: Of, inUse: InUse): z.infer<typeof accountView>["account"] {
  const own = stored?.sealed ? stored : null;
  const given = inUse.is === "usable" ? inUse.account : world.accounts[channel.id];
  const carrierId = stored && world.seal.seal("carrier", stored.id);
  return {
    carrierId,
    source: own ? "workspace" : "environment",
    provider: own?.provider ?? given?.provider ?? "",
    name: own?.account ?? given?.name ?? "",
    settings: own?.settings ? { ...own.settings } : null,
    rates: [...ratesOf({ channel }, inUse)],
    callbackUrl: carrierId && `${world.publicUrl()}/webhooks/${carrierId}`,
    changedAt: own?.changedAt?.toISOString() ?? null,
    blockedUntil: stored?.blockedUntil?.toISOString() ?? null,
    blockedBecause: stored?.blockedBecause ?? null,
    paused: stored?.isPaused ?? false,
  };
}

type Tested = {
  readonly inUse: Extract<InUse, { is: "usable" }>;
  readonly test: ConnectionTest;
  readonly tookMs: number;
};

export function testBody({ inUse, test, tookMs }: Tested): z.infer<typeof accountTestView> {
  const { source, account } = inUse;
  const common = { account: { source, provider: account.provider, name: account.name }, tookMs };
  return test.is === "works"
    ? { works: true, ...common, as: test.as, fault: null, setting: null, detail: test.note ?? null }
    : { works: false, ...common, as: null, fault: test.fault, setting: test.setting ?? null, detail: test.detail };
}
