/** More mails than lines: the envelope of the next one leaves with the dot of the one before (RFC 2920 §3.1). */
import type { HandOver } from "@chorus/core/channel";
import { afterEach, expect, it } from "vitest";
import { handOver, messageId } from "../../test/samples.ts";
import { closing, type Moment, openRelay, type Relay, type Script, say, silence } from "../../test/scripted-relay.ts";
import { email } from "./channel.ts";

const open: { close(): Promise<void> | undefined }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

/** Enough that the pool has learnt how soon this relay answers. */
const mails = 120;
const middle = 80;
const nth =
  (moment: Moment, answer: ReturnType<typeof say> | typeof closing): Script =>
  (now, _line, count) =>
    now === moment && count === middle ? answer : undefined;

type How = {
  script?: Script;
  lines?: number;
  settings?: Record<string, string>;
  how?: (no: number) => Partial<HandOver>;
};

async function sendAll({ script, lines = 1, settings = {}, how = () => ({}) }: How) {
  const relay = await openRelay(script);
  open.push(relay);
  const given = { url: relay.url, concurrency: String(lines), ...settings };
  const carrier = email.open({ provider: "smtp", settings: given, callbackUrl: "" });
  open.push({ close: () => carrier.close?.() });
  const outcomes = await Promise.all(
    Array.from({ length: mails }, (_, no) => {
      const mime = `Subject: ${no}\r\n\r\nhello ${no}\r\n`;
      const body = { from: "news@shop.example.com", to: `reader${no}@example.com`, mime };
      return carrier.send(body, handOver({ messageId: messageId(no), ...how(no) }));
    }),
  );
  const not = (is: string) => outcomes.flatMap((each, no) => (each.is === is ? [] : [no]));
  return { relay, outcomes, not };
}

const takenBy = (relay: Relay): string[] =>
  relay.taken.map(({ rcpt, raw }) => `${rcpt.join()} ${/hello \d+/.exec(raw.toString())?.[0]}`);
const each = (numbers: Iterable<number>) => Array.from(numbers, (no) => `reader${no}@example.com hello ${no}`);
const all = Array.from({ length: mails }, (_, no) => no);

it("every mail arrives once, with its own envelope and words, in their order", async () => {
  const { relay, not } = await sendAll({});
  expect(not("accepted")).toEqual([]);
  expect(takenBy(relay)).toEqual(each(all));
  expect(relay.connections()).toBe(1);
  expect(relay.ahead()).toBeGreaterThan(mails / 2);
});

it("nothing goes ahead to a relay without PIPELINING, or to one that takes its time", async () => {
  const plain = await sendAll({ script: (moment) => (moment === "ehlo" ? say("250 relay.example") : undefined) });
  expect(takenBy(plain.relay)).toEqual(each(all));
  expect(plain.relay.ahead()).toBe(0);
  const slow = await sendAll({
    script: (moment) => (moment === "dot" ? { ...say("250 Ok"), afterMs: 60 } : undefined),
    lines: 10,
  });
  expect(takenBy(slow.relay).sort()).toEqual(each(all).sort());
  expect(slow.relay.ahead()).toBe(0);
});

it("D4: a line that dies after a dot leaves one doubt; the mail whose envelope had left goes over a new line", async () => {
  const { relay, outcomes, not } = await sendAll({ script: nth("dot", closing) });
  expect(not("accepted")).toEqual([middle]);
  expect(outcomes[middle]?.is).toBe("unknown");
  expect(takenBy(relay)).toEqual(each(all.filter((no) => no !== middle)));
  expect(relay.connections()).toBe(2);
});

it("a mail behind one that is not answered goes over another line, and nothing is sent twice", async () => {
  const { relay, outcomes, not } = await sendAll({
    script: nth("dot", silence),
    lines: 2,
    settings: { dotTimeoutMs: "1500" },
  });
  expect(not("accepted")).toHaveLength(1);
  expect(outcomes[not("accepted")[0] ?? 0]?.is).toBe("unknown");
  expect(takenBy(relay).sort()).toEqual(each(all.filter((no) => outcomes[no]?.is === "accepted")).sort());
});

it("a mail that is refused at its dot, or before, is no other's trouble", async () => {
  for (const moment of ["dot", "rcpt", "mail"] as const) {
    const { relay, outcomes, not } = await sendAll({ script: nth(moment, say("550 5.1.1 unknown")) });
    expect(not("accepted")).toEqual([middle]);
    expect(outcomes[middle]?.is).toBe("refused");
    expect(takenBy(relay)).toEqual(each(all.filter((no) => no !== middle)));
  }
});

it("a mail that may no longer be sent is held though its envelope had left, and the next one goes on", async () => {
  const how = (no: number) => (no === middle ? { mayStillSend: () => false } : {});
  const { relay, outcomes, not } = await sendAll({ how });
  expect(not("accepted")).toEqual([middle]);
  expect(outcomes[middle]).toEqual({ is: "held" });
  expect(takenBy(relay)).toEqual(each(all.filter((no) => no !== middle)));
});

it("a relay that says goodbye after so many mails is asked again over a new line", async () => {
  const { relay, not } = await sendAll({ settings: { messagesPerConnection: "25" } });
  expect(not("accepted")).toEqual([]);
  expect(relay.connections()).toBe(Math.ceil(mails / 25));
});

it("an address that was not normalised never reaches the envelope", async () => {
  const carrier = email.open({ provider: "smtp", settings: { url: "smtp://127.0.0.1:1" }, callbackUrl: "" });
  open.push({ close: () => carrier.close?.() });
  const body = {
    from: "news@shop.example.com",
    to: "ann@example.com>\r\nRCPT TO:<bob@example.com",
    mime: "x",
  };
  await expect(carrier.send(body, handOver())).rejects.toThrow(/not normalised/);
});
