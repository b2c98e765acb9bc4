/** What every refusal must keep, for the API's test files: its form, and that nothing of it is left behind. */
import { expect } from "vitest";
import type { Answer, TestApi } from "./test-api.ts";

export type Expected = {
  readonly status: number;
  readonly code: string;
  /** Left out where any place will do. */
  readonly path?: string | undefined;
};

/** The whole form of a problem: status, content type, request id, and its first error with a place and a sentence. */
export function expectRefusal(answer: Answer, { status, code, path }: Expected): void {
  expect({ status: answer.status, code: answer.body?.errors?.[0]?.code }, answer.text).toEqual({ status, code });
  expect(answer.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  expect(answer.body.status).toBe(status);
  expect(answer.body.type).toMatch(/^urn:chorus:problem:[a-z_]+$/);
  expect(answer.body.title).not.toBe("");
  expect(answer.body.detail).not.toBe("");
  expect(answer.body.requestId).toMatch(/^req_[0-9a-f-]{36}$/);
  expect(answer.headers.get("x-request-id")).toBe(answer.body.requestId);
  for (const error of answer.body.errors)
    expect(error).toMatchObject({
      path: expect.any(String),
      code: expect.stringMatching(/^[a-z_]+\.[a-z_]+$/),
      message: expect.stringMatching(/\S/),
    });
  if (path !== undefined) expect(answer.body.errors[0].path).toBe(path);
}

/** Asks, and holds the whole database before against the whole database after. */
export async function expectRefused(api: TestApi, ask: () => Promise<Answer>, expected: Expected): Promise<Answer> {
  const before = await takeStock(api);
  const answer = await ask();
  expectRefusal(answer, expected);
  expect(await takeStock(api)).toEqual(before);
  return answer;
}

/** A digest of every row of every table, by table. */
export async function takeStock(api: TestApi): Promise<Record<string, string>> {
  const { rows: tables } = await api.db.sql.query<{ name: string }>(
    `select format('%I', relname) as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  );
  const each = tables.map(
    ({
      name,
    }) => `select '${name}' as name, count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest
                     from ${name} t`,
  );
  const { rows } = await api.db.sql.query<{ name: string; digest: string }>(each.join(" union all "));
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}
