/** A person's words for a piece outside a campaign get the same look as a model's: its form, then every guard. */
import type { BrandVoice } from "@chorus/core/brand-voice";
import type { Form } from "@chorus/core/channel";
import type { Problem } from "@chorus/core/problem";
import type { Contents } from "@chorus/core/variant";
import type { Copy } from "@chorus/db/copies";
import { checkContents } from "@chorus/prompts/check-contents";
import { kindOf } from "@chorus/prompts/kinds/all";
import { problemsOf } from "./validation.ts";

type Of = { readonly copy: Copy; readonly channels: readonly Form[] };

function formsOf({ copy, channels }: Of): readonly Form[] {
  const { form } = kindOf(copy.kind);
  return form ? [form] : channels.filter(({ id }) => copy.channels.includes(id));
}

/** Reads each form's words in its own shape. What has no shape cannot be stored, not even as a draft. */
export function readPiece(given: Contents, of: Of): { contents: Contents; problems: Problem[] } {
  const forms = formsOf(of);
  const contents: Contents = {};
  const problems = Object.entries(given).flatMap(([id, content]): Problem[] => {
    const form = forms.find((each) => each.id === id);
    if (!form) {
      const message = `This copy has no such form. It has: ${forms.map((each) => each.id).join(", ")}.`;
      return [{ path: `contents.${id}`.slice(0, 80), code: "form.unknown", message }];
    }
    const read = form.content.safeParse(content, { reportInput: true });
    if (read.success) contents[id] = read.data;
    return read.success
      ? []
      : problemsOf(read.error, form.content).map((each) => ({ ...each, path: `contents.${id}.${each.path}` }));
  });
  return { contents, problems };
}

export function reviewPiece(contents: Contents, of: Of & { readonly voice: BrandVoice }): Problem[] {
  const { locale, brief, facts } = of.copy;
  return checkContents(contents, { locale, brief, facts, voice: of.voice, channels: formsOf(of) }, "person");
}
