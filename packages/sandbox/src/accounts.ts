/** The accounts that the stand-ins know when nobody names others. They open nothing outside this machine. */
export type Accounts = {
  readonly twilioAccountSid: string;
  readonly twilioAuthToken: string;
  readonly slackToken: string;
  /** Names of the Slack channels that exist from the start, and in which the app is a member. */
  readonly slackChannels: readonly string[];
};

export const defaultAccounts: Accounts = {
  twilioAccountSid: "AC5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a",
  twilioAuthToken: "sandbox-twilio-token",
  slackToken: "xoxb-sandbox-token",
  slackChannels: ["general", "shop-news", "offers", "members"],
};
