// Preloaded into the workers of a soak: notes when a request to a provider is written to its connection, as the HTTP library
// itself tells it. From there to a stand-in it crosses two processes on cores that nine share, which took up to 1.2 s: what
// arrived when says little about when it was let go.
import diagnostics from "node:diagnostics_channel";
import { appendFileSync } from "node:fs";
import { join } from "node:path";

const now = Date.now.bind(Date); // a shifted clock is not the one that is measured by
const file = join(process.env.TEST_DEPARTURES ?? "", `${process.pid}.jsonl`);
const hands = [
  { channel: "sms", path: /\/Messages\.json$/, to: (body) => new URLSearchParams(body).get("To") },
  { channel: "slack", path: /\/chat\.postMessage$/, to: (body) => readChannel(body) },
];

diagnostics.subscribe("undici:client:sendHeaders", ({ request }) => {
  const hand = request.method === "POST" && hands.find(({ path }) => path.test(request.path));
  if (!hand) return;
  const to = hand.to(String(request.body));
  appendFileSync(file, `${JSON.stringify({ channel: hand.channel, to, at: now() })}\n`);
});

function readChannel(body) {
  return body.startsWith("{") ? JSON.parse(body).channel : new URLSearchParams(body).get("channel");
}
