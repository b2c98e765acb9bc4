import { expect, it } from "vitest";
import { openSlots } from "./slots.ts";

it("no more hand-overs are under way than there are slots, and all get their turn", async () => {
  const slots = openSlots(3);
  let busy = 0;
  let most = 0;
  const handOver = async () => {
    const giveBack = await slots.take({ urgent: false });
    most = Math.max(most, ++busy);
    await new Promise((resolve) => setTimeout(resolve, 1));
    busy--;
    giveBack();
  };
  await Promise.all(Array.from({ length: 20 }, handOver));
  expect({ most, busy }).toEqual({ most: 3, busy: 0 });
});

it("a slot given back twice counts once", async () => {
  const slots = openSlots(1);
  const giveBack = await slots.take({ urgent: false });
  giveBack();
  giveBack();
  await slots.take({ urgent: false });
  const third = await Promise.race([
    slots.take({ urgent: false }).then(() => "given"),
    new Promise((resolve) => setTimeout(resolve, 5, "waiting")),
  ]);
  expect(third).toBe("waiting");
});
