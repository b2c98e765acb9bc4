/** Which account carries a channel for a workspace: its own, unsealed, or else the one that the environment gives. */
import type { Channel } from "@chorus/core/channel";
import type { Id } from "@chorus/core/id";
import type { Vault } from "@chorus/core/vault";
import { type Account, isLoopback } from "./accounts.ts";

/** As much of a stored carrier as is needed. */
export type StoredAccount = { readonly provider: string; readonly sealed: Uint8Array | null };

export type InUse =
  | { readonly is: "usable"; readonly account: Account; readonly source: "workspace" | "environment" }
  | { readonly is: "none" | "unreadable" | "elsewhere"; readonly because: string };

type Place = { readonly workspaceId: Id; readonly channel: string; readonly provider: string };

const placeOf = ({ workspaceId, channel, provider }: Place): string => `${workspaceId} ${channel} ${provider}`;

export const sealSettings = (vault: Vault, of: Place, settings: Readonly<Record<string, string>>) =>
  vault.seal(JSON.stringify(settings), placeOf(of));

/** null: this installation's key does not open it. */
export function openSettings(vault: Vault, of: Place, sealed: Uint8Array): Record<string, string> | null {
  const text = vault.open(sealed, placeOf(of));
  return text === null ? null : (JSON.parse(text) as Record<string, string>); // only sealSettings makes such bytes
}

type Asked = {
  readonly channel: Channel;
  readonly workspace: { readonly id: Id; readonly kind: "live" | "sandbox" };
  readonly stored: StoredAccount | null;
  /** The environment's, by channel id. */
  readonly accounts: Readonly<Record<string, Account>>;
  readonly vault: Vault;
};

export function accountInUse({ channel, workspace, stored, accounts, vault }: Asked): InUse {
  const own = stored?.sealed ? { provider: stored.provider, sealed: stored.sealed } : null;
  const account = own ? unsealed({ channel, workspaceId: workspace.id, vault, own }) : (accounts[channel.id] ?? null);
  if (own && !account)
    return {
      is: "unreadable",
      because: `The ${channel.id} account cannot be opened with this CHORUS_KEY. Give it again, or start with the key it was sealed with.`,
    };
  if (!account)
    return {
      is: "none",
      because: `The ${channel.id} channel has no provider account. Give it one with PUT /v1/accounts/${channel.id}, or in the environment (.env.example).`,
    };
  if (!mayReach(workspace.kind, account.host)) return { is: "elsewhere", because: tooFar(channel.id, account.host) };
  return { is: "usable", account, source: own ? "workspace" : "environment" };
}

/** A sandbox workspace speaks to this machine and nobody else; what a live one must encrypt, each provider's settings say. */
export const mayReach = (kind: "live" | "sandbox", host: string): boolean => kind === "live" || isLoopback(host);

export const tooFar = (channel: string, host: string): string =>
  `A sandbox workspace speaks only to this machine, and the ${channel} account is at ${host}.`;

type Unsealing = { channel: Channel; workspaceId: Id; vault: Vault; own: { provider: string; sealed: Uint8Array } };

function unsealed({ channel, workspaceId, vault, own }: Unsealing): Account | null {
  const { provider, sealed } = own;
  const settings = openSettings(vault, { workspaceId, channel: channel.id, provider }, sealed);
  if (!settings) return null;
  const read = channel.readAccount(provider, settings);
  if (read.is === "bad") return null; // an older version took it; the person who gives it again is told what is wrong
  return { provider, settings, host: read.value.host, name: read.value.name };
}
