/** Which bodies are taken: JSON read strictly where a key opens, raw text where a provider signs it, nothing compressed. */
import type { FastifyInstance } from "fastify";
import { readJson } from "./json.ts";
import { badFields, Refused } from "./problem.ts";

/** Bytes of a whole body. More rows than fit belong into an import, which has no such bound. */
export const largestBody = 1_048_576;

export function takeJson(app: FastifyInstance): void {
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer", bodyLimit: largestBody },
    (_request, body, done) => {
      const read = readJson(body as Buffer);
      if (read.is === "bad") done(new Refused(badFields(read.problems)));
      else done(null, read.value);
    },
  );
}

/** A provider's signature is over the exact bytes, so they are kept as they came, whatever their type. */
export function takeRawText(app: FastifyInstance): void {
  app.addContentTypeParser("*", { parseAs: "string", bodyLimit: largestBody }, (_request, body, done) =>
    done(null, body),
  );
}

/** A small body can inflate to a huge one, and no client of ours needs it. */
export function refuseCompressed(app: FastifyInstance): void {
  app.addHook("onRequest", async (request) => {
    const encoding = request.headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity") throw new Refused(compressed);
  });
}

const compressed = {
  is: "wrong_type",
  detail: "Compressed bodies are not taken. Send it without Content-Encoding.",
  errors: [{ path: "", code: "content_encoding.unsupported", message: "Send the body without Content-Encoding." }],
} as const;
