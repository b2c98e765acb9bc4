/** Who is behind an address, where somebody told the sandbox: so that the inbox can show a person's mail and texts together. */
import { z } from "zod";
import type { WireChannel } from "./wire-log.ts";

export const peopleList = z.strictObject({
  people: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(200),
        email: z.string().min(3).max(320).optional(),
        phone: z.string().min(3).max(32).optional(),
      }),
    )
    .max(200_000),
});
type Named = z.infer<typeof peopleList>["people"][number];
export type Person = { readonly key: string; readonly name: string };

/** Kept for the running process only; the newest statement about an address counts. */
export type People = {
  introduce(people: readonly Named[]): void;
  at(channel: WireChannel, address: string): Person | null;
};

export function openPeople(): People {
  const byAddress = new Map<string, Person>();
  let met = 0;
  return {
    introduce(people) {
      for (const named of people) {
        met += 1;
        const person = { key: `person-${met}`, name: named.name };
        if (named.email) byAddress.set(addressKey("email", named.email), person);
        if (named.phone) byAddress.set(addressKey("sms", named.phone), person);
      }
    },
    at: (channel, address) => byAddress.get(addressKey(channel, address)) ?? null,
  };
}

export const addressKey = (channel: WireChannel, address: string): string =>
  `${channel}:${channel === "email" ? address.toLowerCase() : address}`;
