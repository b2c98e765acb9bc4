/**
 * Signed in to Bluesky, for as long as it lasts. Signing in is counted (300 a day for an account, docs.bsky.app, rate
 * limits, 2026-11), so a session is kept, and renewed by its own token when the server says that it has expired.
 */
import { type Answer, readObject, textOf } from "../exchange-outcome.ts";
import type { Exchange, Http } from "../http-exchange.ts";

export type Account = { readonly baseUrl: string; readonly handle: string; readonly appPassword: string };
export type Session = {
  readonly did: string;
  readonly handle: string;
  readonly accessJwt: string;
  readonly refreshJwt: string;
  /** What the server says of an account that may not post: "takendown", "suspended", "deactivated". */
  readonly status: string | null;
};
export type SignedIn =
  | { readonly is: "in"; readonly session: Session }
  | { readonly is: "out"; readonly answer: Exchange };

export const xrpc = (baseUrl: string, method: string): string => `${baseUrl.replace(/\/$/, "")}/xrpc/${method}`;
export const wordOf = (answer: Answer): string => textOf(readObject(answer.body).error)?.slice(0, 60) ?? "";

export async function signIn(
  { baseUrl, handle, appPassword }: Account,
  http: Http,
  signal: AbortSignal,
): Promise<SignedIn> {
  const request = {
    method: "POST",
    url: xrpc(baseUrl, "com.atproto.server.createSession"),
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ identifier: handle, password: appPassword }),
  };
  return readSession(await http.exchange(request, { mayStillSend: () => true, signal }));
}

async function renew(
  { baseUrl }: Account,
  http: Http,
  of: { session: Session; signal: AbortSignal },
): Promise<SignedIn> {
  const request = {
    method: "POST",
    url: xrpc(baseUrl, "com.atproto.server.refreshSession"),
    headers: { authorization: `Bearer ${of.session.refreshJwt}` },
    body: "",
  };
  return readSession(await http.exchange(request, { mayStillSend: () => true, signal: of.signal }));
}

function readSession(answer: Exchange): SignedIn {
  if (answer.is !== "answered" || answer.status !== 200) return { is: "out", answer };
  const said = readObject(answer.body);
  const [did, handle, accessJwt, refreshJwt] = [said.did, said.handle, said.accessJwt, said.refreshJwt].map(textOf);
  if (!did || !handle || !accessJwt || !refreshJwt) return { is: "out", answer };
  const status = said.active === false ? (textOf(said.status) ?? "inactive") : null;
  return { is: "in", session: { did, handle, accessJwt, refreshJwt, status } };
}

export type Called =
  | { readonly is: "called"; readonly exchange: Exchange }
  | { readonly is: "out"; readonly answer: Exchange };

export type Sessions = {
  /**
   * Signs in where nobody is, and once more where the session has expired. `make` answers null where the session is not
   * the one it needs, and so does this.
   */
  call(signal: AbortSignal, make: (session: Session) => Promise<Exchange> | null): Promise<Called | null>;
};

export function openSessions(account: Account, http: Http): Sessions {
  let kept: Session | null = null;
  const start = async (signal: AbortSignal): Promise<SignedIn> => {
    const renewed = kept && (await renew(account, http, { session: kept, signal }));
    const signedIn = renewed?.is === "in" ? renewed : await signIn(account, http, signal);
    kept = signedIn.is === "in" ? signedIn.session : null;
    return signedIn;
  };
  return {
    async call(signal, make) {
      const first: SignedIn = kept ? { is: "in", session: kept } : await start(signal);
      if (first.is === "out") return first;
      const exchange = await make(first.session);
      if (exchange === null || !isExpired(exchange)) return exchange && { is: "called", exchange };
      const second = await start(signal);
      if (second.is === "out") return second;
      const again = await make(second.session);
      return again && { is: "called", exchange: again };
    },
  };
}

const isExpired = (exchange: Exchange): boolean =>
  exchange.is === "answered" && exchange.status >= 400 && /^(?:ExpiredToken|InvalidToken)$/.test(wordOf(exchange));
