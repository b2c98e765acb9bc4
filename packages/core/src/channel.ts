/** The contract of a channel: one folder and one line in the registry. Everything else asks these shapes. */
import type { z } from "zod";
import type { BrandVoice, Sender } from "./brand-voice.ts";
import type { ConnectionTest } from "./connection.ts";
import type { Recipient } from "./contact.ts";
import type { ProviderEvent } from "./event.ts";
import type { FactSheet } from "./fact.ts";
import type { Counted } from "./measure.ts";
import type { MessageClass } from "./message.ts";
import type { Money } from "./money.ts";
import type { Picked } from "./picks.ts";
import type { Checked, Problem } from "./problem.ts";

/** Why a provider said no for good. */
export type RefusalReason =
  | "no_such_address"
  | "opted_out"
  | "unreachable"
  | "mailbox_full"
  | "mailbox_disabled"
  | "dead_number"
  | "blocked"
  | "content"
  | "destination";

/** What became of one hand-over to a provider. A value, never an exception: the caller must look at it. */
export type SendOutcome =
  | { is: "accepted"; providerMessageId: string; cost?: Money | undefined }
  | { is: "refused"; reason: RefusalReason; detail: string; about: "address" | "content" }
  | {
      is: "deferred";
      retryAfterMs?: number | undefined;
      detail: string;
      scope: "message" | "carrier";
      /** Hand-overs of one message that may end like this; the usual number when not given. */
      attemptsAtMost?: number | undefined;
    }
  /**
   * About us, so no reader pays for it. `account`: nothing goes through before a person has acted (password, sender, region).
   * `sender`: our name is not trusted for this message (signature, reputation); where that repeats, the run is held.
   */
  | { is: "distrusted"; whom: "account" | "sender"; detail: string }
  /** `mayStillSend` or the signal said no, and nothing that could be a message left us. */
  | { is: "held" }
  /** The last byte may have left us and the answer never came, or it said nothing about acceptance. */
  | { is: "unknown"; detail: string; askAfterMs?: number | undefined };

type Meant<Is> = Omit<Extract<SendOutcome, { is: Is }>, "detail">;
/** What a provider found out after it had taken a message, in the words of the answer that it could have given at once. */
export type LateOutcome = Meant<"refused"> | Meant<"deferred"> | Meant<"distrusted">;

export type Limit = {
  readonly field: string;
  readonly max: number;
  /** What reads well, or is shown in full; more is a warning and no refusal. */
  readonly aim?: number | undefined;
  readonly counted: Counted;
  /** Where the number comes from, and when it was looked up (ISO date). */
  readonly source: string;
  readonly checkedOn: string;
};

/** Plain data about the medium. The form, the prompt and the checks all read the same numbers. */
export type Traits = {
  readonly reach: "one_contact" | "public";
  readonly limits: readonly Limit[];
  readonly markup: "html" | "plain" | "blocks";
  /** What the law and good manners ask before a marketing message on this medium. */
  readonly permission: {
    readonly needsConsent: boolean;
    /** Local hours of the recipient in which it may be sent: from ≤ hour < to. */
    readonly hours?: { readonly from: number; readonly to: number } | undefined;
    readonly cap?: { readonly count: number; readonly days: number } | undefined;
    /** The whole world reads it: no words leave that a person has not approved as they are, not even as a test. */
    readonly needsApproval?: true | undefined;
  };
  /** How a reader ends marketing from inside a message; a public post offers nothing. */
  readonly optOuts?: readonly OptOut[] | undefined;
};

export type OptOut = "link" | "reply";

/**
 * What a field of a channel's content is for, given with zod's `.meta({ role })`. Prompts, the template writer and
 * forms read the role, so that none of them knows a channel by name.
 *   subject, preheader, headline, paragraph: words at that place · short_message: everything in one text, with a link
 *   slot in it · button: the words of the call to action · link: the id of a link of the fact sheet
 *   feature: a property of a product, in a line · value: the id of a value of the brand
 */
export type FieldRole =
  | "subject"
  | "preheader"
  | "headline"
  | "paragraph"
  | "short_message"
  | "button"
  | "link"
  | "feature"
  | "value";

/** A provider's HTTP call to us, untouched: signatures are over the exact bytes. */
export type RawRequest = {
  readonly method: string;
  /** The full public URL as the provider called it. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
};

export type HandOver = {
  /** Public id, `msg_…`: the same on every attempt. */
  readonly messageId: string;
  readonly attempt: number;
  /** Asked in the same tick as the last byte that makes it a message. False: nothing may be sent. */
  readonly mayStillSend: () => boolean;
  readonly signal: AbortSignal;
};

/** At most so many messages in any second. `of` says what is limited, within its account: "account", a sender, a channel. */
export type Rate = { readonly of: string; readonly perSecond: number };

