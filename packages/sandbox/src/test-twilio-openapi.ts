/**
 * A door in front of a server that speaks Twilio's API: passes every call on and holds both sides against the provider's
 * own description (data/twilio). What does not conform is listed, with the place and the reason.
 */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import formats from "ajv-formats";

type Schema = { readonly properties?: Readonly<Record<string, unknown>>; readonly $ref?: string };
type Parameter = { readonly name: string; readonly in: "path" | "query"; readonly schema: Schema };
type Content = Readonly<Record<string, { readonly schema: Schema }>>;
type Operation = {
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content: Content }>>;
};
type Description = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

const file = new URL("../../../data/twilio/messages.openapi.json", import.meta.url);
const description = JSON.parse(readFileSync(file, "utf8")) as Description;
const { schemas } = description.components;

const phone = /^(?:\+[1-9]\d{7,14}|\d{3,8}|[A-Za-z0-9 &_+-]{1,11})$/; // numbers, short codes and sender names
const rfc2822 = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000$/;

/** Requests are texts and are read as the type they stand for. In answers `uri` is relative, as in Twilio's examples. */
const asked = reader({ coerceTypes: true, uri: null });
const answered = reader({ coerceTypes: false, uri: /^(?:https?:\/\/[^ ]+|\/2010-04-01\/[!-~]+)$/ });

function reader({ coerceTypes, uri }: { coerceTypes: boolean; uri: RegExp | null }): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes });
  formats.default(ajv);
  ajv.addFormat("phone-number", phone).addFormat("date-time-rfc-2822", rfc2822);
  ajv.addFormat("currency", /^[A-Za-z]{3}$/).addFormat("uri-map", true);
  if (uri) ajv.addFormat("uri", uri);
  return ajv.addSchema({ $id: "twilio", components: { schemas } });
}

/** No name that the description does not know; in answers no name missing either. */
function closed(schema: Schema, isWhole: boolean): object {
  const named = schema.$ref ? schemas[schema.$ref.split("/").at(-1) ?? ""] : schema;
  if (!named?.properties) return schema;
  const names = Object.keys(named.properties);
  const properties = Object.entries(named.properties).map(([name, each]) => [name, nested(each as Schema, isWhole)]);
  return {
    ...named,
    properties: Object.fromEntries(properties),
    additionalProperties: false,
    ...(isWhole ? { required: names } : {}),
  };
}

function nested(schema: Schema & { items?: Schema }, isWhole: boolean): object {
  const { items, $ref } = schema;
  if (items) return { ...schema, items: closed(items, isWhole) };
  return $ref ? { ...schema, $ref: `twilio${$ref}` } : schema;
}

function findOperation(method: string, path: string) {
  for (const [template, operations] of Object.entries(description.paths)) {
    const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
    const pattern = template.replaceAll(".", "\\.").replace(/\{\w+\}/g, "([^/]+?)");
    const found = new RegExp(`^${pattern}$`).exec(path);
    const operation = operations[method.toLowerCase()];
    if (!found || !operation) continue;
    return { operation, inPath: Object.fromEntries(names.map((name, i) => [name, found[i + 1]])) };
  }
  return null;
}

const fault = (place: string, { instancePath, message, params }: ErrorObject): string =>
  `${place}${instancePath}: ${message} ${JSON.stringify(params)}`;

function judge(place: string, validate: ValidateFunction, value: unknown): string[] {
  return validate(value) ? [] : (validate.errors ?? []).map((error) => fault(place, error));
}

type Call = { readonly method: string; readonly url: URL; readonly type: string; readonly body: string };

export function judgeRequest({ method, url, type, body }: Call): string[] {
  const found = findOperation(method, url.pathname);
  if (!found) return [`${method} ${url.pathname}: no such operation`];
  const { operation, inPath } = found;
  const schemaOf = (where: Parameter["in"]) => {
    const own = operation.parameters.filter((each) => each.in === where);
    return closed({ properties: Object.fromEntries(own.map(({ name, schema }) => [name, schema])) }, where === "path");
  };
  const problems = [
    ...judge("path", asked.compile(schemaOf("path")), inPath),
    ...judge("query", asked.compile(schemaOf("query")), Object.fromEntries(url.searchParams)),
  ];
  const content = operation.requestBody?.content;
  if (!content) return body === "" ? problems : [...problems, "body: there is none in this operation"];
  const form = content[type.split(";")[0] ?? ""];
  if (!form) return [...problems, `body: of type ${type}`];
  const fields = new URLSearchParams(body);
  if (new Set(fields.keys()).size !== [...fields.keys()].length) problems.push("body: a field comes twice");
  return [...problems, ...judge("body", asked.compile(closed(form.schema, false)), Object.fromEntries(fields))];
}

/** Refusals are not in the description: they are held against the shape of twilio.com/docs/usage/twilios-response. */
const refusal = {
  type: "object",
  properties: {
    code: { type: "integer", minimum: 10000, maximum: 99999 },
    message: { type: "string", minLength: 1 },
    more_info: { type: "string", pattern: "^https://www\\.twilio\\.com/docs/errors/\\d{5}$" },
    status: { type: "integer" },
  },
  required: ["code", "message", "more_info", "status"],
  additionalProperties: false,
};

export function judgeAnswer(call: Call, answer: { status: number; type: string; body: string }): string[] {
  if (!/^application\/json\b/.test(answer.type)) return [`answer: of type ${answer.type}`];
  const value = JSON.parse(answer.body);
  if (answer.status >= 400) {
    const problems = judge("refusal", answered.compile(refusal), value);
    return value.status === answer.status ? problems : [...problems, `refusal: says ${value.status}`];
  }
  const operation = findOperation(call.method, call.url.pathname)?.operation;
  const schema = operation?.responses[String(answer.status)]?.content["application/json"]?.schema;
  if (!schema) return [`answer: ${answer.status} is no status of ${operation?.operationId}`];
  return judge(`answer of ${operation?.operationId}`, answered.compile(closed(schema, true)), value);
}

export type Judged = { readonly call: Call; readonly status: number; readonly problems: readonly string[] };

export async function openJudge(target: string): Promise<{ url: string; judged: Judged[]; close(): void }> {
  const judged: Judged[] = [];
  const server = createServer(async (request, response) => {
    const [method, type] = [request.method ?? "", request.headers["content-type"] ?? ""];
    const body = await textOf(request);
    const call = { method, url: new URL(request.url ?? "", target), type, body };
    const authorization = request.headers.authorization ?? "";
    const headers = { authorization, ...(type ? { "content-type": type } : {}) };
    const answer = await fetch(`${target}${request.url}`, { method, headers, ...(body ? { body } : {}) });
    const [status, text] = [answer.status, await answer.text()];
    const kind = answer.headers.get("content-type") ?? "";
    judged.push({
      call,
      status,
      problems: [...judgeRequest(call), ...judgeAnswer(call, { status, type: kind, body: text })],
    });
    response.writeHead(status, { "content-type": kind }).end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, judged, close };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString("utf8");
}
