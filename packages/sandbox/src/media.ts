/** Every channel something may arrive by: how the inbox page names, draws and colours it. */
import { type Html, html } from "./html.ts";
import { postStandIns } from "./post-stand-ins.ts";

export type Medium = {
  readonly channel: string;
  readonly name: string;
  /** Lines in a square of 24. */
  readonly drawing: Html;
  /** On light and on dark ground. */
  readonly ink: readonly [string, string];
};

export const media: readonly Medium[] = [
  {
    channel: "email",
    name: "Mail",
    drawing: html`<path d="M3 6.5h18v11H3z"/><path d="m3.5 7 8.5 6 8.5-6"/>`,
    ink: ["#2b66c9", "#86b1ff"],
  },
  {
    channel: "sms",
    name: "Texts",
    drawing: html`<rect x="7" y="2.5" width="10" height="19" rx="2.2"/><path d="M10.5 18.5h3"/>`,
    ink: ["#1a8656", "#62d6a0"],
  },
  {
    channel: "slack",
    name: "Slack",
    drawing: html`<path d="M9.5 3.5 7.5 20.5M16.5 3.5l-2 17M4 9h16.5M3.5 15H20"/>`,
    ink: ["#8c3a8f", "#e39be5"],
  },
  ...postStandIns,
];

export const channelIds: readonly string[] = media.map((medium) => medium.channel);
