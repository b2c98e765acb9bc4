/** What a look at a provider account found: it works, or exactly what stands in the way and which setting to change. */

export const connectionFaults = [
  /** The host's name leads nowhere. */
  "dns",
  /** Nobody listens at that address and port. */
  "refused",
  /** The way there is closed, or was cut. */
  "unreachable",
  "timeout",
  /** No encryption to be had, or a certificate that is not to be trusted. */
  "tls",
  /** Reached and understood, but not let in. */
  "auth",
  "token_revoked",
  "missing_scope",
  "account_inactive",
  /** The account is fine, and the sender is not one of its own. */
  "sender_not_owned",
  /** It spoke, and not as such a provider does. */
  "protocol",
  "rate_limited",
] as const;
export type ConnectionFault = (typeof connectionFaults)[number];

export type ConnectionTest =
  /** `as` is who the provider says we are; a note says what could not be looked at. */
  | { readonly is: "works"; readonly as: string; readonly note?: string | undefined }
  | {
      readonly is: "fails";
      readonly fault: ConnectionFault;
      /** A sentence that says what to do. Holds no secret. */
      readonly detail: string;
      /** The setting to look at first. */
      readonly setting?: string | undefined;
    };
