/** Slack's own markup (docs.slack.dev/messaging/formatting-message-text) as HTML. */
import { escapeHtml, type Html, html } from "./html.ts";

/** Links and mentions are set aside first, so that emphasis may stand around them and never inside them. */
export function mrkdwn(text: string): Html {
  const setAside: string[] = [];
  const marked = text.replace(/<([^<>\n]+)>/g, (_, inside: string) => {
    setAside.push(reference(inside).html);
    return `\u0000${setAside.length - 1}\u0000`;
  });
  const styled = marked.split("\n").map(line).join("\n");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL cannot stand in a message, so it marks what was set aside
  return { html: styled.replace(/\u0000(\d+)\u0000/g, (_, index: string) => setAside[Number(index)] ?? "") };
}

/** `&amp;`, `&lt;` and `&gt;` are all that Slack escapes. */
export const unescapeSlack = (text: string): string =>
  text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

function reference(inside: string): Html {
  const [target = "", label] = inside.split("|");
  if (/^[@#!]/.test(target)) return html`<span class="mention">${label ? label : target.replace(/^!/, "@")}</span>`;
  if (!/^(https?:|mailto:|tel:)/i.test(target)) return html`&lt;${unescapeSlack(inside)}&gt;`;
  const url = unescapeSlack(target);
  return html`<a href="${url}" target="_blank" rel="noopener noreferrer">${unescapeSlack(label ?? target)}</a>`;
}

function line(text: string): string {
  const quoted = /^(?:&gt;|>) ?(.*)$/.exec(text);
  const styled = emphasise(escapeHtml(unescapeSlack(quoted ? (quoted[1] ?? "") : text)));
  return quoted ? `<span class="quote">${styled}</span>` : `${styled}<br>`;
}

function emphasise(escaped: string): string {
  return escaped
    .split(/(`[^`]+`)/)
    .map((piece) =>
      piece.startsWith("`") && piece.length > 2
        ? `<code>${piece.slice(1, -1)}</code>`
        : piece
            .replace(/(^|[^\p{L}\p{N}*])\*(\S(?:[^*]*\S)?)\*(?![\p{L}\p{N}*])/gu, "$1<b>$2</b>")
            .replace(/(^|[^\p{L}\p{N}_])_(\S(?:[^_]*\S)?)_(?![\p{L}\p{N}_])/gu, "$1<i>$2</i>")
            .replace(/(^|[^\p{L}\p{N}~])~(\S(?:[^~]*\S)?)~(?![\p{L}\p{N}~])/gu, "$1<s>$2</s>"),
    )
    .join("");
}
