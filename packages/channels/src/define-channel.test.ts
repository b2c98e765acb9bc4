/** Content, body and providers fit together, or the program does not compile. */
import { ok } from "@chorus/core/problem";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { compileFor, filling, recipient } from "../test/samples.ts";
import { defineChannel } from "./define-channel.ts";
import { defineProvider } from "./define-provider.ts";

type Note = { readonly to: string; readonly words: string };

const post = defineProvider({
  id: "post",
  label: "Post",
  setup: "a stamp",
  settings: z.strictObject({
    stamps: z.coerce.number().int().describe("how many"),
    seal: z.string().optional().meta({ secret: true }),
  }),
  identify: () => ({ host: "localhost", name: "the post" }),
  openCarrier: ({ settings }) => ({
    resend: "may_duplicate",
    concurrency: settings.stamps,
    send: async (body: Note) => ({ is: "accepted", providerMessageId: `${body.to} ${body.words}` }),
    test: async () => ({ is: "works", as: "the post" }),
  }),
});

const rest = {
  id: "letter",
  label: "Letter",
  traits: { reach: "one_contact", limits: [], markup: "plain", permission: { needsConsent: false } },
  content: z.strictObject({ words: z.string().max(5) }),
  writingNotes: "Write.",
  providers: [post],
  normalizeAddress: (raw: string) => ok({ address: raw }),
  check: () => [],
  preview: (content: { words: string }) => ({ text: content.words, measures: [] }),
} as const;

const letter = defineChannel({
  ...rest,
  compile: (content: { words: string }) => (filled) => ({ body: { to: filled.to.address, words: content.words } }),
});

describe("a channel's declaration", () => {
  it("does not compile when no provider can send the body", () => {
    defineChannel({
      ...rest,
      // @ts-expect-error the body has no words, and the post needs them
      compile: () => (filled) => ({ body: { to: filled.to.address } }),
    });
    defineChannel({
      ...rest,
      // @ts-expect-error the body's words are a number
      compile: () => (filled) => ({ body: { to: filled.to.address, words: 1 } }),
    });
  });

  it("opens the account's provider with its settings read, and lists what it has", async () => {
    const carrier = letter.open({ provider: "post", settings: { stamps: "3" }, callbackUrl: "" });
    expect(letter.providers).toEqual(["post"]);
    expect(carrier.concurrency).toBe(3);
    expect(() => letter.open({ provider: "pigeon", settings: {}, callbackUrl: "" })).toThrow(
      'The letter channel has no provider "pigeon". It has: post.',
    );
  });

  it("tells what its providers ask for, and reads an account with each wrong setting named and no secret told", () => {
    expect(letter.connects).toEqual([
      {
        ...{ id: "post", label: "Post", setup: "a stamp" },
        settings: [
          { name: "stamps", about: "how many", secret: false, required: true, usual: null },
          { name: "seal", about: "", secret: true, required: false, usual: null },
        ],
      },
    ]);
    expect(letter.readAccount("post", { stamps: "3", seal: "wax" })).toEqual({
      is: "ok",
      value: { host: "localhost", name: "the post", shown: { stamps: "3", seal: "••••" } },
    });
    expect(letter.readAccount("post", { stamps: "3", seal: "••••" })).toMatchObject({
      problems: [{ path: "settings.seal", code: "setting.masked" }],
    });
    const wrong = letter.readAccount("post", { stamps: "wax", seel: "wax" });
    expect(wrong).toMatchObject({
      problems: [
        { path: "settings.stamps", code: "setting.invalid" },
        { path: "settings.seel", code: "setting.unknown" },
      ],
    });
    expect(JSON.stringify(wrong)).not.toContain("wax");
    expect(letter.readAccount("pigeon", {})).toMatchObject({ problems: [{ path: "provider" }] });
  });

  it("reads the content before anything sees it", () => {
    const render = letter.compile({ words: "hello" }, compileFor());
    const at = { id: "msg_1", at: new Date() };
    expect(render(filling(recipient({ address: "door 3" })), at)).toEqual({ body: { to: "door 3", words: "hello" } });
    expect(letter.check({ words: "too long" }, compileFor())).toMatchObject([
      { path: "words", code: "field.too_long" },
    ]);
    expect(() => letter.compile({ words: "too long" }, compileFor())).toThrow(/words: At most 5 characters/);
  });
});
