/** The accounts that the stand-ins know when nobody names others. They open nothing outside this machine. */
export type Accounts = {
  readonly twilioAccountSid: string;
  readonly twilioAuthToken: string;
  /** The numbers that belong to the account; any may send, these are found when somebody looks. */
  readonly twilioNumbers: readonly string[];
  readonly slackToken: string;
  /** Names of the Slack channels that exist from the start, and in which the app is a member. */
  readonly slackChannels: readonly string[];
};

export const defaultAccounts: Accounts = {
  twilioAccountSid: "AC5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a",
  twilioAuthToken: "sandbox-twilio-token",
  twilioNumbers: ["+15005550006"], // kept by Twilio itself for tests (twilio.com/docs/iam/test-credentials)
  slackToken: "xoxb-sandbox-token",
  slackChannels: ["general", "shop-news", "offers", "members"],
};
