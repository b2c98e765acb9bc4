// An account's own server as Bluesky publishes it, in memory and on loopback, with one account. Says where to its parent.
import { Server } from "node:net";
import { TestPds, TestPlc } from "@atproto/dev-env";

// It would listen on every address of the machine.
const listen = Server.prototype.listen;
Server.prototype.listen = function (where, ...rest) {
  const place = typeof where === "object" ? where : { port: where };
  return listen.call(this, { ...place, host: "127.0.0.1" }, ...rest);
};

const plc = await TestPlc.create({});
const pds = await TestPds.create({ didPlcUrl: plc.url });
const url = `http://127.0.0.1:${new URL(pds.url).port}`;
const account = { handle: "meadow.test", email: "meadow@example.com", password: "a-password-of-this-test" };
const made = await fetch(`${url}/xrpc/com.atproto.server.createAccount`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(account),
});
if (!made.ok) throw new Error(`The server made no account: HTTP ${made.status}`);

process.once("disconnect", async () => {
  await Promise.all([pds.close(), plc.close()]);
  process.exit(0);
});
process.send({ url, handle: account.handle, password: account.password });
