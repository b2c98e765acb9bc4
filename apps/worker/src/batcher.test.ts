import { expect, it } from "vitest";
import { openBatcher } from "./batcher.ts";

const double = async (numbers: readonly number[]) => numbers.map((each) => each * 2);

it("questions asked together are answered by one statement, each with its own answer", async () => {
  const batches: number[] = [];
  const batcher = openBatcher<number, number>({
    atMost: 100,
    run: async (numbers) => {
      batches.push(numbers.length);
      return await double(numbers);
    },
  });
  const answers = await Promise.all([1, 2, 3, 4].map((each) => batcher.ask(each)));
  expect(answers).toEqual([2, 4, 6, 8]);
  expect(batches).toEqual([4]);
});

it("what is asked while a batch is under way goes with the next one, in bounded batches", async () => {
  const batches: number[] = [];
  const batcher = openBatcher<number, number>({
    atMost: 3,
    run: async (numbers) => {
      batches.push(numbers.length);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return await double(numbers);
    },
  });
  const first = batcher.ask(1);
  await new Promise((resolve) => setTimeout(resolve, 2));
  const others = [2, 3, 4, 5].map((each) => batcher.ask(each));
  expect(await Promise.all([first, ...others])).toEqual([2, 4, 6, 8, 10]);
  expect(batches).toEqual([1, 3, 1]);
});

it("a batch that fails fails its own questions only", async () => {
  let calls = 0;
  const batcher = openBatcher<number, number>({
    atMost: 10,
    run: async (numbers) => {
      calls++;
      if (calls === 1) throw new Error("the database is away");
      return await double(numbers);
    },
  });
  await expect(batcher.ask(1)).rejects.toThrow("the database is away");
  expect(await batcher.ask(2)).toBe(4);
  await batcher.settled();
});

it("batches begin some time apart, and a question that comes alone does not wait", async () => {
  const began: number[] = [];
  const batcher = openBatcher<number, number>({
    atMost: 100,
    everyMs: 40,
    run: async (numbers) => {
      began.push(performance.now());
      return await double(numbers);
    },
  });
  const asked = performance.now();
  await batcher.ask(1);
  await Promise.all([batcher.ask(2), batcher.ask(3)]);
  const [first = 0, second = 0] = began;
  expect(began).toHaveLength(2);
  expect(first - asked).toBeLessThan(30);
  expect(second - first).toBeGreaterThanOrEqual(39);
});
