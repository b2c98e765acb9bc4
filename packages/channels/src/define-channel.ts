/**
 * Declares a channel. Content, body and providers are tied together here: a body that no provider of the channel can
 * send does not compile, and whatever comes from outside is read by the content's schema before anything sees it.
 */
import type { Channel, CheckWithin, CompileFor, Filling, Preview, ProviderAccount, Render } from "@chorus/core/channel";
import type { Problem } from "@chorus/core/problem";
import type { z } from "zod";
import { formOf, readAccountOf } from "./account-identity.ts";
import { readContent } from "./content.ts";
import type { Provider } from "./define-provider.ts";

type Declaration<Content, Body> = Omit<
  Channel<Content, Body>,
  "content" | "single" | "providers" | "connects" | "readAccount" | "check" | "compile" | "preview" | "open"
> & {
  /** What is written for a campaign. */
  readonly content: z.ZodType<Content>;
  /** What another service may send by itself; the content when not given. */
  readonly single?: z.ZodType<Content>;
  readonly providers: readonly Provider<Body>[];
  check(content: Content, within: CheckWithin): Problem[];
  compile(content: Content, within: CompileFor): Render<Body>;
  preview(content: Content, within: CompileFor, filling: Filling): Preview;
};

export function defineChannel<Content, Body>(of: Declaration<Content, Body>): Channel<Content, Body> {
  const single = of.single ?? of.content;
  const readOrThrow = (content: unknown): Content => {
    const read = readContent(single, content);
    if (read.is === "ok") return read.value;
    const wrong = read.problems.map(({ path, message }) => `${path}: ${message}`);
    throw new Error(`This is not content of the ${of.id} channel; check() refuses it:\n${wrong.join("\n")}`);
  };
  return {
    ...of,
    single,
    providers: of.providers.map((provider) => provider.id),
    connects: of.providers.map(formOf),
    readAccount: (provider, settings) => readAccountOf(of.providers, provider, settings),
    check(content, within) {
      const read = readContent(within.single ? single : of.content, content);
      return read.is === "ok" ? of.check(read.value, within) : [...read.problems];
    },
    compile: (content, within) => of.compile(readOrThrow(content), within),
    preview: (content, within, filling) => of.preview(readOrThrow(content), within, filling),
    open(account: ProviderAccount) {
      const provider = of.providers.find((each) => each.id === account.provider);
      if (provider) return provider.openCarrier(account);
      const known = of.providers.map((each) => each.id).join(", ");
      throw new Error(`The ${of.id} channel has no provider "${account.provider}". It has: ${known}.`);
    },
  };
}
