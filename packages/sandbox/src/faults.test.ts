import { expect, test } from "vitest";
import { type FaultRule, openFaults } from "./faults.ts";
import { jsonOf, testSandbox } from "./test-sandbox.ts";

const bounceFor = (match: FaultRule["match"]): FaultRule => ({ provider: "smtp", match, fault: { is: "hard_bounce" } });
const isPlayed = (rule: FaultRule, name: string): boolean => {
  const faults = openFaults();
  faults.add([rule]);
  return faults.pick("smtp", ["hard_bounce"], { names: [name] }) !== null;
};

test.each([
  ["ann@example.com", "ann@example.com", true],
  ["ann@example.com", "ANN@example.com", true],
  ["ann@example.com", "joann@example.com", false],
  ["*@example.org", "ann@example.org", true],
  ["*@example.org", "ann@example.org.uk", false],
  ["ann*", "anna@example.com", true],
  ["ann*", "joanna@example.com", false],
  ["*nn*", "joanna@example.com", true],
  ["*", "anybody@example.com", true],
])("a rule for %s concerns %s: %s", (to, name, expected) => {
  expect(isPlayed(bounceFor({ to }), name)).toBe(expected);
});

test("a share of recipients is about that large and always the same people", () => {
  const people = Array.from({ length: 4000 }, (_, n) => `person${n}@example.com`);
  const hit = () => people.filter((name) => isPlayed(bounceFor({ share: 0.1 }), name));
  const first = hit();
  expect(first.length).toBeGreaterThan(320);
  expect(first.length).toBeLessThan(480);
  expect(hit()).toEqual(first);
  expect(people.some((name) => isPlayed(bounceFor({ share: 0 }), name))).toBe(false);
});

test("a fault is played as often as it was set for, for each recipient, and counted", () => {
  const faults = openFaults();
  const [rule] = faults.add([{ provider: "twilio", match: {}, fault: { is: "server_error" }, times: 2 }]);
  const play = (name: string) => faults.pick("twilio", ["server_error"], { names: [name] })?.is ?? null;
  expect([play("a"), play("a"), play("a"), play("b")]).toEqual(["server_error", "server_error", null, "server_error"]);
  expect(faults.list()).toMatchObject([{ id: rule?.id, played: 3 }]);
});

test("rules are tried in their order, and removed one by one or all at once", async () => {
  const sandbox = await testSandbox();
  await sandbox.faults(bounceFor({ to: "a*" }), { provider: "slack", match: {}, fault: { is: "hang", ms: 5 } });
  const list = async () =>
    (await jsonOf<{ rules: FaultRule[] }>(sandbox.get("/control/faults"))).rules.map((rule) => rule.provider);
  expect(await list()).toEqual(["smtp", "slack"]);
  await fetch(`${sandbox.httpUrl}/control/faults/fault-1`, { method: "DELETE" });
  expect(await list()).toEqual(["slack"]);
  expect((await fetch(`${sandbox.httpUrl}/control/faults/fault-1`, { method: "DELETE" })).status).toBe(404);
  await fetch(`${sandbox.httpUrl}/control/faults`, { method: "DELETE" });
  expect(await list()).toEqual([]);
});

test("a fault that a provider cannot play is refused, and so is a field nobody knows", async () => {
  const sandbox = await testSandbox();
  const wrong = [
    [{ provider: "smtp", fault: { is: "reply", text: "STOP", afterMs: 1 } }],
    [{ provider: "pigeon", fault: { is: "hard_bounce" } }],
    [{ provider: "smtp", match: { recipient: "a" }, fault: { is: "hard_bounce" } }],
    [{ provider: "smtp", match: { share: 2 }, fault: { is: "hard_bounce" } }],
    { provider: "smtp", fault: { is: "hard_bounce" } },
  ];
  for (const rules of wrong) {
    const answer = await sandbox.post("/control/faults", rules);
    expect(answer.status).toBe(400);
    expect((await jsonOf<{ errors: unknown[] }>(answer)).errors).not.toEqual([]);
  }
  expect(await jsonOf(sandbox.get("/control/faults"))).toEqual({ rules: [] });
});
