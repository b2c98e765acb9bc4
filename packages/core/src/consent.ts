/** What a contact agreed to, per channel and purpose: an append-only ledger, the newest line counts. */
import { z } from "zod";

export const purposes = ["marketing", "transactional"] as const;
export type Purpose = (typeof purposes)[number];

/** "none" is what an import without a consent column gets: the contact is known and cannot be marketed to. */
export const consentStates = ["none", "granted", "withdrawn"] as const;
export type ConsentState = (typeof consentStates)[number];
export const consentState = z.enum(consentStates);

/** Why and how, kept as proof with each line of the ledger. */
export type ConsentEvidence = { readonly source: string; readonly text?: string; readonly ip?: string };
