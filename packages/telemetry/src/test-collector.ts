/**
 * A collector for tests: takes OTLP over HTTP on loopback, in the JSON form of the specification, and keeps what it was
 * sent. `GET /spans` and `GET /text` tell it to whoever runs it as a process (test-collector-process.ts).
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type ReceivedSpan = {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly startNs: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code: number; readonly message?: string };
};

export type Collector = {
  readonly url: string;
  /** In the order in which they ended, process by process. */
  spans(): ReceivedSpan[];
  /** Every body as it came. */
  text(): string;
  headers(): IncomingHttpHeaders;
  /** From now on no request is answered. */
  hang(): void;
  close(): Promise<void>;
};

export async function openCollector(): Promise<Collector> {
  const bodies: string[] = [];
  const seen: { headers: IncomingHttpHeaders; hangs: boolean } = { headers: {}, hangs: false };
  const spans = () => bodies.flatMap(readSpans);
  const text = () => bodies.join("\n");
  const server = createServer(async (incoming, outgoing) => {
    const body = await wholeOf(incoming);
    if (incoming.url === "/spans") return answer(outgoing, JSON.stringify(spans()));
    if (incoming.url === "/text") return answer(outgoing, text());
    if (incoming.url !== "/v1/traces") return outgoing.writeHead(404).end();
    seen.headers = incoming.headers;
    if (seen.hangs) return;
    bodies.push(body);
    answer(outgoing, "{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    text,
    headers: () => seen.headers,
    hang: () => {
      seen.hangs = true;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function wholeOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function answer(outgoing: ServerResponse, body: string): void {
  outgoing.writeHead(200, { "content-type": "application/json" }).end(body);
}

type Attribute = { key: string; value: Record<string, unknown> };
type Otlp = {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: {
      spans: (Omit<ReceivedSpan, "service" | "attributes" | "startNs"> & {
        startTimeUnixNano: string;
        attributes?: Attribute[];
      })[];
    }[];
  }[];
};

/** opentelemetry-proto, trace/v1 in its JSON mapping: an attribute's value is an object with one member, named for its type. */
const readAttributes = (list: readonly Attribute[] = []): Record<string, unknown> =>
  Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));

function readSpans(body: string): ReceivedSpan[] {
  const { resourceSpans } = JSON.parse(body) as Otlp;
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(readAttributes(resource.attributes)["service.name"]);
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(({ traceId, spanId, parentSpanId, name, startTimeUnixNano, attributes, links = [], status }) => ({
        ...{ service, traceId, spanId, parentSpanId, name, startNs: startTimeUnixNano, status },
        attributes: readAttributes(attributes),
        links: links.map((link) => ({ traceId: link.traceId, spanId: link.spanId })),
      })),
    );
  });
}
