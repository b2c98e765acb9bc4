/** The calls of a model behind one variant, for whoever audits it: everything but the words that were asked and answered. */
import type { Id } from "@chorus/core/id";
import type { Db } from "./open.ts";

export type VariantCall = {
  readonly id: Id;
  readonly at: Date;
  readonly prompt: string;
  /** As the server named itself; as it was asked for while it has not answered. */
  readonly model: string;
  readonly parameters: Readonly<Record<string, string | number>> | null;
  /** Null while it is under way. */
  readonly outcome: string | null;
  readonly tokensIn: number | null;
  readonly tokensCached: number | null;
  readonly tokensOut: number | null;
  /** In micros, like what was set aside for it. */
  readonly cost: number | null;
  readonly reserved: number;
  readonly latencyMs: number | null;
  readonly requestId: string | null;
};

/** Newest first. */
export async function listVariantCalls(
  db: Pick<Db, "sql">,
  of: { workspaceId: Id; variantId: Id; limit: number; after: string | null },
): Promise<VariantCall[]> {
  const { rows } = await db.sql.query<VariantCall>(
    `select id, at, prompt, model, parameters, outcome, tokens_in as "tokensIn", tokens_cached as "tokensCached",
            tokens_out as "tokensOut", cost::float8 as cost, reserved::float8 as reserved, latency_ms as "latencyMs",
            request_id as "requestId"
       from model_call
      where workspace_id = $1 and variant_id = $2 and ($4::bigint is null or id < $4)
      order by id desc limit $3`,
    [of.workspaceId, of.variantId, of.limit, of.after],
  );
  return rows;
}
