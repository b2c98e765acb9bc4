/** What a provider asks of whoever connects it, as data, and what may be told of an account without its secrets. */
import type { AccountIdentity, ProviderForm, SettingField } from "@chorus/core/channel";
import { bad, type Checked, ok, type Problem } from "@chorus/core/problem";
import { z } from "zod";

/** Where an account is and how it is named to people. */
export type Place = Pick<AccountIdentity, "host" | "name">;

type Connectable = {
  readonly id: string;
  readonly label: string;
  readonly setup: string;
  readonly settings: z.ZodType;
  readonly identify: (settings: Readonly<Record<string, string>>) => Place;
};

/** Stands for a secret wherever settings are shown. */
export const mask = "••••";

export const formOf = ({ id, label, setup, settings }: Connectable): ProviderForm => ({
  ...{ id, label, setup },
  settings: fieldsOf(settings),
});

/** Each wrong setting is a problem at `settings.<name>` that repeats no value: it may be a secret in the wrong place. */
export function readAccountOf(
  providers: readonly Connectable[],
  id: string,
  settings: Readonly<Record<string, string>>,
): Checked<AccountIdentity> {
  const provider = providers.find((each) => each.id === id);
  if (!provider) {
    const known = providers.map((each) => each.id).join(", ");
    return bad({ path: "provider", code: "provider.unknown", message: `Give one of: ${known}.` });
  }
  const masked = Object.keys(settings).filter((name) => /•|%E2%80%A2/i.test(settings[name] ?? ""));
  if (masked.length > 0) return bad(...masked.map(isMasked));
  const read = provider.settings.safeParse(settings);
  const known = fieldsOf(provider.settings);
  if (!read.success) return bad(...read.error.issues.flatMap((issue) => problemsOf(issue, { known, settings })));
  return ok({ ...provider.identify(settings), shown: shownOf(known, settings) });
}

/** zod's own description of what goes in; every settings schema is an object of strings, whatever it makes of them. */
function fieldsOf(settings: z.ZodType): SettingField[] {
  const { properties = {}, required = [] } = z.toJSONSchema(settings, { io: "input", unrepresentable: "any" });
  return Object.entries(properties).map(([name, field]) => {
    const { description = "", secret, default: usual } = field as z.core.JSONSchema.BaseSchema;
    const isRequired = required.includes(name) && usual === undefined;
    return {
      ...{ name, about: description, secret: secret === true, required: isRequired },
      usual: usual === undefined ? null : String(usual),
    };
  });
}

const isMasked = (name: string): Problem => ({
  path: `settings.${name}`,
  code: "setting.masked",
  message: "This is the masked form that is shown. Give the secret itself.",
});

type Given = { readonly known: readonly SettingField[]; readonly settings: Readonly<Record<string, string>> };

function problemsOf(issue: z.core.$ZodIssue, { known, settings }: Given): Problem[] {
  const names = known.map((field) => field.name);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      path: `settings.${key}`.slice(0, 80),
      code: "setting.unknown",
      message: `There is no such setting here. There are: ${names.join(", ")}.`,
    }));
  const name = String(issue.path[0] ?? "");
  const about = known.find((field) => field.name === name)?.about ?? "";
  if (settings[name] === undefined)
    return [{ path: `settings.${name}`, code: "setting.missing", message: `This is needed: ${about}.` }];
  const said = issue.message.startsWith("Invalid") ? about : issue.message;
  return [{ path: `settings.${name}`, code: "setting.invalid", message: `This must be right: ${said}.` }];
}

/** A URL stays readable and loses only its password; any other secret is hidden whole. */
function shownOf(known: readonly SettingField[], settings: Readonly<Record<string, string>>): Record<string, string> {
  const isSecret = new Set(known.filter((field) => field.secret).map((field) => field.name));
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, isSecret.has(name) ? masked(value) : value]),
  );
}

function masked(value: string): string {
  const [, before, after] = /^(smtps?:\/\/[^:@/]*:)[^@]*(@[^@]*)$/.exec(value) ?? [];
  if (before) return `${before}${mask}${after}`;
  return /^smtps?:\/\/[^@]*$/.test(value) ? value : mask;
}
