import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { openVault } from "./vault.ts";

const key = randomBytes(32);
const vault = openVault(key);
const place = "1 email smtp";
const secret = "smtps://post:geheim@mail.example.com 密码";

test("what is sealed is opened with the same key at the same place, and never looks the same twice", () => {
  const [one, two] = [vault.seal(secret, place), vault.seal(secret, place)];
  expect([vault.open(one, place), openVault(key).open(two, place)]).toEqual([secret, secret]);
  expect(Buffer.from(one).equals(Buffer.from(two))).toBe(false);
  expect(Buffer.from(one).includes("geheim")).toBe(false);
});

test("another key, another place, or a single changed bit opens nothing", () => {
  const sealed = vault.seal(secret, place);
  expect(openVault(randomBytes(32)).open(sealed, place)).toBeNull();
  expect(vault.open(sealed, "2 email smtp")).toBeNull();
  for (let at = 0; at < sealed.length; at++) {
    const changed = Uint8Array.from(sealed, (byte, i) => (i === at ? byte ^ 1 : byte));
    expect(vault.open(changed, place), `byte ${at}`).toBeNull();
  }
  expect(vault.open(new Uint8Array(5), place)).toBeNull();
});
