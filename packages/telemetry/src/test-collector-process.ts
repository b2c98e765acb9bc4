/** The tests' collector as a process, for those that look at whole processes from outside. */
import { openCollector } from "./test-collector.ts";

const collector = await openCollector();
process.send?.({ event: "collector.ready", url: collector.url });

const end = () => void collector.close().then(() => process.exit(0));
process.once("SIGTERM", end);
process.once("disconnect", end);
