import { defineConfig } from "vitest/config";

const rooms = ["apps", "packages", "scripts", "e2e", "bench", "soak", "evals"];
/** `x.long.int.test.ts` takes minutes: only where it is asked for, as in `TEST_LONG=1 npm test`. CI does. */
const leftOut = ["**/node_modules/**", ...(process.env.TEST_LONG ? [] : ["**/*.long.int.test.ts"])];
const needsServers = [...rooms.map((room) => `${room}/**/*.int.test.ts`), "e2e/**/*.test.ts"];
/** Run one at a time, after all others: they kill processes and servers, or promise that something takes few seconds. */
const needsTheMachine = [
  "packages/queue/src/*.int.test.ts",
  "packages/db/src/embedded.int.test.ts",
  "apps/cli/src/*.int.test.ts",
  "soak/*.int.test.ts",
  "e2e/**/*.test.ts",
];

/**
 * Two kinds of tests. `x.test.ts` needs nothing but loopback; `x.int.test.ts` and everything in e2e gets a PostgreSQL
 * and, where there is one, a Redis, which are started only when such a test is among those that run. Two files run at
 * once (vitest would leave one core of two unused, and most of these tests wait for a server), then the rest alone.
 */
export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: rooms.map((room) => `${room}/**/*.test.ts`),
          exclude: [...leftOut, ...needsServers],
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: needsServers,
          exclude: [...leftOut, ...needsTheMachine],
          globalSetup: ["scripts/test-servers.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "alone",
          include: needsTheMachine,
          exclude: leftOut,
          globalSetup: ["scripts/test-servers.ts"],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
