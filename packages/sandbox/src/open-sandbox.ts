/** The whole sandbox in one call: for the process of its own in start.ts, and inside tests of other packages. */
import { type Accounts, defaultAccounts } from "./accounts.ts";
import { openFaults } from "./faults.ts";
import { openHttp } from "./http.ts";
import { openInbox, type Room } from "./inbox.ts";
import { openPeople } from "./people.ts";
import { openSlackChannels } from "./slack-channels.ts";
import { openSmtp } from "./smtp.ts";
import { openTimers } from "./timers.ts";
import { type DeliveryPace, defaultPace } from "./twilio-delivery.ts";
import { openHandsets } from "./twilio-handsets.ts";
import { openTextMessages } from "./twilio-messages.ts";
import { openWebhooks } from "./twilio-webhook.ts";
import { openWireLog } from "./wire-log.ts";

export type SandboxSettings = {
  /** Keeps the wire log; made where missing. */
  readonly folder: string;
  /** 0 or nothing: a free port. */
  readonly smtpPort?: number | undefined;
  readonly httpPort?: number | undefined;
  readonly accounts?: Partial<Accounts> | undefined;
  /** How long after the acceptance a text is reported sent and delivered. */
  readonly pace?: DeliveryPace | undefined;
  readonly room?: Room | undefined;
};

export type Sandbox = {
  /** `smtp://127.0.0.1:PORT` */
  readonly smtpUrl: string;
  /** `http://127.0.0.1:PORT`: inbox at /, providers at /twilio, /slack/api/, /openai/v1 and, where public posts go, at /CHANNEL. */
  readonly httpUrl: string;
  /** Ends every connection, timer and callback under way. */
  close(): Promise<void>;
};

export async function openSandbox(settings: SandboxSettings): Promise<Sandbox> {
  const accounts = { ...defaultAccounts, ...settings.accounts };
  const wire = await openWireLog(settings.folder);
  const timers = openTimers();
  const world = { accounts, wire, timers, faults: openFaults(), inbox: openInbox(openPeople(), settings.room) };
  const messages = openTextMessages();
  const webhooks = openWebhooks({ authToken: accounts.twilioAuthToken, timers });
  const handsets = openHandsets({ world, messages, webhooks });
  const channels = openSlackChannels(accounts.slackChannels);
  const pace = settings.pace ?? defaultPace;
  const smtp = await openSmtp({ port: settings.smtpPort ?? 0, world });
  const parts = { world, messages, webhooks, handsets, pace, channels };
  const http = await openHttp({ port: settings.httpPort ?? 0, parts }).catch(async (error) => {
    await smtp.close();
    throw error;
  });
  return {
    smtpUrl: smtp.url,
    httpUrl: http.url,
    async close() {
      timers.close();
      webhooks.close();
      await Promise.all([smtp.close(), http.close()]);
      wire.close();
    },
  };
}
