/** What every operators' page has around it. */
import type { Caller } from "@chorus/db/keys";
import { type Html, html } from "./html.ts";

export type Framed = { readonly title: string; readonly body: Html };
export type Owner = { readonly caller: Caller; readonly workspaceName: string; readonly search: string };

export const frame = ({ title, body }: Framed): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Chorus</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/ops/style.css">
<script type="module" src="/ops/live.js"></script>
</head>
<body>
${body}
</body>
</html>
`;

/** A page for somebody who was let in. */
export const ownedFrame = (owner: Owner, { title, body }: Framed): Html =>
  frame({
    title,
    body: html`<a class="skip" href="#content">Skip to the content</a>
<header class="top">
  <h1><a href="/ops">Chorus <span>operations</span></a></h1>
  <p class="place">${owner.workspaceName} <span class="tag">${owner.caller.workspace.kind}</span></p>
  <form class="search" action="/ops/messages" role="search">
    <label class="hidden" for="q">Find a message</label>
    <input id="q" name="q" type="search" maxlength="320" value="${owner.search}" placeholder="Find a message: address, contact, id or error">
    <button>Find</button>
  </form>
  <nav><a href="/ops/queues">Queues</a><a href="/docs">API</a></nav>
  <form method="post" action="/ops/leave" class="who"><span>${owner.caller.person.name}</span> <button class="quiet">Leave</button></form>
</header>
<main id="content">${body}</main>`,
  });
