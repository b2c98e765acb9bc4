/** A real HTTP server on loopback for this room's tests, answering each call as the next of the given answers says. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type ModelRequest = {
  readonly model: string;
  readonly messages: readonly { role: string; content: string }[];
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly temperature?: number;
  readonly seed?: number;
  readonly prompt_cache_key?: string;
  readonly response_format?: {
    type: string;
    json_schema?: { name: string; strict: boolean; schema: Record<string, unknown> };
  };
};
export type ModelAnswer = (request: ModelRequest, response: ServerResponse, call: number) => void;

export type ModelServer = {
  readonly baseUrl: string;
  readonly requests: readonly ModelRequest[];
  close(): Promise<void>;
};

/** The last answer is given for every further call. */
export async function openModelServer(...answers: readonly ModelAnswer[]): Promise<ModelServer> {
  const requests: ModelRequest[] = [];
  const server = createServer(async (request, response) => {
    const body = await readBody(request);
    requests.push(JSON.parse(body));
    const answer = answers[Math.min(requests.length, answers.length) - 1];
    answer?.(JSON.parse(body), response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { "content-type": "application/json", "x-request-id": "req_test", ...headers });
  response.end(JSON.stringify(body));
};

/** A completion whose message is this text. */
export const says =
  (content: string | null, more: { refusal?: string; finish_reason?: string; tokensOut?: number } = {}): ModelAnswer =>
  (_request, response) =>
    json(response, 200, {
      id: "chatcmpl-test",
      object: "chat.completion",
      model: "test-model-2026",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content, refusal: more.refusal ?? null },
          finish_reason: more.finish_reason ?? "stop",
        },
      ],
      usage: { prompt_tokens: 100, completion_tokens: more.tokensOut ?? 50 },
    });

export const fails =
  (status: number, message: string, headers: Record<string, string> = {}): ModelAnswer =>
  (_request, response) =>
    json(response, status, { error: { message, type: "error", param: null, code: null } }, headers);

export const sends =
  (body: string, contentType = "application/json"): ModelAnswer =>
  (_request, response) => {
    response.writeHead(200, { "content-type": contentType });
    response.end(body);
  };

/** Takes the call and never says anything. */
export const hangs: ModelAnswer = () => undefined;
/** Sends the headers, then a space now and then. */
export const drips: ModelAnswer = (_request, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const timer = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(timer));
};
export const hangsUp: ModelAnswer = (_request, response) => void response.socket?.destroy();
/** More than anyone asked for. */
export const floods: ModelAnswer = (_request, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(`"${"x".repeat(2_000_000)}"`);
};
