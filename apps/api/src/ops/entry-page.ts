/** The door of the operators' page: a key, please. And what is said where a door stays shut. */
import { frame } from "./frame.ts";
import { type Html, html } from "./html.ts";

export const entryPage = (problem: string | null): Html =>
  frame({
    title: "Operations",
    body: html`<main class="door">
  <h1>Chorus <span>operations</span></h1>
  <p>Paste an API key of your workspace, or open the link that <code>npm start</code> prints.</p>
  ${problem !== null && html`<p class="bad" role="alert">${problem}</p>`}
  <form method="post" action="/ops/enter">
    <label for="key">API key</label>
    <input id="key" name="key" type="password" required maxlength="200" autocomplete="off" placeholder="chorus_…">
    <button class="strong">Look inside</button>
  </form>
</main>`,
  });

export const refusedPage = (because: string): Html =>
  frame({
    title: "Not done",
    body: html`<main class="door"><h1>Not done</h1><p>${because}</p><p><a href="/ops">Back to operations</a></p></main>`,
  });
