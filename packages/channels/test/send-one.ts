/** Sends one mail from a process of its own, so that it may trust a certificate that no other process does. */
import { email } from "../src/email/channel.ts";
import type { EmailBody } from "../src/email/render.ts";
import { handOver } from "./samples.ts";

type Order = { settings: Record<string, string>; body: EmailBody };
const { settings, body } = JSON.parse(process.argv[2] ?? "") as Order;
const carrier = email.open({ provider: "smtp", settings, callbackUrl: "" });
const outcome = await carrier.send(body, handOver());
console.log(JSON.stringify(outcome));
await carrier.close?.();
