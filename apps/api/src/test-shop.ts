/** An empty workspace for a test of imports, with words for what such tests do all the time. */
import type { Answer, Json, TestApi } from "./test-api.ts";

export type TestShop = {
  readonly id: string;
  readonly keys: { readonly owner: string; readonly operator: string };
  take(kind: string, file: string | Uint8Array, query?: string, type?: string): Promise<Answer>;
  look(path: string): Promise<Answer>;
  /** Everything the API shows of a contact, or null. */
  contact(externalId: string): Promise<Json>;
  /** The rejects file that an import's answer names. */
  rejectsOf(answer: Answer): Promise<string>;
};

export async function openTestShop(api: TestApi): Promise<TestShop> {
  const { id, keys } = await api.openWorkspace();
  const look = (path: string) => api.ask("GET", path, { key: keys.owner });
  return {
    id,
    keys,
    look,
    take: (kind, file, query = "", type = "text/csv") =>
      api.ask("POST", `/v1/imports/${kind}${query}`, {
        key: keys.operator,
        body: file,
        headers: { "content-type": type },
      }),
    contact: async (externalId) => {
      const { items } = (await look(`/v1/contacts?q=${encodeURIComponent(externalId)}`)).body;
      const found = items.find((each: { externalId: string }) => each.externalId === externalId);
      return found ? (await look(`/v1/contacts/${found.id}`)).body : null;
    },
    rejectsOf: async (answer) => (await look(new URL(answer.body.rejectsUrl).pathname)).text,
  };
}

export const csv = (...lines: string[]): string => `${lines.join("\n")}\n`;
export const codes = (answer: Answer): string[] => answer.body.notes.map((note: { code: string }) => note.code);
