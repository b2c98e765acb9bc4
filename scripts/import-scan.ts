/**
 * Finds what a TypeScript or JavaScript source imports, in every way it can: static, type-only, `export … from`,
 * dynamic, `require`, `import.meta.resolve`. It reads words, strings and marks and no more, which is enough for that
 * and needs no compiler (TypeScript 7 has no API for it).
 */
export type Token = { readonly kind: "word" | "text" | "mark"; readonly value: string; readonly line: number };

/** `specifier` is null where it is worked out at run time and nobody can check it. */
export type Import = { readonly specifier: string | null; readonly line: number };

const beforeRegExp = new Set("return typeof case in of delete void throw new else do await yield".split(" "));
const word = /[\p{ID_Start}$_#][\p{ID_Continue}$]*/uy;
const number = /\d[\w.]*/y;
const space = /\s+/y;
const lineComment = /\/\/[^\n]*|#![^\n]*/y;
const blockComment = /\/\*[\s\S]*?\*\//y;
const quoted = /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/y;
const regExp = /\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y;

export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  /** For each template literal we are inside of: how many braces of code are open in it. */
  const templates: number[] = [];
  let at = 0;
  let line = 1;

  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(source)?.[0];
    return found === undefined || found === "" ? null : found;
  };
  const advance = (text: string) => {
    at += text.length;
    line += text.split("\n").length - 1;
  };
  const push = (kind: Token["kind"], text: string, value = text) => {
    tokens.push({ kind, value, line });
    advance(text);
  };
  const templatePart = () => {
    const part = take(/(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{|$)/y) ?? "";
    const isWhole = tokens.at(-1)?.value === "`" && part.endsWith("`");
    if (isWhole) tokens.pop();
    push(isWhole ? "text" : "mark", part, isWhole ? part.slice(0, -1) : "template");
    if (part.endsWith("${")) templates.push(0);
  };

  while (at < source.length) {
    const skipped = take(space) ?? take(lineComment) ?? take(blockComment);
    if (skipped) {
      advance(skipped);
      continue;
    }
    const text = take(quoted);
    const name = text ? null : (take(word) ?? take(number));
    const expression = text || name || !mayBeRegExp(tokens.at(-1)) ? null : take(regExp);
    if (text) push("text", text, text.slice(1, -1));
    else if (name) push("word", name);
    else if (expression) push("mark", expression, "regexp");
    else {
      const mark = source.charAt(at);
      const open = templates.at(-1);
      if (open !== undefined && mark === "{") templates[templates.length - 1] = open + 1;
      if (open !== undefined && mark === "}") templates[templates.length - 1] = open - 1;
      const endsCode = open === 0 && mark === "}";
      if (endsCode) templates.pop();
      push("mark", mark);
      if (endsCode || mark === "`") templatePart();
    }
  }
  return tokens;
}

/** A slash after a value divides; anywhere else it opens a regular expression. */
function mayBeRegExp(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === "word") return beforeRegExp.has(before.value);
  return before.kind === "mark" && ![")", "]", "}", "regexp", "template"].includes(before.value);
}

export function findImports(tokens: readonly Token[]): Import[] {
  const found: Import[] = [];
  tokens.forEach((token, at) => {
    if (token.kind !== "word" || tokens[at - 1]?.value === ".") return;
    const next = tokens[at + 1];
    if (token.value === "import" && next?.kind === "text") found.push({ specifier: next.value, line: token.line });
    else if (token.value === "import" || token.value === "export") {
      const called = calledWith(tokens, at);
      if (token.value === "import" && called) found.push(called);
      else found.push(...importedFrom(tokens, at));
    } else if (token.value === "require") {
      const called = calledWith(tokens, at);
      if (called) found.push(called);
    }
  });
  return found;
}

/** `import(…)`, `require(…)`, `require.resolve(…)`, `import.meta.resolve(…)`: the first argument. */
function calledWith(tokens: readonly Token[], at: number): Import | null {
  const rest = tokens.slice(at + 1, at + 8).map(({ value }) => value);
  const isResolve = /^(\.meta)?\.resolve\($/.test(rest.slice(0, rest.indexOf("(") + 1).join(""));
  if (rest[0] !== "(" && !isResolve) return null;
  const open = at + 1 + rest.indexOf("(");
  const [first, after] = [tokens[open + 1], tokens[open + 2]];
  const line = tokens[at]?.line ?? 0;
  if (first?.kind === "text" && (after?.value === ")" || after?.value === ",")) return { specifier: first.value, line };
  return isResolve ? null : { specifier: null, line }; // resolving only names a file; importing runs it
}

/** `import … from "x"` and `export … from "x"`: names, braces, commas and stars up to the word `from`. */
function importedFrom(tokens: readonly Token[], at: number): Import[] {
  for (let i = at + 1; i < tokens.length; i++) {
    const token = tokens[i];
    const next = tokens[i + 1];
    if (token?.value === "from" && next?.kind === "text") return [{ specifier: next.value, line: token.line }];
    const isPart =
      token?.kind === "word" || token?.kind === "text" || ["{", "}", ",", "*"].includes(token?.value ?? "");
    if (!isPart || (i > at + 1 && (token?.value === "import" || token?.value === "export"))) return [];
  }
  return [];
}
