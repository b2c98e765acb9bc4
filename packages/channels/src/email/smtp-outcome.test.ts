/** D17: every code of SMTP's outcome table, given by a relay on a real socket, is classified as the table says. */
import type { SendOutcome } from "@chorus/core/channel";
import { afterEach, describe, expect, it } from "vitest";
import { handOver } from "../../test/samples.ts";
import { closing, type Moment, openRelay, type Script, say } from "../../test/scripted-relay.ts";
import { email } from "./channel.ts";

const undo: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const failed = (reason: string, about = "address") => ({ is: "refused", reason, about });
const account = { is: "distrusted", whom: "account" };
const sender = { is: "distrusted", whom: "sender" };
const later = { is: "deferred", scope: "message" };
const hold = { is: "deferred", scope: "carrier" };

describe("D17: SMTP", () => {
  type Answered = readonly [Moment, string];
  const table: readonly [string, readonly Answered[], object][] = [
    [
      "250 after dot: accepted, keep reply text",
      [["dot", "250 2.0.0 Ok: queued as 4TbX"]],
      { is: "accepted", providerMessageId: "2.0.0 Ok: queued as 4TbX" },
    ],
    [
      "any failure before dot, 421 at banner: retry, connection-level backoff, not the recipient",
      [
        ["greet", "421 4.3.2 shutting down"],
        ["greet", "554 no"],
        ["mail", "421 4.3.0 later"],
        ["mail", "451 4.7.1 slow down"],
        ["rcpt", "421 4.3.2 shutting down"],
        ["data", "503 5.5.1 bad sequence"],
      ],
      hold,
    ],
    [
      "4xx after RCPT or DATA (450 4.2.0, 451 4.7.1 greylist, 452 4.2.2 full, 421 4.7.28 rate): deferred",
      [
        ["rcpt", "450 4.2.0 greylisted"],
        ["rcpt", "451 4.7.1 greylisted"],
        ["rcpt", "452 4.2.2 full"],
        ["rcpt", "421 4.7.28 unusual rate"],
        ["data", "450 4.2.0 wait"],
        ["dot", "451 4.3.0 local error"],
        ["dot", "421 4.7.28 unusual rate"],
      ],
      later,
    ],
    [
      "550 5.1.1, 5.1.2, 5.1.3, 5.1.6, 5.1.10: failed, suppress address (hard)",
      [
        ["rcpt", "550 5.1.1 <ann@example.com>: unknown"],
        ["rcpt", "550 5.1.2 no host"],
        ["rcpt", "550 5.1.3 syntax"],
        ["rcpt", "550 5.1.6 moved"],
        ["rcpt", "550 5.1.10 null MX"],
        ["rcpt", "550 No such user here"],
        ["dot", "550 5.1.1 unknown"],
      ],
      failed("no_such_address"),
    ],
    [
      "552/5.2.2 full: soft",
      [
        ["rcpt", "552 5.2.2 full"],
        ["rcpt", "552 full"],
        ["dot", "550 5.2.2 full"],
      ],
      failed("mailbox_full"),
    ],
    ["5.2.1 disabled: soft", [["rcpt", "550 5.2.1 disabled"]], failed("mailbox_disabled")],
    [
      "5.7.1, 5.7.9, 5.7.23, 5.7.25-27, 550 5.7.515: about us, not the recipient",
      ["5.7.1", "5.7.9", "5.7.23", "5.7.25", "5.7.26", "5.7.27", "5.7.515"].flatMap((code): Answered[] => [
        ["rcpt", `550 ${code} denied`],
        ["dot", `550 ${code} denied`],
      ]),
      sender,
    ],
    [
      "a sender that is refused is about us, with or without a code",
      [
        ["mail", "553 5.1.8 bad sender"],
        ["mail", "550 5.1.7 bad sender"],
        ["mail", "550 go away"],
      ],
      sender,
    ],
    [
      "5.3.4 too big, 5.6.x content, 5.5.x protocol: fail variant",
      [
        ["mail", "552 5.3.4 too big"],
        ["dot", "554 5.6.0 malformed"],
        ["dot", "554 5.6.7 UTF-8"],
        ["dot", "554 5.5.0 what"],
        ["rcpt", "501 5.5.4 arguments"],
        ["dot", "554 rejected as spam"],
      ],
      failed("content", "content"),
    ],
    [
      "535, 530 auth; 454: pause account",
      [
        ["mail", "530 5.7.0 authentication required"],
        ["mail", "535 5.7.8 no"],
        ["rcpt", "454 4.7.1 relay access denied"],
        ["mail", "454 4.7.0 temporary authentication failure"],
      ],
      account,
    ],
    [
      "else at the address: failed, and the address is kept",
      [
        ["rcpt", "550 mailbox unavailable"],
        ["rcpt", "550 5.4.1 no route"],
        ["rcpt", "550 5.1.4 ambiguous"],
      ],
      failed("unreachable"),
    ],
  ];
  const body = {
    from: "news@shop.example.com",
    to: "ann@example.com",
    mime: "Subject: x\r\n\r\nhello\r\n",
  };

  async function sendTo(script: Script, login = ""): Promise<SendOutcome> {
    const relay = await openRelay(script);
    undo.push(() => relay.close());
    const settings = { url: relay.url.replace("//", `//${login}`) };
    const carrier = email.open({ provider: "smtp", settings, callbackUrl: "" });
    undo.push(() => carrier.close?.());
    return await carrier.send(body, handOver());
  }

  it.each(table)("%s", async (_row, answers, meaning) => {
    for (const [moment, reply] of answers) {
      const outcome = await sendTo((now) => (now === moment ? say(reply) : undefined));
      expect(outcome, `${reply} at ${moment}`).toMatchObject(meaning);
      expect(JSON.stringify(outcome)).not.toContain("ann@");
    }
  });

  it("no reply after dot: in doubt", async () => {
    expect(await sendTo((now) => (now === "dot" ? closing : undefined))).toMatchObject({ is: "unknown" });
  });

  it.each([
    "535 5.7.8 bad credentials for postman:s3cr3t",
    "454 4.7.0 later",
    "534 5.7.9 too weak",
    "538 5.7.11 encrypt",
  ])("an account that is told %s is paused, and the password is in no detail", async (reply) => {
    const script: Script = (now) => {
      if (now === "ehlo") return say("250-relay.example\r\n250 AUTH PLAIN");
      return now === "auth" ? say(reply) : undefined;
    };
    const outcome = await sendTo(script, "postman:s3cr3t@");
    expect(outcome).toMatchObject(account);
    expect(JSON.stringify(outcome)).not.toContain("s3cr3t");
  });
});
