/** Addresses outlive their contact only as keyed hashes; a key per workspace, so that lists cannot be joined. */
import { createHmac, hkdfSync } from "node:crypto";
import type { Id } from "./id.ts";

/** Answers 16 bytes for a normalised address. */
export type AddressHash = (channel: string, address: string) => Buffer;

export function openAddressHash(installationKey: Uint8Array, workspaceId: Id): AddressHash {
  const key = Buffer.from(hkdfSync("sha256", installationKey, "chorus", `address:${workspaceId}`, 32));
  return (channel, address) => createHmac("sha256", key).update(`${channel}\0${address}`).digest().subarray(0, 16);
}
