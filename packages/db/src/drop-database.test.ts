import { expect, test } from "vitest";
import { dropDatabase } from "./drop-database.ts";

test.each(["chorus", "chorus_demo_old", "", "postgres"])('a database named "%s" is never dropped', async (name) => {
  const url = `postgres://nobody:secret@127.0.0.1:1/${name}`;
  await expect(dropDatabase(url)).rejects.toThrow(/does not end in _demo/);
});
