/**
 * A worker process for the tests of this package. It prints each pumpLane job it is given. With "hang" it never finishes
 * one; with "finish" it closes after the first, and must then end by itself: nothing may be left that keeps it alive.
 */
import { openConsumer } from "./consumer.ts";
import { openProducer } from "./producer.ts";

const [url, mode] = process.argv.slice(2);
if (url === undefined || (mode !== "hang" && mode !== "finish"))
  throw new Error("usage: test-worker <url> hang|finish");

const nothing = async () => {};
const consumer = openConsumer({
  url,
  world: null,
  concurrency: { plan: 1, write: 1, expand: 1, send: 1, urgent: 1 },
  onError: (trouble) => console.error(JSON.stringify(trouble)),
  handlers: {
    planCampaign: nothing,
    writeVariant: nothing,
    writeCopy: nothing,
    launchRuns: nothing,
    expandAudience: nothing,
    pumpUrgent: nothing,
    async pumpLane(_world, payload) {
      console.log(`took ${payload.channel} ${payload.lane}`);
      if (mode === "hang") await new Promise(() => {});
      setImmediate(finish);
    },
  },
});
const producer = openProducer({ url });
await producer.knock("pumpLane", { channel: "email", lane: 7 });

async function finish() {
  await producer.close();
  const closed = await consumer.close();
  console.log(`closed ${closed.is}`);
}
