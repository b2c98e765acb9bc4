/** What nobody can say by itself, on the wire: how strict a workspace is with doubts, and reports that name no message. */
import { z } from "zod";
import { instant } from "./wire-campaigns.ts";
import { pageOf, pageQuery } from "./wire-page.ts";

export const doubtPolicyBody = z.strictObject({
  atMostOnce: z
    .boolean()
    .describe(
      "true: nothing goes out a second time without proof that it was not taken. false: security codes and receipts may, once",
    ),
});

export const unmatchedQuery = z.strictObject(pageQuery);
export const unmatchedList = pageOf(
  z.object({
    channel: z.string(),
    receivedAt: instant,
    detail: z.string(),
    raw: z.string().describe("its beginning, as it came; anybody may have written it"),
  }),
);
