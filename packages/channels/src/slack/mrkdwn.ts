/**
 * Slack's markup. Three characters are escaped and everything else is text (docs.slack.dev/messaging/formatting), so
 * `<!channel>`, `<@U…>` and `<#C…>` can only come from us, and we never write them.
 */
const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

export const escapeSlack = (text: string): string => text.replace(/[&<>]/g, (letter) => escapes[letter] ?? letter);

/** A value from outside: also its marks for bold, italic, struck and code are taken out, for they cannot be escaped. */
export const escapeValue = (text: string): string => escapeSlack(text.replace(/[*_~`]/g, ""));

/** A link with its label. The address may hold neither the bar nor the bracket that would end it. */
export const slackLink = (url: string, label: string): string =>
  `<${escapeSlack(url).replace(/[|\s]/g, encodeURIComponent)}|${escapeValue(label).replaceAll("|", " ")}>`;
