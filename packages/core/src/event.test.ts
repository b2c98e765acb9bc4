import { expect, it } from "vitest";
import { readKeyword } from "./event.ts";

it.each([
  "STOP",
  "stop.",
  "STOP!!",
  " Stop ",
  "Stop please",
  "ＳＴＯＰ",
  "UNSUBSCRIBE",
  "opt-out",
  "退订",
  "退订！",
  "TD",
  "arrêt",
  "End",
  "stop 🛑",
  "s\u200btop".replace("\u200b", ""),
])("%j is an opt-out", (text) => expect(readKeyword(text)).toBe("stop"));

it.each([
  "nonstop",
  "don't stop sending",
  "can't start",
  "stop by the shop?",
  "the end of the month",
  "",
  "🛍️",
  "I will unsubscribe my cat",
])("%j is a reply, neither opt-out nor opt-in", (text) => expect(readKeyword(text)).toBeNull());

it.each(["START", "unstop", "Yes!"])("%j is an opt-in", (text) => expect(readKeyword(text)).toBe("start"));
