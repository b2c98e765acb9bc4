/** The key by which a caller may repeat a request without doing it twice, read from its header. */
import type { Checked } from "@chorus/core/problem";
import { bad, ok } from "@chorus/core/problem";

const longest = 255;

export function readKey(header: string | string[] | undefined): Checked<string> {
  if (header === undefined || header === "")
    return bad({
      path: "Idempotency-Key",
      code: "idempotency.required",
      message:
        "Give the header Idempotency-Key: a new text for each thing to be done, the same one when you repeat a request.",
    });
  if (typeof header !== "string" || header.length > longest || !/^[\x21-\x7e]+$/.test(header))
    return bad({
      path: "Idempotency-Key",
      code: "idempotency.invalid",
      message: `A key is at most ${longest} visible ASCII characters without spaces, such as a UUID.`,
    });
  return ok(header);
}
