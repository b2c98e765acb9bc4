/** An HTTP call against servers on raw sockets: how far it came is known at every point where it can end. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Http, openHttp, type Permit, retryAfterMs } from "./http-exchange.ts";

type Answer = (socket: Socket, request: string) => void;
const servers: { server: Server; sockets: Set<Socket>; http: Http }[] = [];
afterEach(async () => {
  for (const { server, sockets, http } of servers.splice(0)) {
    http.close();
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  }
});

/** `seen` holds what arrived, one entry per connection. */
async function serverThat(answer: Answer) {
  const sockets = new Set<Socket>();
  const seen: string[] = [];
  const server = createServer((socket) => {
    const index = seen.push("") - 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      const so = `${seen[index]}${chunk}`;
      seen[index] = so;
      if (so.endsWith("\r\n\r\nm=1")) answer(socket, so);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const http = openHttp({ connections: 4, connectTimeoutMs: 5000, answerTimeoutMs: 150 });
  servers.push({ server, sockets, http });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`;
  const call = (permit: Partial<Permit> = {}) =>
    http.exchange(
      { method: "POST", url, headers: { "content-type": "application/x-www-form-urlencoded" }, body: "m=1" },
      { mayStillSend: () => true, signal: new AbortController().signal, ...permit },
    );
  return { call, seen, sockets };
}

const reply = (status: string, body: string, more = "") =>
  `HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${more}\r\n${body}`;

describe("an exchange", () => {
  it("is answered with status, headers and the whole text, and the next one uses the same line", async () => {
    const { call, seen } = await serverThat((socket) => {
      socket.write(reply("201 Created", "你好", "Retry-After: 3\r\n").slice(0, 40));
      setTimeout(() => socket.write(reply("201 Created", "你好", "Retry-After: 3\r\n").slice(40)), 20);
    });
    const answer = await call();
    expect(answer).toMatchObject({ is: "answered", status: 201, body: "你好", headers: { "retry-after": "3" } });
    expect(seen[0]).toMatch(/^POST \/messages HTTP\/1\.1\r\n[\s\S]*content-length: 3/);
    await new Promise((next) => setTimeout(next, 20));
    const again = call();
    await expect.poll(() => seen[0]?.match(/POST/g)?.length).toBe(2);
    expect(seen).toHaveLength(1);
    await again;
  });

  it("connects, then asks, and has not sent a byte when the answer is no", async () => {
    const { call, seen } = await serverThat(() => {});
    const connected: number[] = [];
    const held = await call({
      mayStillSend: () => {
        connected.push(1);
        return false;
      },
    });
    expect(held).toEqual({ is: "not_sent", held: true, cause: "held back" });
    expect(connected).toEqual([1]);
    await expect.poll(() => seen.length).toBe(1);
    await new Promise((next) => setTimeout(next, 30));
    expect(seen).toEqual([""]);
  });

  it("is not sent when nobody listens, and when it was stopped before", async () => {
    const http = openHttp({ connections: 1, connectTimeoutMs: 5000, answerTimeoutMs: 150 });
    const permit = { mayStillSend: () => true, signal: new AbortController().signal };
    const request = { method: "POST", url: "http://127.0.0.1:1/", headers: {}, body: "" };
    expect(await http.exchange(request, permit)).toEqual({ is: "not_sent", held: false, cause: "ECONNREFUSED" });
    const { call, seen } = await serverThat(() => {});
    expect(await call({ signal: AbortSignal.abort() })).toEqual({ is: "not_sent", held: true, cause: "stopped" });
    expect(seen.join("")).toBe("");
  });

  it.each<[string, Answer]>([
    ["the line is cut after the request", (socket) => socket.destroy()],
    [
      "the line is cut inside the answer",
      (socket) => socket.end("HTTP/1.1 201 Created\r\nContent-Length: 90\r\n\r\n{"),
    ],
    ["no answer comes", () => {}],
    ["the answer is not HTTP", (socket) => socket.end("220 mail.example.com ESMTP\r\n")],
    [
      "the answer has no end",
      (socket) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n${"x".repeat(2_000_000)}`),
    ],
  ])("is silent when %s: the request may have been done", async (_what, answer) => {
    const { call } = await serverThat(answer);
    expect(await call()).toMatchObject({ is: "silent" });
  });

  it("is silent when it is stopped after the request has left", async () => {
    const stop = new AbortController();
    const { call } = await serverThat(() => stop.abort());
    expect(await call({ signal: stop.signal })).toEqual({ is: "silent", cause: "stopped" });
  });

  it("is answered when a refusal arrives whole in its head and is cut in its body", async () => {
    const { call } = await serverThat((socket) => socket.end("HTTP/1.1 429 Slow\r\nContent-Length: 90\r\n\r\n{"));
    expect(await call()).toMatchObject({ is: "answered", status: 429 });
  });
});

describe("Retry-After", () => {
  it("is read in seconds and as a date, and nothing else", () => {
    expect(retryAfterMs({ "retry-after": "120" })).toBe(120_000);
    const inAMinute = retryAfterMs({ "retry-after": new Date(Date.now() + 60_000).toUTCString() });
    expect(inAMinute).toBeGreaterThan(50_000);
    expect(inAMinute).toBeLessThanOrEqual(60_000);
    expect(retryAfterMs({ "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" })).toBe(0);
    expect(retryAfterMs({ "retry-after": "soon" })).toBeUndefined();
    expect(retryAfterMs({})).toBeUndefined();
  });
});
