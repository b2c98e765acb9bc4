/** What an instance says of itself and of us: how long a post may be there, and whose token ours is. Asked once an hour. */
import { type Answer, readObject, textOf } from "../exchange-outcome.ts";
import type { Exchange, Http } from "../http-exchange.ts";
import { type InstanceLimits, usualInstance } from "./length.ts";

export type Account = { readonly baseUrl: string; readonly token: string };
export type Home = {
  readonly limits: InstanceLimits;
  /** `@name@instance`, in small letters as addresses are kept. */
  readonly account: string;
  readonly accountId: string;
};
export type Asked =
  | { readonly is: "known"; readonly home: Home }
  | { readonly is: "unknown"; readonly answer: Exchange };

export const endpoint = ({ baseUrl }: Account, path: string): string => `${baseUrl.replace(/\/$/, "")}${path}`;
export const authorized = ({ token }: Account) => ({ authorization: `Bearer ${token}` });

const keptForMs = 60 * 60_000;

export function openHome(account: Account, http: Http): (signal: AbortSignal) => Promise<Asked> {
  let kept: { home: Home; at: number } | null = null;
  return async (signal) => {
    if (kept && Date.now() - kept.at < keptForMs) return { is: "known", home: kept.home };
    const asked = await askHome(account, http, signal);
    if (asked.is === "known") kept = { home: asked.home, at: Date.now() };
    return asked;
  };
}

export async function askHome(account: Account, http: Http, signal: AbortSignal): Promise<Asked> {
  const get = (path: string) =>
    http.exchange(
      { method: "GET", url: endpoint(account, path), headers: authorized(account), body: "" },
      { mayStillSend: () => true, signal },
    );
  const who = await get("/api/v1/accounts/verify_credentials");
  if (who.is !== "answered" || who.status !== 200) return { is: "unknown", answer: who };
  const instance = await get("/api/v2/instance");
  if (instance.is !== "answered" || instance.status >= 500 || instance.status === 429)
    return { is: "unknown", answer: instance };
  const { acct, id } = readObject(who.body);
  const [name, accountId] = [textOf(acct), textOf(id)];
  if (!name || !accountId) return { is: "unknown", answer: who };
  return { is: "known", home: { accountId, account: accountAt(name, account, instance), limits: limitsIn(instance) } };
}

/** An instance may live at another host than the one its accounts are named after. */
function accountAt(name: string, { baseUrl }: Account, instance: Answer): string {
  const domain = textOf(readObject(instance.body).domain) ?? new URL(baseUrl).host;
  return `@${name}@${domain}`.toLowerCase();
}

/** Servers that are too old to say, or speak only part of this interface, have the usual limits until they refuse. */
function limitsIn(instance: Answer): InstanceLimits {
  const inside = (value: unknown, name: string): unknown =>
    typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  const statuses = inside(readObject(instance.body).configuration, "statuses");
  const number = (name: string, usual: number) => {
    const said = inside(statuses, name);
    return typeof said === "number" && said > 0 ? said : usual;
  };
  return {
    characters: number("max_characters", usualInstance.characters),
    perLink: number("characters_reserved_per_url", usualInstance.perLink),
  };
}
