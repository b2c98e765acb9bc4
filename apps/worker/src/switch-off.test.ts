import { expect, it } from "vitest";
import { readSwitchedOff } from "./switch-off.ts";

it("leaves nothing out as a rule, and one promise only in a test that names it", () => {
  expect(readSwitchedOff({})).toBeNull();
  expect(readSwitchedOff({ NODE_ENV: "test", TEST_SWITCH_OFF: "" })).toBeNull();
  expect(readSwitchedOff({ NODE_ENV: "test", TEST_SWITCH_OFF: "gate" })).toBe("gate");
  expect(() => readSwitchedOff({ NODE_ENV: "test", TEST_SWITCH_OFF: "all" })).toThrow("permit, lease, gate, doubt");
  for (const NODE_ENV of ["production", "development"])
    expect(() => readSwitchedOff({ NODE_ENV, TEST_SWITCH_OFF: "gate" })).toThrow("for tests alone");
});
