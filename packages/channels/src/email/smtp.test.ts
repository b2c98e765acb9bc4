/** The SMTP carrier against relays that fail at every point there is. */
import type { SendOutcome } from "@chorus/core/channel";
import { afterEach, describe, expect, it } from "vitest";
import { handOver, messageId } from "../../test/samples.ts";
import { closing, type Moment, openRelay, type Relay, type Script, say, silence } from "../../test/scripted-relay.ts";
import { email } from "./channel.ts";
import { openReturnPath } from "./return-path.ts";

const open: { close(): Promise<void> | undefined }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function relayThat(script?: Script): Promise<Relay> {
  const relay = await openRelay(script);
  open.push(relay);
  return relay;
}

describe.each(["chorus", "nodemailer"])("spoken by %s", (client) => {
  function carrierTo(url: string, settings: Record<string, string> = {}) {
    const carrier = email.open({ provider: "smtp", settings: { url, client, ...settings }, callbackUrl: "" });
    open.push({ close: () => carrier.close?.() });
    return carrier;
  }

  const body = {
    from: "news@shop.example.com",
    to: "ann@example.com",
    mime: "Subject: x\r\n\r\nhello\r\n",
  };
  const at =
    (moment: Moment, answer: ReturnType<typeof say> | typeof closing): Script =>
    (now) =>
      now === moment ? answer : undefined;

  async function sendOnce(script: Script, settings: Record<string, string> = {}): Promise<SendOutcome> {
    const relay = await relayThat(script);
    return carrierTo(relay.url, settings).send(body, handOver());
  }

  describe("a mail that is taken", () => {
    it("is accepted with the relay's queue id and arrives once, for one recipient", async () => {
      const relay = await relayThat();
      const outcome = await carrierTo(relay.url).send(body, handOver());
      expect(outcome).toEqual({ is: "accepted", providerMessageId: "2.0.0 Ok: queued as 4TbX" });
      expect(relay.taken).toHaveLength(1);
      expect(relay.taken[0]?.rcpt).toEqual(["ann@example.com"]);
      expect(relay.taken[0]?.raw.toString()).toBe(body.mime);
    });

    it("is spoken one command at a time to a relay that offers nothing more", async () => {
      const relay = await relayThat((moment, line) => {
        if (moment === "ehlo") return say("250 relay.example");
        return line.includes("nobody") ? say("550 5.1.1 unknown") : undefined;
      });
      const carrier = carrierTo(relay.url);
      expect(await carrier.send({ ...body, to: "nobody@example.com" }, handOver())).toMatchObject({ is: "refused" });
      expect(await carrier.send(body, handOver())).toMatchObject({ is: "accepted" });
      expect(relay.commands.filter((line) => /^(MAIL|DATA|RSET)/.test(line))).toEqual([
        "MAIL FROM:<news@shop.example.com>",
        "RSET",
        "MAIL FROM:<news@shop.example.com>",
        "DATA",
      ]);
    });

    it("keeps lines that are a dot, begin with one, or end without a line break", async () => {
      const relay = await relayThat();
      const mime = "Subject: x\r\n\r\n.\r\n..\r\n.hidden\r\nlast";
      await carrierTo(relay.url).send({ ...body, mime }, handOver());
      expect(relay.taken[0]?.raw.toString()).toBe(`${mime}\r\n`);
    });

    it("shares one connection with the next one, and never opens more than allowed", async () => {
      const relay = await relayThat();
      const carrier = carrierTo(relay.url, { concurrency: "3" });
      for (let i = 0; i < 4; i++) await carrier.send(body, handOver());
      expect(relay.connections()).toBe(1);
      await Promise.all(Array.from({ length: 20 }, () => carrier.send(body, handOver())));
      expect(relay.connections()).toBe(3);
      expect(relay.taken).toHaveLength(24);
    });

    it("has a return path of its own where a bounce domain is set, and names itself in the envelope", async () => {
      const relay = await relayThat();
      const bounces = { bounceDomain: "bounce.example.com", bounceSecret: "the secret of the bounces" };
      await carrierTo(relay.url, bounces).send(body, handOver({ messageId: messageId(7) }));
      const own = openReturnPath(bounces.bounceSecret).write(messageId(7), bounces.bounceDomain);
      expect(own).toMatch(new RegExp(`^b\\.${messageId(7).slice(4)}\\.[0-9a-f]{16}@bounce\\.example\\.com$`));
      expect(relay.taken[0]?.from).toBe(own);
      expect(relay.commands.find((line) => line.startsWith("MAIL"))).toContain(`ENVID=${messageId(7)}`);
    });
  });

  describe("a line that dies before the final dot", () => {
    it.each<[string, Script]>([
      ["before the greeting", at("greet", closing)],
      ["at EHLO", at("ehlo", closing)],
      ["at MAIL FROM", at("mail", closing)],
      ["at RCPT TO", at("rcpt", closing)],
      ["before DATA", at("data", closing)],
    ])("%s is deferred: nothing can have been taken", async (_where, script) => {
      expect(await sendOnce(script)).toMatchObject({ is: "deferred", scope: "carrier" });
    });

    it("is deferred when nobody listens, when the greeting never comes, and when the relay says 421", async () => {
      const relay = await relayThat();
      await relay.close();
      open.pop();
      expect(await carrierTo(relay.url).send(body, handOver())).toMatchObject({
        is: "deferred",
        scope: "carrier",
        detail: "ECONNREFUSED while connecting",
      });
      const brief = { connectTimeoutMs: "80", replyTimeoutMs: "80" };
      expect(await sendOnce(at("greet", silence), brief)).toMatchObject({ is: "deferred", scope: "carrier" });
      expect(await sendOnce(at("greet", say("421 4.3.2 shutting down")))).toMatchObject({
        is: "deferred",
        scope: "carrier",
      });
    });

    it("is deferred when the relay falls silent at RCPT TO", async () => {
      const outcome = await sendOnce(at("rcpt", silence), { replyTimeoutMs: "80" });
      expect(outcome).toEqual({ is: "deferred", scope: "carrier", detail: "timeout before the mail" });
    });

    it("is tried once more, at once, over a new line when the old one had gone stale", async () => {
      const relay = await relayThat((moment, _line, count) => (moment === "mail" && count === 1 ? closing : undefined));
      const carrier = carrierTo(relay.url);
      await carrier.send(body, handOver());
      expect(await carrier.send(body, handOver())).toMatchObject({ is: "accepted" });
      expect(relay.connections()).toBe(2);
      expect(relay.taken).toHaveLength(2);
    });
  });

  describe("D4: a line that dies after the final dot", () => {
    it("is unknown when the line closes: the mail may have been taken", async () => {
      expect(await sendOnce(at("dot", closing))).toMatchObject({ is: "unknown", detail: /after the final dot$/ });
    });

    it("is unknown when no answer comes in time", async () => {
      const outcome = await sendOnce(at("dot", silence), { dotTimeoutMs: "80" });
      expect(outcome).toEqual({ is: "unknown", detail: "timeout after the final dot" });
    });

    it("is unknown when the worker has to stop while it waits for the answer", async () => {
      const stop = new AbortController();
      const relay = await relayThat((moment) => {
        if (moment !== "dot") return undefined;
        stop.abort();
        return silence;
      });
      const sending = carrierTo(relay.url).send(body, handOver({ signal: stop.signal }));
      expect(await sending).toEqual({ is: "unknown", detail: "stopped after the final dot" });
    });

    it("is unknown when the answer came before the mail had ended", async () => {
      const outcome = await sendOnce(at("data", say("354 go ahead\r\n250 2.0.0 Ok: queued as early")));
      expect(outcome).toEqual({ is: "unknown", detail: "early after the final dot" });
    });

    it("is unknown when the answer is no answer, and nothing is sent again", async () => {
      const relay = await relayThat(at("dot", say("what?")));
      expect(await carrierTo(relay.url).send(body, handOver())).toMatchObject({ is: "unknown" });
      expect(relay.connections()).toBe(1);
    });
  });

  describe("D5: the gate before the final dot", () => {
    it("leaves the relay with an unfinished mail when it is closed, and the message is held", async () => {
      const relay = await relayThat();
      const asked: string[] = [];
      const carrier = carrierTo(relay.url);
      const outcome = await carrier.send(
        body,
        handOver({
          mayStillSend: () => {
            asked.push(relay.commands.at(-1) ?? "");
            return false;
          },
        }),
      );
      expect(outcome).toEqual({ is: "held" });
      expect(asked).toEqual(["DATA"]);
      while (relay.unfinished.length === 0) await new Promise((next) => setTimeout(next, 5));
      expect(body.mime.startsWith(relay.unfinished[0]?.toString() ?? "?")).toBe(true);
      expect(relay.taken).toEqual([]);
      expect(await carrier.send(body, handOver())).toMatchObject({ is: "accepted" });
    });

    it("is asked only after the last byte of a large mail has left, however slowly the relay reads", async () => {
      const stallMs = 300;
      const relay = await openRelay(undefined, { stallMs });
      open.push(relay);
      const mime = `${"y".repeat(62)}\r\n`.repeat(256 * 1024); // more than a socket holds
      const began = Date.now();
      const asked: number[] = [];
      const mayStillSend = () => asked.push(Date.now() - began) > 0;
      const outcome = await carrierTo(relay.url).send({ ...body, mime }, handOver({ mayStillSend }));
      expect(outcome).toMatchObject({ is: "accepted" });
      expect(asked).toHaveLength(1);
      expect(asked[0]).toBeGreaterThanOrEqual(stallMs);
      expect(relay.taken[0]?.raw.length).toBe(mime.length);
    });

    it("sends nothing at all when the worker had been told to stop", async () => {
      const relay = await relayThat();
      const outcome = await carrierTo(relay.url).send(body, handOver({ signal: AbortSignal.abort() }));
      expect(outcome).toEqual({ is: "held" });
      expect(relay.commands.filter((line) => /^MAIL/.test(line))).toEqual([]);
    });
  });

  describe("the relay's answers (their meanings: smtp-outcome.test.ts)", () => {
    it("leave the line good for the next mail after a refusal by name", async () => {
      const relay = await relayThat((moment, line) =>
        moment === "rcpt" && line.includes("nobody") ? say("550 5.1.1 unknown") : undefined,
      );
      const carrier = carrierTo(relay.url);
      expect(await carrier.send({ ...body, to: "nobody@example.com" }, handOver())).toMatchObject({ is: "refused" });
      expect(await carrier.send(body, handOver())).toMatchObject({ is: "accepted" });
      expect(relay.connections()).toBe(1);
      expect(relay.commands).toContain("RSET");
    });
  });

  describe("an account", () => {
    it("that must use TLS never speaks to a relay without it", async () => {
      const relay = await relayThat();
      const outcome = await carrierTo(relay.url, { requireTls: "true" }).send(body, handOver());
      expect(outcome).toMatchObject({ is: "deferred", scope: "carrier" });
      expect(relay.commands.some((line) => line.startsWith("MAIL"))).toBe(false);
    });

    it("may do without TLS only on this machine, and wrong settings are named without their values", () => {
      const settings = (more: Record<string, string>) => () =>
        email.open({
          provider: "smtp",
          settings: { url: "smtp://u:hunter2@mail.example.com", ...more },
          callbackUrl: "",
        });
      expect(settings({ requireTls: "false" })).toThrow(/requireTls: can only be switched off/);
      expect(settings({ concurrency: "many" })).toThrow(/concurrency/);
      expect(settings({ hots: "x" })).toThrow(/hots/);
      expect(settings({ url: "http://hunter2.example.com" })).toThrow(/^(?!.*hunter2)[\s\S]*url: an address such as/);
      expect(settings({})).not.toThrow();
    });

    it("that is tied to a domain refuses a mail from another before it connects", async () => {
      const relay = await relayThat();
      const outcome = await carrierTo(relay.url, { fromDomain: "other.example.com" }).send(body, handOver());
      expect(outcome).toMatchObject({ is: "distrusted", whom: "sender" });
      expect(relay.connections()).toBe(0);
    });
  });
});
