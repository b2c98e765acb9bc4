import { expect, test } from "vitest";
import { type Arriving, openInbox } from "./inbox.ts";
import { readInboxQuery } from "./inbox-query.ts";
import { listPeople, openConversation } from "./inbox-view.ts";
import { openPeople } from "./people.ts";
import { converse, mailFor } from "./test-mail-client.ts";
import {
  jsonOf,
  messageId,
  messagesPath,
  slackAuthorization,
  testSandbox,
  twilioAuthorization,
} from "./test-sandbox.ts";

const mail = (n: number, more: Partial<Arriving> = {}): Arriving => ({
  at: `2026-11-22T10:00:${String(n).padStart(2, "0")}.000Z`,
  channel: "email",
  direction: "to_person",
  address: `person${n}@example.com`,
  from: "news@example.com",
  name: `Person ${n}`,
  title: `Mail ${n}`,
  messageId: messageId(n),
  providerMessageId: `Q${n}`,
  body: { is: "mail", raw: Buffer.alloc(1000) },
  step: { event: "accepted", detail: "" },
  ...more,
});

test("the oldest messages are dropped first, and it is said how many", () => {
  const inbox = openInbox(openPeople(), { messages: 3, bodyBytes: 1e6 });
  for (const n of [1, 2, 3, 4, 5]) inbox.add(mail(n));
  expect([...inbox.arrivals()].map((each) => each.title)).toEqual(["Mail 3", "Mail 4", "Mail 5"]);
  expect([...inbox.threads()]).toHaveLength(3);
  expect(inbox.dropped()).toEqual({ messages: 2, bodies: 2 });
});

test("bodies over the room are dropped before whole messages are", () => {
  const inbox = openInbox(openPeople(), { messages: 10, bodyBytes: 2500 });
  for (const n of [1, 2, 3]) inbox.add(mail(n));
  expect([...inbox.arrivals()].map((each) => [each.body === null, each.bodyDropped])).toEqual([
    [true, true],
    [false, false],
    [false, false],
  ]);
  expect(inbox.dropped()).toEqual({ messages: 0, bodies: 1 });
});

test("people are found by part of a name, an address or a number, the latest first, fifty a page", () => {
  const inbox = openInbox(openPeople());
  for (let n = 1; n <= 59; n++) inbox.add(mail(n));
  inbox.add(mail(60, { channel: "sms", address: "+14155550160", name: null, body: { is: "text", text: "Hi" } }));
  const find = (search: string) => listPeople(inbox, readInboxQuery({ search })).rows.map((row) => row.name);
  expect(find("person 7")).toEqual(["Person 7"]);
  expect(find("PERSON42@")).toEqual(["Person 42"]);
  expect(find("(415) 555-0160")).toEqual(["+14155550160"]);
  const pages = [1, 2].map((page) => listPeople(inbox, readInboxQuery({ page: String(page) })));
  expect(pages.map((page) => page.rows.length)).toEqual([50, 10]);
  expect(pages[0]?.rows[0]?.name).toBe("+14155550160");
});

test("addresses that belong to one person are shown as one conversation", () => {
  const people = openPeople();
  const inbox = openInbox(people);
  inbox.add(mail(1));
  inbox.add(mail(2, { channel: "sms", address: "+14155550102", name: null, body: { is: "text", text: "Hi" } }));
  people.introduce([{ name: "Amelia Hart", email: "Person1@example.com", phone: "+14155550102" }]);
  const query = readInboxQuery({ search: "amelia" });
  const { rows } = listPeople(inbox, query);
  expect(rows).toMatchObject([{ name: "Amelia Hart", messages: 2 }]);
  const conversation = openConversation(inbox, query, rows[0]);
  expect(conversation?.threads.map((thread) => thread.channel)).toEqual(["email", "sms"]);
  expect(conversation?.chosen.channel).toBe("sms");
});

test("what arrived on every channel is there as JSON, in pages, with mail read and texts measured", async () => {
  const sandbox = await testSandbox();
  const client = await converse(sandbox.smtpUrl);
  await client.deliver({
    to: "amelia@example.com",
    message: mailFor({ to: "amelia@example.com", messageId: messageId(1), name: "Amelia Hart" }),
  });
  client.close();
  const fields = { To: "+14155550199", From: "+14155550100", Body: "你好" };
  await sandbox.post(messagesPath, new URLSearchParams(fields), twilioAuthorization);
  const blocks = [{ type: "divider" }];
  await sandbox.post("/slack/api/chat.postMessage", { channel: "offers", text: "Hello", blocks }, slackAuthorization);

  type Page = { messages: Record<string, unknown>[]; next: number | null };
  const all = await jsonOf<Page>(sandbox.get("/inbox.json"));
  expect(all).toMatchObject({
    messages: [
      {
        channel: "email",
        to: "amelia@example.com",
        name: "Amelia Hart",
        messageId: messageId(1),
        body: {
          is: "mail",
          text: expect.stringContaining("plain words"),
          html: expect.stringContaining("<b>HTML</b>"),
        },
      },
      { channel: "sms", to: "+14155550199", body: { is: "text", text: "你好", encoding: "ucs2", units: 2, parts: 1 } },
      { channel: "slack", to: "#offers", body: { is: "slack", text: "Hello", blocks } },
    ],
    next: null,
  });
  const first = await jsonOf<Page>(sandbox.get("/inbox.json?limit=2"));
  expect(first.messages).toHaveLength(2);
  const rest = await jsonOf<Page>(sandbox.get(`/inbox.json?limit=2&after=${first.next}`));
  expect(rest.messages).toMatchObject([{ channel: "slack" }]);
  expect((await jsonOf<Page>(sandbox.get("/inbox.json?to=AMELIA@example.com"))).messages).toHaveLength(1);
  expect((await jsonOf<Page>(sandbox.get(`/inbox.json?messageId=${messageId(1)}`))).messages).toHaveLength(1);
  expect((await jsonOf<Page>(sandbox.get("/inbox.json?channel=sms"))).messages).toHaveLength(1);
});