/** An opened connection to one provider account: the only thing in the system that can reach a person. */
export type Carrier<Body = unknown> = {
  /** "safe": honours our key. "can_ask": can say later whether it took a message. "may_duplicate": neither. */
  readonly resend: "safe" | "can_ask" | "may_duplicate";
  /** How many hand-overs may be under way at once. */
  readonly concurrency: number;
  /** What the provider lets through, or was set for it: each message must be within all of these. */
  rates?(to: string): readonly Rate[];
  /** Who answers for an address behind the provider, and may be slow with all of its own. */
  domainOf?(to: string): string;
  send(body: Body, how: HandOver): Promise<SendOutcome>;
  lookUp?(
    body: Body,
    of: { messageId: string; attempt: number; sentAround: Date },
  ): Promise<{ is: "accepted"; providerMessageId: string } | { is: "not_accepted" } | { is: "cannot_tell" }>;
  /** Verifies with this account's secret. null: not authentic. */
  receive?(request: RawRequest): Promise<ProviderEvent[] | null>;
  /** Signs in and looks around, and sends nothing. The signal ends it as a timeout. */
  test(signal: AbortSignal): Promise<ConnectionTest>;
  close?(): Promise<void>;
};

/** Where to reach a provider and as whom. `settings` are checked by the provider's own schema. */
export type ProviderAccount = {
  readonly provider: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Where the provider reports to: `https://…/webhooks/car_…`. */
  readonly callbackUrl: string;
};

export type ProviderForm = {
  readonly id: string;
  readonly label: string;
  /** How to get an account and what its settings mean. */
  readonly setup: string;
  readonly settings: readonly SettingField[];
};

export type SettingField = {
  readonly name: string;
  readonly about: string;
  /** A secret is sealed where it is stored and never shown again. */
  readonly secret: boolean;
  readonly required: boolean;
  /** What it is when not given. */
  readonly usual: string | null;
};

/** What may be told of an account to anybody who sees it at work. */
export type AccountIdentity = {
  /** The host that is spoken to. */
  readonly host: string;
  /** How the account is named to people; never a secret. */
  readonly name: string;
  /** The settings that were given, each secret masked. */
  readonly shown: Readonly<Record<string, string>>;
};

/** The links of one message. Link numbers are the variant's, counted from 1 in the order of its fact sheet. */
export type MessageLinks = { readonly unsubscribe: string; link(number: number): string };

/** What one message fills into the words of its variant. */
export type Filling = {
  readonly to: Recipient;
  readonly links: MessageLinks;
  /** Products for `{{picks}}`; without any, what would introduce them is left out as well. */
  readonly picks?: readonly Picked[];
};

export type CompileFor = {
  readonly facts: FactSheet;
  readonly voice: BrandVoice;
  readonly sender: Sender;
  readonly locale: string;
  /** Only a marketing message says how to opt out. */
  readonly class: MessageClass;
  /** Groups a campaign's mails for mailbox providers (Feedback-ID); public ids, no personal data. */
  readonly campaign: { readonly id: string; readonly workspaceId: string };
};

export type Rendered<Body> = { readonly body: Body };
export type Render<Body = unknown> = (
  filling: Filling,
  message: { readonly id: string; readonly at: Date },
) => Rendered<Body>;

/** How a message will look and how long its fields are, for whoever approves it. */
export type Preview = {
  readonly title?: string | undefined;
  readonly text: string;
  readonly html?: string | undefined;
  readonly measures: readonly {
    field: string;
    used: number;
    max: number;
    counted: Counted;
    note?: string | undefined;
  }[];
};

export type CheckWithin = {
  readonly facts: FactSheet;
  readonly locale: string;
  readonly brand?: string | undefined;
  /** Ids of the brand's values, for what must name one. */
  readonly values?: readonly string[] | undefined;
  /** Given for a message that is no campaign's: it is read as `single`, and measured with what its class adds. */
  readonly single?: { readonly class: MessageClass } | undefined;
};

/** A contact point in the one form that is stored and compared. A warning does not stop it. */
export type Normalized = Checked<{ address: string; warning?: Problem | undefined }>;

/** What copy is written for: a channel, or the form of a piece outside a campaign. */
export type Form = Pick<Channel, "id" | "label" | "content" | "writingNotes" | "check"> & {
  readonly traits: Pick<Traits, "reach" | "limits">;
};

export type Channel<Content = unknown, Body = unknown> = {
  readonly id: string;
  readonly label: string;
  readonly traits: Traits;
  /** Model output, review form and stored JSON are all this shape. */
  readonly content: z.ZodType<Content>;
  /** A message that another service sends by itself: the same fields, and those may be left out that only a campaign needs. */
  readonly single: z.ZodType<Content>;
  /** One paragraph for whoever writes, human or model. */
  readonly writingNotes: string;
  readonly providers: readonly string[];
  /** What each provider asks of whoever connects it: enough to make a form of. */
  readonly connects: readonly ProviderForm[];
  /** Reads an account's settings as somebody typed them; what is wrong is said per setting. */
  readAccount(provider: string, settings: Readonly<Record<string, string>>): Checked<AccountIdentity>;
  normalizeAddress(raw: string, hint?: { country?: string | undefined }): Normalized;
  /**
   * Measures with the worst case of every slot; shortening is a writer's step, never a channel's. Among the problems
   * may be warnings (`severity`). With the brand given, what is added in its name is counted exactly.
   */
  check(content: unknown, within: CheckWithin): Problem[];
  /** Once per variant; the function it returns runs once per message and only splices. */
  compile(content: unknown, within: CompileFor): Render<Body>;
  preview(content: unknown, within: CompileFor, filling: Filling): Preview;
  /** Throws a readable error when the account's settings are wrong. Opens no connection before the first send. */
  open(account: ProviderAccount): Carrier<Body>;
};
