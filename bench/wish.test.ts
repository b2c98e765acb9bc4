import { describe, expect, it } from "vitest";
import { readWish } from "./wish.ts";

const read = (...args: string[]) => readWish(args, ["send", "import"]);

describe("what is typed after npm run bench", () => {
  it("names a bench and how much of it", () => {
    const typed = read("send", "--recipients", "500", "--json", "out.json", "--sink", "smtp://127.0.0.1:2525");
    expect(typed).toMatchObject({ is: "bench", name: "send", json: "out.json", wish: { recipients: 500, rounds: 3 } });
  });

  it.each([
    [["nothing"], 'There is no bench "nothing".'],
    [["send", "--recipients", "many"], "--recipients is a whole number from 100."],
    [["send", "--sink", "smtp://mail.example.com:25"], "--sink is a mail server on this machine"],
    [["send", "--speed", "9"], "Unknown option '--speed'"],
  ])("refuses %j and says why", (args, why) => {
    const typed = read(...args);
    expect(typed.is === "help" && typed.mistake).toContain(why);
  });

  it("shows its help when nothing is asked", () => {
    expect(read()).toEqual({ is: "help", mistake: null });
  });
});
