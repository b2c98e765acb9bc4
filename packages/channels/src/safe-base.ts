/** Where a provider's HTTP interface may be: a token travels in plain text only inside this machine. */
import { isLoopback } from "./accounts.ts";

export function isSafeBase(text: string): boolean {
  if (!URL.canParse(text)) return true; // another rule says that it is no address
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || isLoopback(hostname);
}
export const unsafeBase = "must be https, except for a server on this machine";
