/** Everything that is open while the API runs, in one record that start.ts builds and every route is given. */
import type { Account } from "@chorus/channels/accounts";
import type { AddressHash } from "@chorus/core/address-hash";
import type { Channel } from "@chorus/core/channel";
import type { Id, IdSeal } from "@chorus/core/id";
import type { LinkTokens } from "@chorus/core/link-token";
import type { OpsNotes } from "@chorus/core/ops-link";
import type { Vault } from "@chorus/core/vault";
import type { Db } from "@chorus/db/open";
import type { Board } from "@chorus/queue/board";
import type { Producer } from "@chorus/queue/producer";
import type { Telemetry } from "@chorus/telemetry/telemetry";
import type { Config } from "./config.ts";
import type { Cursors } from "./page.ts";

export type World = {
  readonly config: Config;
  readonly db: Db;
  readonly producer: Producer;
  readonly telemetry: Telemetry;
  /** The queues for the operators' board. */
  readonly board: Board;
  readonly channels: readonly Channel[];
  /** The environment's, by channel id: for workspaces that keep none of their own. */
  readonly accounts: Readonly<Record<string, Account>>;
  /** Seals the accounts that workspaces keep. */
  readonly vault: Vault;
  readonly seal: IdSeal;
  readonly linkTokens: LinkTokens;
  readonly cursors: Cursors;
  /** The links and sessions of /ops. */
  readonly opsNotes: OpsNotes;
  /** Hashes addresses with the key of one workspace. */
  readonly addressHash: (workspaceId: Id) => AddressHash;
  /** How contacts and providers reach this API, without a slash at the end. Known once it listens. */
  readonly publicUrl: () => string;
};
