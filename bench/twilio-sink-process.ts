/** Answers every new message as Twilio does, and tells its parent how many there were and when the last one came. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Counted } from "./twilio-sink.ts";

const tellEveryMs = 5;
const sampledAtMost = 100;

const counted: { -readonly [Key in keyof Counted]: Counted[Key] } & { sampled: string[] } = {
  accepted: 0,
  lastAt: 0,
  sampled: [],
};
let told = 0;

const server = createServer((request, response) => {
  let form = "";
  request.setEncoding("latin1");
  request.on("data", (piece: string) => {
    form += piece;
  });
  request.on("end", () => {
    counted.accepted += 1;
    counted.lastAt = Date.now();
    if (counted.sampled.length < sampledAtMost) counted.sampled.push(form);
    const sid = `SM${String(counted.accepted).padStart(32, "0")}`;
    const answer = JSON.stringify({
      sid,
      status: "queued",
      direction: "outbound-api",
      num_segments: "1",
      error_code: null,
    });
    response.writeHead(201, { "content-type": "application/json", "content-length": answer.length });
    response.end(answer);
  });
});

server.listen(0, "127.0.0.1");
await once(server, "listening");
process.send?.((server.address() as AddressInfo).port);
setInterval(() => {
  if (told === counted.accepted) return;
  told = counted.accepted;
  process.send?.(counted);
}, tellEveryMs);
process.once("disconnect", () => process.exit(0));
