/** Declares who carries a channel: a provider is one file, its settings are a schema, and both are readable as data. */
import type { Carrier, HandOver, ProviderAccount, SendOutcome } from "@chorus/core/channel";
import { z } from "zod";
import type { Place } from "./account-identity.ts";

/** A carrier whose `send` is a property, so that the compiler refuses a body the provider cannot send. */
export type StrictCarrier<Body> = Omit<Carrier<Body>, "send"> & {
  readonly send: (body: Body, how: HandOver) => Promise<SendOutcome>;
};

export type Provider<Body> = {
  readonly id: string;
  readonly label: string;
  /** How to get an account and what its settings mean, for whoever connects it. */
  readonly setup: string;
  /** Reads the strings of an account. Every field is described, and a secret one says so with `.meta({ secret })`. */
  readonly settings: z.ZodType;
  /** Where the account is and how it is named to people; the settings have been read. */
  readonly identify: (settings: Readonly<Record<string, string>>) => Place;
  readonly openCarrier: (account: ProviderAccount) => StrictCarrier<Body>;
};

type Declaration<Settings extends z.ZodType, Body> = Omit<Provider<Body>, "openCarrier" | "settings" | "identify"> & {
  readonly settings: Settings;
  readonly identify: (settings: z.output<Settings>) => Place;
  readonly openCarrier: (account: {
    readonly settings: z.output<Settings>;
    readonly callbackUrl: string;
  }) => StrictCarrier<Body>;
};

/** The declared provider reads its own settings; wrong ones throw an error that names them and shows no value. */
export function defineProvider<Settings extends z.ZodType, Body>(of: Declaration<Settings, Body>): Provider<Body> {
  return {
    ...of,
    identify: (settings) => of.identify(readOrThrow(of, settings)),
    openCarrier: ({ settings, callbackUrl }) => of.openCarrier({ settings: readOrThrow(of, settings), callbackUrl }),
  };
}

function readOrThrow<Settings extends z.ZodType>(of: { label: string; settings: Settings }, settings: unknown) {
  const read = of.settings.safeParse(settings);
  if (!read.success) throw new Error(wrongSettings(of.label, read.error));
  return read.data;
}

function wrongSettings(label: string, error: z.ZodError): string {
  const wrong = error.issues.map((issue) => `  ${issue.path.join(".") || "settings"}: ${issue.message}`);
  return `The settings of this ${label} account are not right:\n${wrong.join("\n")}`;
}

/** Settings arrive as strings; these read them. */
export const numberSetting = (of: { min: number; max: number; usual: number }) =>
  z.coerce.number().int().min(of.min).max(of.max).default(of.usual);

/** Messages a second over all workers; no limit when not set. Slower than one in five seconds looks like standing still. */
export const rateSetting = z.coerce.number().min(0.2).max(100_000).optional();
