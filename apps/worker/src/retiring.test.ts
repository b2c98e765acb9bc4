import type { Carrier, SendOutcome } from "@chorus/core/channel";
import { expect, test } from "vitest";
import { retiring } from "./retiring.ts";

/** A provider that answers when it is told to, and writes down when its line is closed. */
function slowCarrier() {
  const answers: (() => void)[] = [];
  const events: string[] = [];
  const carrier: Carrier = {
    ...{ resend: "may_duplicate", concurrency: 2 },
    send: () =>
      new Promise<SendOutcome>((resolve) => {
        answers.push(() => {
          events.push("answered");
          resolve({ is: "accepted", providerMessageId: "1" });
        });
      }),
    test: async () => ({ is: "works", as: "me" }),
    close: async () => void events.push("closed"),
  };
  return { carrier, events, answer: () => answers.shift()?.() };
}
const how = { messageId: "msg_1", attempt: 1, mayStillSend: () => true, signal: new AbortController().signal };

test("a retired carrier is closed after the last answer it waits for, and after whoever still comes", async () => {
  const slow = slowCarrier();
  const { carrier, retire } = retiring(slow.carrier);
  const sends = [carrier.send({}, how), carrier.send({}, how)];
  await retire();
  slow.answer();
  await sends[0];
  expect(slow.events).toEqual(["answered"]);
  slow.answer();
  await sends[1];
  expect(slow.events).toEqual(["answered", "answered", "closed"]);
  const late = carrier.send({}, how);
  slow.answer();
  await late;
  expect(slow.events).toEqual(["answered", "answered", "closed", "answered", "closed"]);
});

test("an idle one is closed at once, and one that is in use is not closed at all", async () => {
  const slow = slowCarrier();
  const { carrier, retire } = retiring(slow.carrier);
  const sent = carrier.send({}, how);
  slow.answer();
  await sent;
  expect(slow.events).toEqual(["answered"]);
  await retire();
  expect(slow.events).toEqual(["answered", "closed"]);
});
