/** Words that must be there, words that must not, and what a machine or a form leaves behind. */
import type { Brief } from "@chorus/core/brief";
import type { FactSheet } from "@chorus/core/fact";
import type { Problem } from "@chorus/core/problem";
import { type CopyText, messageOf } from "./copy-text.ts";
import { finder, shownTo } from "./find-words.ts";
import { fold, phrasePattern } from "./fold.ts";

type Words = {
  readonly facts: FactSheet;
  readonly locale: string;
  readonly brief: Pick<Brief, "mustSay" | "mustNotSay">;
};

export function wording(texts: readonly CopyText[], words: Words): Problem[] {
  return [...forbidden(texts, words), ...missing(texts, words), ...leftovers(texts), ...hidden(texts), ...empty(texts)];
}

function forbidden(texts: readonly CopyText[], words: Words): Problem[] {
  const { mustNotSay } = words.brief;
  if (mustNotSay.length === 0) return [];
  return texts.flatMap(({ path, text }) => {
    const find = finder(shownTo(text, words));
    return mustNotSay
      .flatMap((phrase) => find(phrasePattern(phrase)).slice(0, 1))
      .map((got) => ({
        ...{ path, code: "wording.must_not_say", got },
        message: `Take "${got}" out: the brief says it must not be said.`,
      }));
  });
}

/** Each channel stands alone for its reader, so each must say it; a set of loose texts counts as one channel. */
function missing(texts: readonly CopyText[], words: Words): Problem[] {
  if (words.brief.mustSay.length === 0) return [];
  return [...new Set(texts.map(messageOf))].flatMap((message) => {
    const own = texts.filter((each) => messageOf(each) === message);
    const seen = fold(own.map(({ text }) => `${text}\n${shownTo(text, words)}`).join("\n")).text;
    return words.brief.mustSay
      .filter((phrase) => !phrasePattern(shownTo(phrase, words)).test(seen))
      .map((phrase) => ({
        path: message,
        code: "wording.must_say_missing",
        message: `Say "${phrase}": the brief says it must be said.`,
        got: phrase,
      }));
  });
}

const leftoverPatterns: readonly RegExp[] = [
  /\bas an? (?:ai|artificial intelligence|(?:large )?language model|assistant)\b|\bi(?:'m| am) (?:sorry|unable|an ai)\b[^.!?]{0,40}|\bi can(?:'|no)?t (?:help|assist|provide|create|write)\b[^.!?]{0,30}/giu,
  /作为(?:一个|一名|一款)?(?:ai|人工智能|大?语言模型|智能助手|助手)|(?:很)?抱歉,?我(?:无法|不能)|我是(?:一个)?(?:ai|人工智能)/giu,
  /\blorem ipsum\b|\bdolor sit amet\b|\bplaceholder\b|\binsert [\p{L} ]{2,20} here\b|占位(?:符|文字)|此处(?:填写|插入)|待定文案/giu,
  /[[【<](?:your |the |insert |customer |recipient |first |last |brand |company |product |store |discount )*(?:name|surname|brand|company|product|link|url|date|price|code|amount|discount|store|city|address|cta|button|here|text|x+)\s*[\]】>]/giu,
  /[[【<{](?:您的|你的|客户|顾客|收件人|插入)?(?:姓名|名字|品牌|公司|产品|商品|链接|网址|日期|价格|折扣|优惠码|店铺|城市|金额)(?:名称?)?[\]】>}]/gu,
  /^\s*(?:subject(?: line)?|preheader|headline|body|paragraph|button|cta|sms|email|主题|标题|正文|按钮|短信|邮件)\s*:/giu,
  /^\s*(?:sure|certainly|of course|here(?:'s| is| are))\b[^.!?\n]{0,60}\b(?:copy|email|e-mail|sms|message|subject|version|json|draft)s?\b|^(?:好的|当然),?(?:以下|这)是/giu,
  /\b(?:system prompt|fact sheet|json (?:object|schema)|must(?:Not)?Say|writingNotes|ignore (?:all |any )?(?:the )?(?:previous|above) instructions)\b|系统提示词?|事实表|忽略(?:以上|之前|上述)(?:所有)?(?:指令|内容)/giu,
  /\bTODO\b|\bTBD\b|```|\*\*|\]\(|<\/?[A-Za-z!][^<>]*>|&(?:nbsp|amp|lt|gt|quot|#\d+);|\\n|\bundefined\b|\[object \p{L}+\]/gu,
];

function leftovers(texts: readonly CopyText[]): Problem[] {
  return texts.flatMap(({ path, text }) => {
    const find = finder(text);
    return [...new Set(leftoverPatterns.flatMap(find))].map((got) => ({
      path,
      code: "wording.leftover",
      message:
        "This was not written for the reader: it is a placeholder, markup or a machine's own words. Take it out.",
      got,
    }));
  });
}

/** Bidi controls can turn a text around; zero-width spaces and BOMs hide words from whoever reviews it. */
function hidden(texts: readonly CopyText[]): Problem[] {
  return texts
    .filter(({ text }) => /[\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]/.test(text))
    .map(({ path }) => ({
      path,
      code: "wording.hidden_character",
      message: "Type this text anew: it holds invisible characters that change how it reads.",
    }));
}

function empty(texts: readonly CopyText[]): Problem[] {
  return texts
    .filter(({ text }) => !/[\p{L}\p{N}\p{Extended_Pictographic}]|\{\{/u.test(text))
    .map(({ path }) => ({ path, code: "wording.empty", message: "Write something here, or take the field out." }));
}
