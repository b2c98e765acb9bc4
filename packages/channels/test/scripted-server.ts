/** A provider's server that says what a test wrote down for it, call by call, and notes what it was asked. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export type Reply = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};
export type Asked = { readonly what: string; readonly headers: IncomingHttpHeaders; readonly body: string };

/** By the end of a call's path; the last of several replies is given again and again. Anything else is a 404. */
export async function scriptedServer(script: Readonly<Record<string, readonly Reply[]>>) {
  const asked: Asked[] = [];
  const given = new Map<string, number>();
  const replyTo = (path: string): Reply => {
    const name = Object.keys(script).find((each) => path.endsWith(each)) ?? "";
    const turn = given.get(name) ?? 0;
    given.set(name, turn + 1);
    const replies = script[name] ?? [];
    return replies[Math.min(turn, replies.length - 1)] ?? { status: 404, body: {} };
  };
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      const [path = ""] = (request.url ?? "").split("?");
      asked.push({ what: `${request.method} ${path}`, headers: request.headers, body });
      const { status, body: said, headers = {} } = replyTo(path);
      const text = typeof said === "string" ? said : JSON.stringify(said);
      response.writeHead(status, { "content-type": "application/json", connection: "close", ...headers }).end(text);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, url: `http://${host}`, asked };
}
