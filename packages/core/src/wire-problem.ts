/** How every refusal looks on the wire: RFC 9457 problem details, with one line per thing that is wrong. */
import { z } from "zod";

export const problemBody = z.object({
  type: z.string().describe("urn:chorus:problem: and a stable word for the kind of refusal"),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe("a sentence that says what to do"),
  errors: z.array(
    z.object({
      path: z.string().describe("where, as a JSON path; empty for the whole request"),
      code: z.string().describe("a stable word for programs"),
      message: z.string(),
      got: z.string().optional(),
    }),
  ),
  requestId: z.string().describe("name it when you ask for help"),
});
export type ProblemBody = z.infer<typeof problemBody>;
