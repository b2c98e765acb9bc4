/**
 * The sandbox as a process. Says `{"event":"sandbox.ready","smtp":"smtp://…","http":"http://…"}` on stdout, and to its
 * parent where it has one; ends on SIGTERM, on SIGINT, and when its parent is gone.
 */
import { readConfig } from "./config.ts";
import { openSandbox } from "./open-sandbox.ts";

const config = readConfig(process.env);
const sandbox = await openSandbox({
  folder: config.SANDBOX_FOLDER,
  smtpPort: config.SANDBOX_SMTP_PORT,
  httpPort: config.SANDBOX_HTTP_PORT,
  accounts: {
    twilioAccountSid: config.SANDBOX_TWILIO_ACCOUNT_SID,
    twilioAuthToken: config.SANDBOX_TWILIO_AUTH_TOKEN,
    slackToken: config.SANDBOX_SLACK_TOKEN,
    slackChannels: config.SANDBOX_SLACK_CHANNELS,
  },
});

let ending = false;
const end = async () => {
  if (ending) return;
  ending = true;
  await sandbox.close();
  process.exit(0);
};
process.once("SIGTERM", end);
process.once("SIGINT", end);
process.once("disconnect", end);

const ready = { event: "sandbox.ready", smtp: sandbox.smtpUrl, http: sandbox.httpUrl };
console.log(JSON.stringify(ready));
process.send?.(ready);
