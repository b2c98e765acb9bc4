import { expect, it } from "vitest";
import { type Trouble, tellOnce } from "./trouble.ts";

it("a backend's trouble is told once, other troubles every time", () => {
  const told: Trouble[] = [];
  const tell = tellOnce((trouble) => told.push(trouble));
  const refused = (queue: "send" | "plan") =>
    ({ is: "queue-failed", queue, error: new Error("connect ECONNREFUSED") }) as const;
  const failed = { is: "handler-failed", job: "pumpLane", id: "pump-email-1", error: new Error("no") } as const;
  for (let round = 0; round < 1_000; round++) tell(refused("send"));
  tell(refused("plan"));
  tell({ is: "queue-failed", queue: "send", error: new Error("LOADING") });
  tell(failed);
  tell(failed);
  expect(told.map(({ is }) => is)).toEqual([
    "queue-failed",
    "queue-failed",
    "queue-failed",
    "handler-failed",
    "handler-failed",
  ]);
});
