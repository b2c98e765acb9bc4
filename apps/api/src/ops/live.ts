/** The page's only script: while somebody looks, the parts that change are fetched again and put in place. */
export const liveScript = `// Every part marked data-live is replaced by its newer self, unless somebody is at work in it.
const everyMs = 3000;

function putInPlace(part, next) {
  const fresh = next.getElementById(part.id);
  if (!fresh || part.contains(document.activeElement)) return;
  for (const open of part.querySelectorAll("details[open][id]"))
    fresh.querySelector("#" + CSS.escape(open.id))?.setAttribute("open", "");
  part.replaceWith(document.adoptNode(fresh));
}

async function look() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (answer.status === 401) return location.assign("/ops");
  if (!answer.ok) throw new Error("not now");
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) putInPlace(part, next);
}

async function again() {
  if (!document.hidden) {
    const isHere = await look().then(() => true, () => false);
    document.body.classList.toggle("lost", !isHere);
  }
  setTimeout(again, everyMs);
}
if (document.querySelector("[data-live]")) setTimeout(again, everyMs);
`;
