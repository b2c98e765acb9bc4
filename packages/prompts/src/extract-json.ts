/** Finds the JSON object in whatever a model said around it: thoughts, code fences, a friendly word before and after. */

/** A prose opening brace is passed over; so many are tried before giving up. */
const mostStarts = 20;

/** The largest balanced object that parses, or null. */
export function extractJson(text: string): Record<string, unknown> | null {
  const said = withoutThoughts(text);
  let largest: { length: number; value: Record<string, unknown> } | null = null;
  let from = said.indexOf("{");
  for (let tries = 0; from >= 0 && tries < mostStarts; tries++) {
    const to = endOfObject(said, from);
    const value = to === null ? null : parseObject(said.slice(from, to));
    if (value && to !== null && to - from > (largest?.length ?? 0)) largest = { length: to - from, value };
    from = said.indexOf("{", value && to !== null ? to : from + 1);
  }
  return largest?.value ?? null;
}

/** Some servers open the thought in the prompt, so that only its end is in the answer. */
function withoutThoughts(text: string): string {
  const end = text.lastIndexOf("</think>");
  return end < 0 ? text.replace(/<think>(?![\s\S]*\{)[\s\S]*$/, "") : text.slice(end + "</think>".length);
}

/** One past the brace that closes the one at `from`, or null when none does. */
function endOfObject(text: string, from: number): number | null {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    const letter = text[at];
    if (quoted) {
      if (letter === "\\") at++;
      else if (letter === '"') quoted = false;
    } else if (letter === '"') quoted = true;
    else if (letter === "{") depth++;
    else if (letter === "}" && --depth === 0) return at + 1;
  }
  return null;
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
