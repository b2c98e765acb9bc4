/** The few pages a contact ever sees: one sentence, at most one button and one link, no script, nothing loaded from anywhere. */
import { languageOf } from "@chorus/core/fact";
import { type Explained, explanationTitle } from "@chorus/core/why-sentence";
import type { FastifyReply } from "fastify";

/** `why`: where the page is that answers it, from this one. */
type Fixed =
  | { readonly is: "ask"; readonly brand: string; readonly why: string }
  | { readonly is: "done"; readonly brand: string }
  | { readonly is: "unknown" };
export type Page = Fixed | ({ readonly is: "why" } & Explained);

type Words = { readonly title: string; readonly text: string; readonly button?: string | undefined };

/** With {brand}. */
type PageWords = Readonly<Record<Fixed["is"], Words>>;

const english: PageWords = {
  ask: {
    title: "Unsubscribe from {brand}",
    text: "Press the button and {brand} sends you no more marketing here. It takes effect at once.",
    button: "Unsubscribe",
  },
  done: {
    title: "You are unsubscribed",
    text: "{brand} sends you no more marketing here. There is nothing else to do.",
  },
  unknown: { title: "Nothing here", text: "This link leads nowhere. It may have been copied in part." },
};
const byLanguage: Readonly<Record<string, PageWords>> = {
  en: english,
  zh: {
    ask: {
      title: "退订{brand}的消息",
      text: "点击按钮后，{brand}将不再通过此方式向您发送营销消息，立即生效。",
      button: "确认退订",
    },
    done: { title: "您已退订", text: "{brand}将不再通过此方式向您发送营销消息，无需其他操作。" },
    unknown: { title: "页面不存在", text: "此链接无效，可能未复制完整。" },
  },
  de: {
    ask: {
      title: "Von {brand} abmelden",
      text: "Mit dem Knopf sendet Ihnen {brand} auf diesem Weg keine Werbung mehr. Das gilt sofort.",
      button: "Abmelden",
    },
    done: {
      title: "Sie sind abgemeldet",
      text: "{brand} sendet Ihnen auf diesem Weg keine Werbung mehr. Sonst ist nichts zu tun.",
    },
    unknown: {
      title: "Hier ist nichts",
      text: "Dieser Link führt nirgendwohin. Vielleicht wurde er nur zum Teil kopiert.",
    },
  },
  fr: {
    ask: {
      title: "Se désabonner de {brand}",
      text: "En appuyant sur le bouton, vous ne recevrez plus de publicité de {brand} par ce moyen. C'est immédiat.",
      button: "Se désabonner",
    },
    done: {
      title: "Vous êtes désabonné",
      text: "{brand} ne vous enverra plus de publicité par ce moyen. Il n'y a rien d'autre à faire.",
    },
    unknown: { title: "Rien ici", text: "Ce lien ne mène nulle part. Il a peut-être été copié en partie." },
  },
};

/** Answers with a page in the reader's language, or in English where it has no words; an explanation brings its own. */
export function sendPage(reply: FastifyReply, of: { status: number; locale: string; page: Page }): FastifyReply {
  return reply.code(of.status).headers(pageHeaders).send(pageHtml(of.locale, of.page));
}

/** Not kept, not framed, not indexed, not named to whoever is visited next; it may load nothing and post only to us. */
const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex",
};

const style =
  "body{font:1.125rem/1.6 system-ui,sans-serif;margin:15vh auto;max-width:32rem;padding:0 1.5rem;color:#1d1d1f;background:#fff}" +
  "h1{font-size:1.5rem;line-height:1.3}" +
  "button{font:inherit;font-weight:600;padding:.75rem 1.5rem;border:0;border-radius:.5rem;color:#fff;background:#1a4fd6;cursor:pointer}" +
  "a{color:inherit}" +
  "button:focus-visible{outline:3px solid #1d1d1f;outline-offset:3px}" +
  "@media(prefers-color-scheme:dark){body{color:#f5f5f7;background:#1c1c1e}button:focus-visible{outline-color:#f5f5f7}}";

function pageHtml(locale: string, page: Page): string {
  if (page.is === "why") return frame(page.language, { title: page.title, text: page.sentence });
  const language = Object.hasOwn(byLanguage, languageOf(locale)) ? languageOf(locale) : "en";
  const words = wordsOf(byLanguage[language] ?? english, page);
  const link = page.is === "ask" ? `<p><a href="${escapeHtml(page.why)}">${explanationTitle(language)}</a></p>` : "";
  return frame(language, words, link);
}

function frame(language: string, { title, text, button }: Words, below = ""): string {
  const form = button ? `<form method="post"><button type="submit">${escapeHtml(button)}</button></form>` : "";
  return (
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title>` +
    `<style>${style}</style></head><body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>${form}${below}</main></body></html>`
  );
}

function wordsOf(words: PageWords, page: Fixed): Words {
  const named = (text: string) => text.replaceAll("{brand}", () => ("brand" in page ? page.brand : ""));
  const { title, text, button } = words[page.is];
  return { title: named(title), text: named(text), button };
}

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (letter) => escapes[letter] ?? letter);
